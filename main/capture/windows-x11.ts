/** Windows of an X display, through xwininfo, which comes with every X desktop (x11-utils). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { VisibleWindow, WindowBox, WindowList } from './visible-window.ts';

/** Smaller ones hold nothing that can be read, pixels. */
const smallest = 16;

/**
 * What may be seen now, the topmost last: one process for all windows, and one more for each that is `relevant`, to
 * know whether it is shown and where exactly. Undefined when the display does not tell, or such a window goes while it
 * is looked at: then the next look will do.
 */
export async function x11Windows(display: string, relevant: (window: VisibleWindow) => boolean): Promise<WindowList> {
  const tree = await xwininfo(display, '-root', '-tree');
  if (!tree.includes('Root window id')) return undefined;
  const children = parseTopLevels(tree).filter(({ width, height }) => width >= smallest && height >= smallest);
  const seen = await Promise.all(
    children.map(withInner).map((window) => (relevant(window) ? examine(display, window) : window)),
  );
  if (seen.includes('unknown')) return undefined;
  return seen.filter((window) => typeof window === 'object').reverse();
}

/** A direct child of the root: a window, or the frame that a window manager has put around one. */
export interface TopLevel extends VisibleWindow {
  /** Windows inside of it that bear a title or a class: one of them is the program's own. */
  readonly inner: readonly InnerWindow[];
}

interface InnerWindow extends WindowBox {
  readonly title: string;
  readonly app: string;
}

/** Reads `xwininfo -root -tree`; the topmost first, as it lists them. */
export function parseTopLevels(tree: string): TopLevel[] {
  // `     0x20000c "title": ("instance" "Class")  484x316+0+0  +10+20`; children are indented by three more.
  const line =
    /^( +)(0x[0-9a-f]+) (?:"(.*)"|\(has no name\)): \((?:"(.*?)" "(.*?)")?\)\s+(\d+)x(\d+)\+-?\d+\+-?\d+\s+\+(-?\d+)\+(-?\d+)/;
  const found: TopLevel[] = [];
  let outermost: number | undefined;
  for (const text of tree.split('\n')) {
    const [, indent = '', id = '', title = '', , app = '', width, height, x, y] = line.exec(text) ?? [];
    if (id === '') continue;
    outermost ??= indent.length;
    const place = { width: Number(width), height: Number(height), x: Number(x), y: Number(y) };
    if (indent.length === outermost) {
      found.push({ id, title, app, ...place, inner: [] });
    } else if (title !== '' || app !== '') {
      (found.at(-1)?.inner as InnerWindow[] | undefined)?.push({ id, title, app, ...place });
    }
  }
  return found;
}

/** Names and titles of all that is inside count: of a window in its frame, of tabs, of what a browser embeds. */
function withInner({ inner, ...window }: TopLevel): VisibleWindow {
  const app = distinct([window.app, ...inner.map((each) => each.app)]);
  const inside = inner.map(({ id, x, y, width, height }) => ({ id, x, y, width, height }));
  return { ...window, app, title: distinct([window.title, ...inner.map((each) => each.title)]), inside };
}

/** Undefined for what is not shown; `unknown` when it has gone while it was looked at. */
async function examine(display: string, window: VisibleWindow): Promise<VisibleWindow | 'unknown' | undefined> {
  const state = await xwininfo(display, '-id', window.id, '-stats');
  if (state === '') return 'unknown';
  if (!/Map State: IsViewable/.test(state) || /Class: InputOnly/.test(state)) return undefined;
  return { ...window, ...parseGeometry(state) };
}

/** Its output with titles in UTF-8, whatever the user's locale is; '' when it is missing or fails. */
async function xwininfo(display: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  try {
    return (await promisify(execFile)('xwininfo', ['-display', display, ...args], { env, timeout: 2000 })).stdout;
  } catch {
    return '';
  }
}

function parseGeometry(state: string): Pick<VisibleWindow, 'x' | 'y' | 'width' | 'height'> {
  const value = (label: string): number => Number(new RegExp(`${label}:\\s+(-?\\d+)`).exec(state)?.[1]);
  const border = value('Border width');
  return {
    x: value('Absolute upper-left X') - border,
    y: value('Absolute upper-left Y') - border,
    width: value('Width') + 2 * border,
    height: value('Height') + 2 * border,
  };
}

function distinct(texts: readonly string[]): string {
  return [...new Set(texts.filter((text) => text !== ''))].join('\n');
}
