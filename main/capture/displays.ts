import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OnlookerError } from '../errors.ts';
import { ffmpegMessages } from './ffmpeg-process.ts';
import type { GrabArea } from './live-arguments.ts';

/** Larger than any display, so that ffmpeg refuses it and tells the true size. */
const impossible = '30000x30000';

export interface Monitor extends GrabArea {
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
 * The monitor to grab: by number in the order of `xrandr --listmonitors`, or the primary one. Without xrandr, the
 * whole display.
 * @throws {OnlookerError} `source-unreadable`
 */
export async function findMonitor(ffmpeg: string, display: string | undefined, wanted?: number): Promise<GrabArea> {
  const whole = await displaySize(ffmpeg, display);
  const monitors = parseMonitors(await output('xrandr', ['--display', display!, '--listmonitors']));
  if (monitors.length === 0 && (wanted ?? 0) === 0) return whole;
  const monitor = wanted === undefined ? (monitors.find(({ primary }) => primary) ?? monitors[0]) : monitors[wanted];
  if (monitor) return monitor;
  const known =
    monitors.map((_, i) => `screen:${i}`).join(', ') || 'screen (xrandr is missing, so only the whole display)';
  throw new OnlookerError('source-unreadable', `There is no monitor ${wanted}. Known are ${known}.`);
}

/** Reads lines such as ` 0: +*eDP-1 1920/344x1080/194+0+0  eDP-1`. */
export function parseMonitors(listing: string): Monitor[] {
  const line = /^\s*\d+:\s+\+?(\*?)\S+\s+(\d+)\/\d+x(\d+)\/\d+\+(-?\d+)\+(-?\d+)/gm;
  return [...listing.matchAll(line)].map(([, star, width, height, x, y]) => ({
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
