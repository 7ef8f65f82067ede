/** What is true in one frame, and a caption for it. */
import type { Random } from './random.ts';
import type { Rect, Win } from './scene.ts';
import type { Style } from './style.ts';
import { type App, article, type DialogKind, nameOf } from './vocabulary.ts';
import type { World } from './world.ts';

/** What a layer of the picture is. */
export type Thing = App | DialogKind | 'progress' | 'menu' | 'notification' | 'blank';
/** What a window is busy with. */
export type Doing = 'typing' | 'scrolling' | 'running' | 'playing' | 'filling';
/** A rectangle of the picture, as shares of the display: x, y, width, height. */
export type Layer = [what: Thing, x: number, y: number, w: number, h: number, doing: Doing | null];

export interface FrameState {
  caption: string;
  /** The application in front. */
  front: App | null;
  /** Applications of which enough can be seen (IN_SIGHT), front to back. */
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
  /** All that is drawn over the wallpaper, back to front: what comes later covers what came before. */
  layers: Layer[];
}

type Facts = Omit<FrameState, 'caption'>;

/** The share of a window that has to look out from behind others, for it to count as seen: nobody can tell what a strip of it is. */
const IN_SIGHT = 0.25;

export function describe(
  world: World,
  activity: { typing: boolean; scrolling: boolean },
  r: Random,
  style: Style,
  before: FrameState | undefined,
): FrameState {
  const seen = world.apps.filter((win) => world.visible(win) >= IN_SIGHT).reverse();
  const blank = world.blank !== null;
  const bar = world.windows.find((win) => win.progress !== null);
  const facts: Facts = {
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
    layers: layersOf(world, activity, style),
  };
  if (before && r.chance(0.9) && key(before) === key(facts)) return { caption: before.caption, ...facts };
  return { caption: blank ? r.pick(BLANK) : caption(world, facts, seen, r, style), ...facts };
}

/** All that a caption may speak of; how full a progress bar is would make every frame another one. */
const key = ({ caption: _, progress, ...facts }: Facts & { caption?: string }) =>
  JSON.stringify({ ...facts, filling: progress !== null });

function layersOf(world: World, activity: { typing: boolean; scrolling: boolean }, { width, height }: Style): Layer[] {
  if (world.blank !== null) return [['blank', 0, 0, 1, 1, null]];
  const layer = (what: Thing, { x, y, w, h }: Rect, doing: Doing | null = null): Layer => {
    const share = (value: number) => Math.round(value * 1000) / 1000;
    return [what, share(x / width), share(y / height), share(w / width), share(h / height), doing];
  };
  const layers = world.windows.map((win) =>
    layer(win.subject, win, doingOf(win, win === world.front ? activity : null)),
  );
  if (world.menu) layers.push(layer('menu', world.menu));
  if (world.notification) layers.push(layer('notification', world.notification));
  return layers;
}

function doingOf(win: Win, activity: { typing: boolean; scrolling: boolean } | null): Doing | null {
  if (win.playing) return 'playing';
  if (win.run) return 'running';
  if (win.progress !== null) return 'filling';
  return activity?.typing ? 'typing' : activity?.scrolling ? 'scrolling' : null;
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
function doing(win: Win, facts: Facts): string {
  if (win.playing) return ' playing a video';
  if (win.run) return ' running a command';
  if (win.active && facts.typing) return ' being typed into';
  if (win.active && facts.scrolling) return ' being scrolled';
  return '';
}

function caption(world: World, facts: Facts, seen: Win[], r: Random, style: Style): string {
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
