import { rmSync } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findFfmpeg } from '../capture/ffmpeg-binary.ts';
import { OnlookerError } from '../errors.ts';
import type { LiveEvent } from '../live/events.ts';
import { burnIn } from './burn-in.ts';
import { type Cue, CueTrack } from './cues.ts';
import { EncodingFailed } from './encode.ts';
import { unwritable } from './output-file.ts';
import type { OutputContext } from './outputs.ts';
import type { Sink } from './sink.ts';

interface VideoContext extends OutputContext {
  /** Path of the file that is watched. */
  readonly recording: string;
}

/**
 * The watched part of a recording, encoded anew with its subtitles drawn in. The work is done when the run ends, in a
 * hidden folder next to the video, which appears under its name only when it is whole.
 */
export class BurntVideo implements Sink {
  readonly path: string;
  readonly #context: VideoContext;
  readonly #ffmpeg: string;
  readonly #folder: string;
  readonly #track = new CueTrack();
  readonly #cues: Cue[] = [];
  /** Media time of the first and last frame, seconds; undefined before the first. */
  #watched: { from: number; to: number } | undefined;
  #period = 0;
  #complete = false;
  /** For an end that does not wait for promises: a second Ctrl-C. */
  readonly #abandon = () => rmSync(this.#folder, { recursive: true, force: true });

  private constructor(path: string, context: VideoContext, ffmpeg: string, folder: string) {
    this.path = path;
    this.#context = context;
    this.#ffmpeg = ffmpeg;
    this.#folder = folder;
    process.once('exit', this.#abandon);
  }

  /** @throws OnlookerError `output-unwritable`, `ffmpeg-missing` */
  static async open(path: string, context: VideoContext): Promise<BurntVideo> {
    const ffmpeg = await findFfmpeg();
    try {
      const there = await stat(path).catch(() => undefined);
      if (there?.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
      const folder = await mkdtemp(join(dirname(resolve(path)), '.onlooker-'));
      return new BurntVideo(path, context, ffmpeg.path, folder);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  async write(event: LiveEvent): Promise<void> {
    if (event.type === 'started') this.#period = 1 / event.fps;
    if (event.type === 'frame') this.#watched = { from: this.#watched?.from ?? event.t, to: event.t };
    if (event.type === 'finished') this.#complete = event.complete;
    this.#cues.push(...this.#track.on(event));
  }

  /** Makes the video of what was watched so far; none if there was nothing. @throws OnlookerError `output-unwritable` */
  async close(): Promise<void> {
    this.#cues.push(...this.#track.end());
    try {
      if (this.#watched) await this.#make(this.#watched);
    } catch (cause) {
      throw this.#explained(cause);
    } finally {
      process.removeListener('exit', this.#abandon);
      await rm(this.#folder, { recursive: true, force: true });
    }
  }

  async #make({ from, to }: { from: number; to: number }): Promise<void> {
    const notify = this.#context.notify ?? (() => {});
    notify(`Encoding ${this.path} with its subtitles...`);
    // The last sample lies a little before the end, which is wanted too if nothing cut the run short.
    const toTheEnd = this.#complete && this.#context.duration === undefined;
    const video = await burnIn({
      ffmpeg: this.#ffmpeg,
      recording: this.#context.recording,
      folder: this.#folder,
      cues: this.#cues,
      from,
      to: toTheEnd ? undefined : to + this.#period,
      notify,
    });
    await rename(video, this.path);
  }

  #explained(cause: unknown): OnlookerError {
    if (!(cause instanceof EncodingFailed)) return unwritable(this.path, cause);
    if (cause.diskFull) return unwritable(this.path, Object.assign(cause, { code: 'ENOSPC' }));
    const last = cause.message.split('\n').at(-1);
    const message = `Cannot encode ${this.path}: ffmpeg says "${last}". Use --out with .srt or .vtt instead.`;
    return new OnlookerError('output-unwritable', message, { cause });
  }
}
