/** What is true in one frame, and a caption for it. */
import type { Random } from './random.ts';
import type { Rect, Win } from './scene.ts';
import type { Style } from './style.ts';
import { type App, article, type DialogKind, nameOf } from './vocabulary.ts';
import type { World } from './world.ts';

export type Cell = App | DialogKind | 'menu' | 'notification' | 'progress' | 'desktop' | 'blank';

export interface FrameState {
  caption: string;
  /** The application in front. */
  front: App | null;
  /** Applications of which something can be seen, front to back. */
  open: App[];
  dialog: DialogKind | null;
  menu: boolean;
  notification: boolean;
  /** How far the progress bar is, 0..1. */
  progress: number | null;
  playing: boolean;
  blank: boolean;
  typing: boolean;
  scrolling: boolean;
  /** A command is running in a terminal. */
  running: boolean;
  /** What is topmost in the middle of each cell of a 3x3 grid, row by row. */
  cells: Cell[];
}

export function describe(
  world: World,
  activity: { typing: boolean; scrolling: boolean },
  r: Random,
  style: Style,
  before: FrameState | undefined,
): FrameState {
  const seen = world.apps.filter((win) => world.visible(win) > 0.04).reverse();
  const blank = world.blank !== null;
  const bar = world.windows.find((win) => win.progress !== null);
  const facts = {
    front: blank ? null : (world.front?.subject ?? null),
    open: blank ? [] : seen.map((win) => win.subject),
    dialog: blank ? null : (world.dialog?.subject ?? null),
    menu: !blank && world.menu !== null,
    notification: !blank && world.notification !== null,
    progress: blank || !bar ? null : Math.round(bar.progress! * 100) / 100,
    playing: !blank && world.windows.some((win) => win.playing),
    blank,
    typing: !blank && activity.typing,
    scrolling: !blank && activity.scrolling,
    running: !blank && world.windows.some((win) => win.run !== null),
    cells: cellsOf(world, style),
  };
  if (before && r.chance(0.9) && sameFacts(before, facts)) return { caption: before.caption, ...facts };
  return { caption: blank ? r.pick(BLANK) : caption(world, facts, seen, r, style), ...facts };
}

function sameFacts(a: FrameState, b: Omit<FrameState, 'caption'>): boolean {
  const key = ({
    front,
    open,
    dialog,
    menu,
    notification,
    progress,
    playing,
    blank,
    typing,
    scrolling,
    running,
    cells,
  }: Omit<FrameState, 'caption'>) =>
    JSON.stringify([
      front,
      open,
      dialog,
      menu,
      notification,
      progress === null,
      playing,
      blank,
      typing,
      scrolling,
      running,
      cells,
    ]);
  return key(a) === key(b);
}

const holds = (rect: Rect, x: number, y: number) =>
  x >= rect.x && x < rect.x + rect.w && y >= rect.y && y < rect.y + rect.h;

function topmost(world: World, x: number, y: number): Cell {
  if (world.notification && holds(world.notification, x, y)) return 'notification';
  if (world.menu && holds(world.menu, x, y)) return 'menu';
  return world.topAt(x, y)?.subject ?? 'desktop';
}

function cellsOf(world: World, style: Style): Cell[] {
  return Array.from({ length: 9 }, (_, cell) => {
    if (world.blank !== null) return 'blank';
    const counts = new Map<Cell, number>();
    for (let i = 0; i < 25; i++) {
      const x = (style.width / 3) * ((cell % 3) + 0.3 + (0.4 * (i % 5)) / 4);
      const y = (style.height / 3) * (Math.floor(cell / 3) + 0.3 + (0.4 * Math.floor(i / 5)) / 4);
      const what = topmost(world, x, y);
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
  });
}

const BLANK = ['a blank black screen', 'the screen is off', 'a black screen with nothing on it', 'a blank display'];

/** Where something is, in words. */
function place(win: Rect & { maximised?: boolean }, style: Style, r: Random): string {
  if (win.maximised || win.w * win.h > style.width * style.height * 0.72)
    return r.pick(['filling the screen', 'maximised', 'over the whole screen']);
  const x = (win.x + win.w / 2) / style.width;
  const y = (win.y + win.h / 2) / style.height;
  const across = x < 0.4 ? 'left' : x > 0.6 ? 'right' : '';
  const down = y < 0.4 ? 'top' : y > 0.6 ? 'bottom' : '';
  if (!across && !down) return r.pick(['in the centre', 'in the middle']);
  if (across && down) return `at the ${down} ${across}`;
  return `at the ${across || down}`;
}

const a = (name: string) => `${article(name)} ${name}`;

/** A few words on what an application is busy with. */
function doing(win: Win, facts: Omit<FrameState, 'caption'>): string {
  if (win.playing) return ' playing a video';
  if (win.run) return ' running a command';
  if (win.active && facts.typing) return ' being typed into';
  if (win.active && facts.scrolling) return ' being scrolled';
  return '';
}

function caption(world: World, facts: Omit<FrameState, 'caption'>, seen: Win[], r: Random, style: Style): string {
  const base = r.pick([
    `a ${style.dark ? 'dark' : 'light'} desktop`,
    'a desktop',
    'a computer screen',
    'a screenshot of a desktop',
  ]);
  const name = (win: Win) => (win.subject === 'progress' ? 'progress window' : nameOf(win.subject));
  const parts: string[] = [];
  const [first, ...rest] = seen;
  if (!first)
    parts.push(r.pick([`${base} without windows`, `${base} with no window open`, `an empty ${base.slice(2)}`]));
  else {
    const front = `${a(name(first))}${doing(first, facts)}`;
    const behind = rest.map((win) => `${a(name(win))}${doing(win, facts)}`).join(' and ');
    const where = place(first, style, r);
    parts.push(
      r.pick([
        `${base} with ${front} in front ${where}${behind ? ` and ${behind} behind` : ''}`,
        `${base}: ${front} ${where}${behind ? `, behind it ${behind}` : ''}`,
        `${front} ${where}${behind ? ` over ${behind}` : ''}`,
      ]),
    );
  }
  if (world.dialog) parts.push(`${a(nameOf(world.dialog.subject))} ${place(world.dialog, style, r)}`);
  if (facts.progress !== null)
    parts.push(
      r.pick([
        'a progress bar',
        'a progress bar is filling',
        `a progress bar at ${Math.round(facts.progress * 10) * 10} per cent`,
      ]),
    );
  if (world.menu) parts.push(r.pick(['an open menu', `a menu is open ${place(world.menu, style, r)}`]));
  if (world.notification)
    parts.push(r.pick(['a notification', `a notification ${place(world.notification, style, r)}`]));
  return parts.join('; ');
}
