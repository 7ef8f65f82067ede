import { rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { type BytePath, folderOf, meantPath, TextPath } from '../base/byte-names.ts';
import { OnlookerError } from '../base/errors.ts';
import { besidePath, flushFile, moveInto, placeOf, removeParts } from '../base/replace-file.ts';
import { unwritable } from '../base/unwritable.ts';
import { type FfmpegBinary, findFfmpeg } from '../capture/ffmpeg-binary.ts';
import { lookedAt } from '../capture/file-arguments.ts';
import { fileInput } from '../capture/input.ts';
import { probe } from '../capture/probe.ts';
import { FfmpegFailed } from '../capture/run-ffmpeg.ts';
import { firstDecodable } from '../capture/streams.ts';
import type { LiveEvent } from '../live/events.ts';
import { burnIn } from './burn-in.ts';
import { type Cue, CueTrack } from './cues.ts';
import type { OutputContext, Sink } from './sink.ts';

interface VideoContext extends OutputContext {
  /** Path of the file that is watched. */
  readonly recording: string;
}

/** Milliseconds for a look at the recording. */
const lookMs = 30_000;

/**
 * The watched part of a recording, encoded anew with its subtitles drawn in. The work is done when the run ends, in a
 * hidden folder next to the video, which takes its name, and the place of an older one, only when it is whole.
 */
export class BurntVideo implements Sink {
  readonly path: string;
  /** The file that the path leads to. */
  readonly #place: BytePath;
  readonly #context: VideoContext;
  readonly #ffmpeg: FfmpegBinary;
  readonly #folder: BytePath;
  readonly #track = new CueTrack();
  readonly #cues: Cue[] = [];
  /** Media time of the first and last frame, seconds; undefined before the first. */
  #watched: { from: number; to: number } | undefined;
  #period = 0;
  /** True once the recording's clock jumped without a hole. */
  #jumped = false;
  #complete = false;
  /** For an end that does not wait for promises: a second Ctrl-C. */
  readonly #abandon = () => rmSync(this.#folder, { recursive: true, force: true });

  private constructor(
    where: { path: string; place: BytePath; folder: BytePath },
    context: VideoContext,
    ffmpeg: FfmpegBinary,
  ) {
    this.path = where.path;
    this.#place = where.place;
    this.#context = context;
    this.#ffmpeg = ffmpeg;
    this.#folder = where.folder;
    process.once('exit', this.#abandon);
  }

  /** @throws OnlookerError `output-unwritable`, `ffmpeg-missing` */
  static async open(path: string, context: VideoContext): Promise<BurntVideo> {
    const ffmpeg = await findFfmpeg();
    try {
      const place = await placeOf(path);
      await removeParts(folderOf(place));
      const folder = besidePath(place);
      await mkdir(folder, { mode: 0o700 });
      return new BurntVideo({ path, place, folder }, context, ffmpeg);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  async write(event: LiveEvent): Promise<void> {
    if (event.type === 'started') this.#period = 1 / event.fps;
    if (event.type === 'frame') this.#watched = { from: this.#watched?.from ?? event.t, to: event.t };
    if (event.type === 'gap' && event.reason === 'discontinuity') this.#jumped ||= event.from === event.to;
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
    const end = toTheEnd ? undefined : to + this.#period;
    const limit = end === undefined ? Number.POSITIVE_INFINITY : Math.round(1000 * end);
    const ffmpeg = this.#ffmpeg.path;
    const { recording: name } = this.#context;
    await using source = await TextPath.of(meantPath(name));
    await using folder = await TextPath.of(this.#folder);
    const recording = fileInput(this.#ffmpeg, name, source.text);
    const seen = await probe(ffmpeg, recording, lookMs);
    const video = await burnIn({
      ...{ ffmpeg, recording: lookedAt(recording, seen), jumped: this.#jumped },
      audio: await firstDecodable(ffmpeg, recording, seen.audio, lookMs),
      folder: folder.text,
      cues: this.#cues.map((cue) => ({ ...cue, end: Math.min(cue.end, limit) })),
      from,
      to: end,
      seconds: to - from,
      notify,
    });
    await flushFile(video);
    await moveInto(video, this.#place);
  }

  #explained(cause: unknown): OnlookerError {
    if (!(cause instanceof FfmpegFailed)) return unwritable(this.path, cause);
    if (cause.code) return unwritable(this.path, cause);
    const last = cause.message.split('\n').at(-1);
    const message = `Cannot encode ${this.path}: ffmpeg says "${last}". Use --out with .srt or .vtt instead.`;
    return new OnlookerError('output-unwritable', message, { cause });
  }
}
