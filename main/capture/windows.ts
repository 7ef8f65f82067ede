import { OnlookerError } from '../base/errors.ts';
import { displaySize, output } from './displays.ts';
import type { GrabArea } from './live-arguments.ts';

export interface TitledWindow extends GrabArea {
  readonly window: string;
  readonly title: string;
}

/** A window as it is now. */
export interface FoundWindow {
  /** X window id. */
  readonly id: string;
  readonly area: GrabArea;
  /** True when the window has gone, or changed so that grabbing `area` would show something else. */
  readonly outdated: () => Promise<boolean>;
}

/**
 * The window whose title is, or else contains, `title` (case does not matter); the topmost of several. As an area of
 * the display, and, where ffmpeg can follow a window and all of it is in view, by its id too.
 * @param known id of the window that was found before: it is the same one as long as it is there
 * @throws {OnlookerError} `source-unreadable`
 */
export async function findWindow(
  ffmpeg: string,
  display: string | undefined,
  title: string,
  follow: boolean,
  known?: string,
): Promise<FoundWindow> {
  const whole = await displaySize(ffmpeg, display);
  const list = async () => output('xwininfo', ['-display', display!, '-root', '-tree']);
  const tree = await list();
  if (tree === '') {
    throw new OnlookerError(
      'source-unreadable',
      'Finding windows needs "xwininfo". Install x11-utils, or watch "screen".',
    );
  }
  const windows = parseWindows(tree);
  const wanted = title.toLowerCase();
  const match =
    windows.find(({ window }) => window === known) ??
    windows.find((window) => window.title.toLowerCase() === wanted) ??
    windows.find((window) => window.title.toLowerCase().includes(wanted));
  if (!match) {
    const titles = [...new Set(windows.map((window) => `"${window.title}"`))].slice(0, 8).join(', ');
    const hint = titles ? `Open now: ${titles}.` : 'No window is open.';
    throw new OnlookerError('source-unreadable', `No window has "${title}" in its title. ${hint}`);
  }
  // x11grab refuses what reaches over the edge.
  const x = Math.max(0, match.x);
  const y = Math.max(0, match.y);
  const width = Math.min(match.x + match.width, whole.width) - x;
  const height = Math.min(match.y + match.height, whole.height) - y;
  if (width < 2 || height < 2) {
    throw new OnlookerError('source-unreadable', `The window "${match.title}" is off the screen. Move it into view.`);
  }
  const followed = follow && width === match.width && height === match.height;
  const outdated = async () => {
    const now = parseWindows(await list()).find((window) => window.window === match.window);
    if (!now || now.width !== match.width || now.height !== match.height) return true;
    return !followed && (now.x !== match.x || now.y !== match.y);
  };
  return { id: match.window, area: { width, height, x, y, ...(followed ? { window: match.window } : {}) }, outdated };
}

/** Reads lines such as `0x20000c "Build log": ("xterm" "XTerm")  484x316+0+0  +10+20`; slivers are left out. */
export function parseWindows(tree: string): TitledWindow[] {
  const line = /^\s*(0x[0-9a-f]+) "(.*)": \(.*\)\s+(\d+)x(\d+)\+-?\d+\+-?\d+\s+\+(-?\d+)\+(-?\d+)/gm;
  return [...tree.matchAll(line)]
    .map(([, window = '', title = '', width, height, x, y]) => ({
      ...{ window, title, width: Number(width), height: Number(height), x: Number(x), y: Number(y) },
    }))
    .filter(({ width, height }) => width >= 16 && height >= 16);
}
