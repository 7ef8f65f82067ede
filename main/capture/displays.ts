import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OnlookerError } from '../base/errors.ts';
import { ffmpegMessages } from './ffmpeg-process.ts';
import type { GrabArea } from './live-arguments.ts';
import { FeedEnd } from './live-feed.ts';

/** Larger than any display, so that ffmpeg refuses it and tells the true size. */
const impossible = '30000x30000';

export interface Monitor extends GrabArea {
  /** What the display calls it, as a rule its output: the same monitor wherever it stands in the list. */
  readonly name: string;
  readonly primary: boolean;
}

/**
 * Size of an X display, asked of ffmpeg itself: no other program is needed, and it is ffmpeg that must get in.
 * @throws {OnlookerError} `source-unreadable` when there is no display or it cannot be opened
 */
export async function displaySize(ffmpeg: string, display: string | undefined): Promise<GrabArea> {
  if (!display) {
    const wayland = process.env.WAYLAND_DISPLAY ? ' Wayland is captured by the desktop program alone.' : '';
    throw new OnlookerError(
      'source-unreadable',
      `There is no display: DISPLAY is not set.${wayland} Start this inside a desktop session, or set DISPLAY, for instance DISPLAY=:0.`,
    );
  }
  const args = ['-loglevel', 'error', '-f', 'x11grab', '-video_size', impossible, '-i', display];
  const messages = await ffmpegMessages(ffmpeg, args, 10_000);
  const size = parseRefusal(messages);
  if (size) return { ...size, x: 0, y: 0 };
  const next = /unknown input format/i.test(messages)
    ? 'This ffmpeg cannot capture screens; install another one or set FFMPEG_PATH.'
    : 'Set DISPLAY to a running display, and XAUTHORITY if it asks who you are.';
  throw new OnlookerError('source-unreadable', `The display "${display}" cannot be opened. ${next}`, {
    cause: new Error(messages.trim()),
  });
}

/** Reads the display's size out of ffmpeg's refusal to grab more than there is. */
export function parseRefusal(messages: string): { width: number; height: number } | undefined {
  const [, width, height] = /outside the screen size (\d+)x(\d+)/.exec(messages) ?? [];
  return width && height ? { width: Number(width), height: Number(height) } : undefined;
}

/**
 * One monitor of an X display, looked up again and again. `wanted` is its place in `xrandr --listmonitors` when it is
 * looked up first; from then on it is the one of that name, wherever the list has it. Undefined is the primary monitor,
 * whichever that is now. Without xrandr, it is the whole display.
 */
export class MonitorFinder {
  readonly #ffmpeg: string;
  readonly #display: string | undefined;
  readonly #wanted: number | undefined;
  #name: string | undefined;

  constructor(ffmpeg: string, display: string | undefined, wanted?: number) {
    this.#ffmpeg = ffmpeg;
    this.#display = display;
    this.#wanted = wanted;
  }

  /**
   * Where it is now.
   * @throws {OnlookerError} `source-unreadable` when there never was one, or the display cannot be opened
   * @throws {FeedEnd} `away` when it was there before
   */
  async find(): Promise<GrabArea> {
    // What is known need not be asked of ffmpeg again, which costs much more than the list.
    const listed = this.#name === undefined ? [] : await this.#list();
    const whole = listed.length === 0 ? await displaySize(this.#ffmpeg, this.#display) : undefined;
    const monitors = listed.length === 0 ? await this.#list() : listed;
    const monitor = this.#among(monitors);
    if (monitor) {
      this.#name = monitor.name;
      return monitor;
    }
    if (whole === undefined || this.#name !== undefined)
      throw new FeedEnd(`the monitor "${this.#name}" is away`, { away: true });
    if (monitors.length === 0 && (this.#wanted ?? 0) === 0) return whole;
    const known =
      monitors.map((_, i) => `screen:${i}`).join(', ') || 'screen (xrandr is missing, so only the whole display)';
    throw new OnlookerError('source-unreadable', `There is no monitor ${this.#wanted}. Known are ${known}.`);
  }

  /** True when it is no longer where `area` is. False when that cannot be told now. */
  async moved(area: GrabArea): Promise<boolean> {
    const monitors = await this.#list();
    const now = monitors.length > 0 ? this.#among(monitors) : await this.#whole();
    if (!now) return monitors.length > 0;
    return now.x !== area.x || now.y !== area.y || now.width !== area.width || now.height !== area.height;
  }

  #among(monitors: readonly Monitor[]): Monitor | undefined {
    const named = monitors.find(({ name }) => name === this.#name);
    if (this.#wanted === undefined) return monitors.find(({ primary }) => primary) ?? named ?? monitors[0];
    return this.#name === undefined ? monitors[this.#wanted] : named;
  }

  async #list(): Promise<Monitor[]> {
    return parseMonitors(await output('xrandr', ['--display', this.#display!, '--listmonitors']));
  }

  /** The whole display where it has no list of monitors; undefined when it has had one. */
  async #whole(): Promise<GrabArea | undefined> {
    if (this.#name !== undefined) return undefined;
    const root = await output('xwininfo', ['-display', this.#display!, '-root']);
    const [, width] = /Width: (\d+)/.exec(root) ?? [];
    const [, height] = /Height: (\d+)/.exec(root) ?? [];
    if (width && height) return { x: 0, y: 0, width: Number(width), height: Number(height) };
    // Far slower. That a display has gone is told by the end of what grabs it.
    return displaySize(this.#ffmpeg, this.#display).catch(() => undefined);
  }
}

/** Reads lines such as ` 0: +*eDP-1 1920/344x1080/194+0+0  eDP-1`. */
export function parseMonitors(listing: string): Monitor[] {
  const line = /^\s*\d+:\s+\+?(\*?)(\S+)\s+(\d+)\/\d+x(\d+)\/\d+\+(-?\d+)\+(-?\d+)/gm;
  return [...listing.matchAll(line)].map(([, star, name = '', width, height, x, y]) => ({
    name,
    ...{ width: Number(width), height: Number(height), x: Number(x), y: Number(y) },
    primary: star === '*',
  }));
}

/** Standard output of a small program; '' when it is missing or fails. */
export async function output(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { timeout: 5000 })).stdout;
  } catch {
    return '';
  }
}
