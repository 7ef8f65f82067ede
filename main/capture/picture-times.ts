/** What ffmpeg says of its pictures while it runs: the time of each, and whether the input's times can be believed. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds for which the line about a picture that is there already is waited for. */
const patience = 1000;

/**
 * Formats without times: ffmpeg counts their pictures at 25 a second, whatever their true rate is. Names of ffmpeg's
 * demuxers.
 */
const untimed = /^(mpjpeg|mjpeg|h264|hevc|vvc|av1|obu|m4v|mpegvideo|h261|h263|rawvideo|image2pipe|\w+_pipe|gif)\b/;

/** True for the name of a format whose pictures bear no times of their own. */
export function isUntimed(container: string): boolean {
  return untimed.test(container);
}

/** Reads ffmpeg's messages at level `info`: the filter `showinfo` writes a line for each picture, before the picture. */
export class PictureTimes {
  readonly #times: (number | undefined)[] = [];
  #wake: () => void = () => {};
  #untimed = false;

  /** Takes a line of ffmpeg's messages. @returns whether it is one of its reports, and no complaint */
  take(line: string): boolean {
    if (!line.includes('[info] ')) return false;
    const container = /\] Input #0, (.+?), from '/.exec(line)?.[1];
    if (container !== undefined) this.#untimed = isUntimed(container);
    const time = /showinfo.*\] n: *\d+ .*\bpts_time:(\S+)/.exec(line)?.[1];
    if (time === undefined) return true;
    const seconds = Number(time);
    this.#times.push(this.#untimed || Number.isNaN(seconds) ? undefined : seconds);
    this.#wake();
    return true;
  }

  /** Time of the next picture, in seconds of the source's own clock; undefined when it has none. */
  async next(): Promise<number | undefined> {
    if (this.#times.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await Promise.race([promise, sleep(patience, undefined, { ref: false })]);
    }
    return this.#times.shift();
  }
}
