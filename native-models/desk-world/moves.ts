/** What can happen next on a desktop: for each kind of event, how it is done if it can be done at all. */
import type { AppWindow, Point, Win } from './scene.ts';
import { type App, DIALOGS, type EventKind, type Subject } from './vocabulary.ts';
import type { World } from './world.ts';

/** Something that goes on after its first event, and the event that ends it. */
export type Activity =
  | { kind: 'typing' | 'scrolling'; win: AppWindow }
  | { kind: 'video' | 'command' | 'progress'; win: Win };

/** What has texts: a window by its id, or the notification. */
export type Shown = number | 'notification';

/** An event that is about to happen. */
export interface Move {
  kind: EventKind;
  subject: Subject | null;
  /** What it can be read in: a window by its id, or the notification. */
  of?: Shown;
  /** Where the mouse goes for it; null if it happens by itself. */
  target: Point | null;
  /** Makes it happen; what goes on from now, if anything. */
  apply(): Activity | null;
}

export const TYPED_IN: readonly App[] = [
  'terminal',
  'editor',
  'browser',
  'document',
  'spreadsheet',
  'chat',
  'mail',
  'other',
];
export const SCROLLED: readonly App[] = [
  'browser',
  'document',
  'editor',
  'files',
  'mail',
  'chat',
  'spreadsheet',
  'settings',
  'terminal',
];
const PAGED: readonly App[] = [
  'browser',
  'document',
  'image',
  'presentation',
  'spreadsheet',
  'files',
  'mail',
  'settings',
  'editor',
];

const inside = (win: Win, fx: number, fy: number): Point => ({ x: win.x + win.w * fx, y: win.y + win.h * fy });

/** The n-th button in a title bar: 0 closes, 1 maximises, 2 minimises. */
function titleButton(world: World, win: Win, n: number): Point {
  const u = world.style.fontSize;
  const x = world.style.deco === 'mac' ? win.x + u * (1.2 + 1.5 * [0, 2, 1][n]!) : win.x + win.w - u * (1.4 + 2 * n);
  return { x, y: win.y + u };
}

type Proposal = (world: World) => Move | null;

const idle = (win: Win) => !win.playing && !win.run && win.progress === null;

/** An application that can be seen well enough for what happens to it to be noticed; mostly the front one. */
function target(world: World, fits: (win: AppWindow) => boolean): AppWindow | undefined {
  const seen = world.apps.filter((win) => fits(win) && world.visible(win) > 0.45);
  const front = seen.find((win) => win === world.front);
  return front && world.r.chance(0.85) ? front : seen.length > 0 ? world.r.pick(seen) : undefined;
}

/** Tries a change of the windows, and takes it back if it would hide something that is going on. */
function possible(world: World, change: () => void): boolean {
  const before = world.windows;
  const [rects, copy] = [before.map((win) => ({ ...win })), [...before]];
  change();
  const fine = world.activitySeen;
  world.windows = copy;
  copy.forEach((win, i) => {
    Object.assign(win, rects[i]);
  });
  return fine;
}

export const MOVES: Partial<Record<EventKind, Proposal>> = {
  'app-opened'(world) {
    if (world.apps.length >= 4) return null;
    const win = world.makeApp();
    if (!possible(world, () => world.add(win))) return null;
    const { style } = world;
    const launcher =
      style.panel.side === 'none'
        ? world.randomSpot(10, 10)
        : { x: style.width * 0.1, y: style.panel.side === 'top' ? 10 : style.height - 10 };
    return {
      kind: 'app-opened',
      subject: win.subject,
      of: win.id,
      target: world.r.chance(0.6) ? launcher : null,
      apply: () => {
        world.add(win);
        return null;
      },
    };
  },
  'app-closed'(world) {
    const win = target(world, idle);
    if (!win) return null;
    return {
      kind: 'app-closed',
      subject: win.subject,
      target: titleButton(world, win, 0),
      apply: () => {
        world.remove(win);
        return null;
      },
    };
  },
  'app-switched'(world) {
    const behind = world.apps.filter(
      (win) =>
        win !== world.front && world.visible(win) < 0.85 && world.visible(win) > (world.r.chance(0.3) ? -1 : 0.08),
    );
    if (behind.length === 0) return null;
    const win = world.r.pick(behind);
    if (!possible(world, () => world.raise(win))) return null;
    return {
      kind: 'app-switched',
      subject: win.subject,
      of: win.id,
      target: inside(win, world.r.between(0.05, 0.95), world.r.between(0.02, 0.9)),
      apply: () => {
        world.raise(win);
        return null;
      },
    };
  },
  'dialog-opened'(world) {
    const win = world.makeDialog(world.r.pick(DIALOGS));
    if (!possible(world, () => world.add(win))) return null;
    return {
      kind: 'dialog-opened',
      subject: win.subject,
      of: win.id,
      target: world.r.chance(0.4) && world.front ? inside(world.front, world.r.next(), world.r.next()) : null,
      apply: () => {
        world.add(win);
        return null;
      },
    };
  },
  'dialog-closed'(world) {
    const win = world.dialog;
    if (!win) return null;
    return {
      kind: 'dialog-closed',
      subject: win.subject,
      target: inside(win, world.r.between(0.55, 0.9), 0.88),
      apply: () => {
        world.remove(win);
        return null;
      },
    };
  },
  'menu-opened'(world) {
    const { r, style } = world;
    const u = style.fontSize;
    const rows = r.int(4, 14);
    const [w, h] = [Math.round(u * r.between(10, 22)), Math.round(rows * u * r.between(1.6, 2.3) + 8)];
    const front = world.front;
    const kind = r.pick(['bar', 'context', 'context', 'start']);
    let at: Point = world.randomSpot(w, h);
    if (kind === 'bar' && front) at = { x: front.x + r.between(0, front.w * 0.4), y: front.y + u * r.between(2.2, 4) };
    if (kind === 'start' && style.panel.side === 'bottom') at = { x: 4, y: style.height - style.panel.size - h - 2 };
    if (kind === 'start' && style.panel.side === 'top') at = { x: 4, y: style.panel.size };
    const x = Math.max(0, Math.min(at.x, style.width - w));
    const y = Math.max(0, Math.min(at.y, style.height - h));
    const menu = {
      x,
      y,
      w,
      h,
      rows,
      seed: r.int(0, 1e9),
      hover: -1,
      icons: r.chance(0.3),
      dark: front?.dark ?? style.dark,
    };
    return {
      kind: 'menu-opened',
      subject: null,
      target: { x: x + u, y: y - 2 },
      apply: () => {
        world.menu = menu;
        return null;
      },
    };
  },
  'menu-closed'(world) {
    const menu = world.menu;
    if (!menu) return null;
    return {
      kind: 'menu-closed',
      subject: null,
      target: { x: menu.x + menu.w * 0.4, y: menu.y + menu.h * world.r.next() },
      apply: () => {
        world.menu = null;
        return null;
      },
    };
  },
  'notification-shown'(world) {
    if (world.notification) return null;
    const { r, style } = world;
    const u = style.fontSize;
    const [w, h] = [Math.round(u * r.between(18, 28)), Math.round(u * r.between(4.5, 8))];
    const area = world.workArea;
    const spot = r.weighted({ topRight: 5, bottomRight: 4, top: 2, bottomLeft: 0.4 });
    const x =
      spot === 'top' ? area.x + (area.w - w) / 2 : spot === 'bottomLeft' ? area.x + 12 : area.x + area.w - w - 12;
    const y = spot.startsWith('top') ? area.y + 12 : area.y + area.h - h - 12;
    const shown = {
      x,
      y,
      w,
      h,
      seed: r.int(0, 1e9),
      dark: r.chance(0.6) ? style.dark : r.chance(0.5),
      tinted: r.chance(0.08),
    };
    return {
      kind: 'notification-shown',
      subject: null,
      of: 'notification',
      target: null,
      apply: () => {
        world.notification = shown;
        return null;
      },
    };
  },
  'typing-started'(world) {
    const win = world.front;
    if (!win || !TYPED_IN.includes(win.subject) || win.run || win.playing || world.visible(win) < 0.7) return null;
    // A page's text field is at its top, and a page with a video has none.
    if (win.subject === 'browser' && (win.watch || win.scroll > 40)) return null;
    return {
      kind: 'typing-started',
      subject: win.subject,
      target: world.r.chance(0.4) ? inside(win, world.r.between(0.2, 0.8), world.r.between(0.3, 0.8)) : null,
      apply: () => ({ kind: 'typing', win }),
    };
  },
  'scrolling-started'(world) {
    const win = world.front;
    if (
      !win ||
      !SCROLLED.includes(win.subject) ||
      (win.subject === 'terminal' && win.lines < 40) ||
      win.run ||
      win.playing ||
      world.visible(win) < 0.6
    )
      return null;
    return {
      kind: 'scrolling-started',
      subject: win.subject,
      target: inside(win, world.r.between(0.4, 0.98), world.r.between(0.3, 0.8)),
      apply: () => ({ kind: 'scrolling', win }),
    };
  },
  'progress-started'(world) {
    if (world.windows.some((win) => win.progress !== null)) return null;
    const inWindow = target(world, (win) => (win.subject === 'files' || win.subject === 'other') && idle(win));
    if (inWindow && world.r.chance(0.3)) {
      return {
        kind: 'progress-started',
        subject: null,
        target: null,
        apply: () => ({ kind: 'progress', win: inWindow }),
      };
    }
    const win = world.makeProgress();
    if (!possible(world, () => world.add(win))) return null;
    return {
      kind: 'progress-started',
      subject: null,
      of: win.id,
      target: null,
      apply: () => ({ kind: 'progress', win: world.add(win) }),
    };
  },
  'video-started'(world) {
    const win = target(world, (win) => win.subject === 'video' || (win.watch && win.scroll < 60));
    if (!win || win.playing || world.apps.some((other) => other.playing)) return null;
    return {
      kind: 'video-started',
      subject: null,
      target: world.r.chance(0.7) ? inside(win, 0.45, 0.6) : null,
      apply: () => ({ kind: 'video', win }),
    };
  },
  'command-started'(world) {
    const win = target(world, (win) => win.subject === 'terminal');
    if (!win || win.run || world.apps.some((other) => other.run)) return null;
    return { kind: 'command-started', subject: null, target: null, apply: () => ({ kind: 'command', win }) };
  },
  'page-loaded'(world) {
    const win = target(world, (win) => PAGED.includes(win.subject) && idle(win));
    if (!win) return null;
    return {
      kind: 'page-loaded',
      subject: win.subject,
      of: win.id,
      target: world.r.chance(0.6) ? inside(win, world.r.between(0.1, 0.9), world.r.between(0.1, 0.9)) : null,
      apply: () => {
        turnPage(world, win);
        return null;
      },
    };
  },
  'window-maximised'(world) {
    const win = world.front;
    const area = world.workArea;
    if (!win || win.maximised || win.w * win.h > area.w * area.h * 0.75) return null;
    if (!possible(world, () => Object.assign(win, area))) return null;
    return {
      kind: 'window-maximised',
      subject: win.subject,
      target: titleButton(world, win, 1),
      apply: () => {
        Object.assign(win, area, { maximised: true });
        return null;
      },
    };
  },
  'window-minimised'(world) {
    const win = target(world, idle);
    if (!win) return null;
    return {
      kind: 'window-minimised',
      subject: win.subject,
      target: titleButton(world, win, 2),
      apply: () => {
        const shrinks = world.r.chance(0.6);
        if (shrinks) win.shrink = world.r.between(0.3, 0.75);
        world.after(shrinks ? 1 : 0, () => world.remove(win));
        world.minimised.push({ subject: win.subject, seed: win.seed, title: win.title, active: false });
        return null;
      },
    };
  },
  'window-moved'(world) {
    const win = target(world, (win) => !win.maximised && win === world.front);
    if (!win) return null;
    const spot = world.randomSpot(win.w, win.h);
    const far = Math.hypot(spot.x - win.x, spot.y - win.y);
    if (far < world.style.width * 0.1 || !possible(world, () => Object.assign(win, spot))) return null;
    return {
      kind: 'window-moved',
      subject: win.subject,
      target: inside(win, 0.4, 0.02),
      apply: () => {
        const steps = world.r.pick([1, 1, 2, 3]);
        const from = { x: win.x, y: win.y };
        for (let i = 1; i <= steps; i++) {
          world.after(i - 1, () => {
            win.x = Math.round(from.x + ((spot.x - from.x) * i) / steps);
            win.y = Math.round(from.y + ((spot.y - from.y) * i) / steps);
          });
        }
        return null;
      },
    };
  },
  'screen-blanked'(world) {
    if (world.windows.some((win) => !idle(win))) return null;
    const colour = world.r.chance(0.85) ? '#000' : world.r.pick(['#0a0a0a', '#111', '#050510']);
    return {
      kind: 'screen-blanked',
      subject: null,
      target: null,
      apply: () => {
        world.blank = colour;
        return null;
      },
    };
  },
  'screen-unblanked'(world) {
    if (!world.blank) return null;
    return {
      kind: 'screen-unblanked',
      subject: null,
      target: null,
      apply: () => {
        world.blank = null;
        return null;
      },
    };
  },
};

function turnPage(world: World, win: AppWindow): void {
  win.page = win.subject === 'presentation' ? win.page + 1 : win.page + world.r.int(1, 5);
  win.scroll = 0;
  win.typed = 0;
  win.compose = false;
  if (win.subject !== 'browser') return;
  win.watch = world.r.chance(0.2);
  win.videoTime = 0;
  if (world.r.chance(0.3)) {
    win.loading = true;
    world.after(1, () => {
      win.loading = false;
    });
  }
}
