import { setTimeout as sleep } from 'node:timers/promises';
import { OnlookerError } from '../errors.ts';
import { gridSpan } from './ffmpeg-arguments.ts';
import { complained, type Ending, FfmpegProcess, firstComplaint } from './ffmpeg-process.ts';
import type { Captured, FrameSource, Sampling, Size } from './frame.ts';
import { pictures } from './pictures.ts';

/** Seconds that may be missing at the end without being worth a word: sound often outlasts the picture. */
const unremarkable = 1;

export interface FileRun {
  readonly name: string;
  readonly ffmpeg: string;
  readonly args: readonly string[];
  readonly sampling: Sampling;
  /** Seconds of the whole recording, if known. */
  readonly length: number | undefined;
  readonly size?: Size | undefined;
  readonly stdin?: boolean;
}

/**
 * A recording: every sampled frame is delivered, and ffmpeg waits while nobody reads. When the recording turns out to
 * be damaged, what can be decoded is delivered, and a missing end is told as a gap.
 */
export class FileSource implements FrameSource {
  readonly kind = 'file';
  readonly name: string;
  readonly duration: number | undefined;
  readonly size: Size | undefined;
  readonly #run: FileRun;
  readonly #closing = new AbortController();
  #child: FfmpegProcess | undefined;
  #paused: PromiseWithResolvers<void> | undefined;

  constructor(run: FileRun) {
    const { from = 0, duration = Number.POSITIVE_INFINITY } = run.sampling;
    this.#run = run;
    this.name = run.name;
    this.size = run.size;
    const left = run.length === undefined ? duration : Math.min(run.length - from, duration);
    this.duration = Number.isFinite(left) ? Math.max(0, left) : undefined;
  }

  async *frames(): AsyncIterable<Captured> {
    const { ffmpeg, args, sampling, stdin } = this.#run;
    const { fps, width, height, realtime, goOn } = sampling;
    const { first, end } = gridSpan(sampling);
    if (end !== undefined && end <= first) return;
    await using child = new FfmpegProcess(ffmpeg, args, stdin ? 'inherit' : 'ignore');
    this.#child = child;
    let started: number | undefined;
    let index = first;
    // What an earlier run has shown already is not shown at its pace again.
    const paced = Math.max(first, goOn ? goOn.index + 1 : first);
    try {
      for await (const pixels of pictures(child.stdout, width * height * 3)) {
        const t = index / fps;
        if (index >= paced) started ??= performance.now();
        if (realtime && started !== undefined) await this.#until(started + (t - paced / fps) * 1000);
        if (this.#paused) {
          const pausedAt = performance.now();
          await this.#paused.promise;
          if (this.#closing.signal.aborted) return;
          if (started !== undefined) started += performance.now() - pausedAt;
          yield { type: 'gap', gap: { from: t, to: t, reason: 'paused', dropped: 0 } };
        }
        yield { type: 'frame', frame: { index, t, pixels, capturedAt: performance.now() } };
        index += 1;
      }
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      throw error;
    }
    if (this.#closing.signal.aborted) return;
    const ending = await child.ended;
    if (index === first) throw this.#nothing(ending, child.messages);
    const reached = index / fps;
    const expected = Math.min(this.#run.length ?? reached, end === undefined ? Number.POSITIVE_INFINITY : end / fps);
    const damaged = ending.code !== 0 || complained(child.messages);
    if (damaged && expected - reached >= unremarkable) {
      yield { type: 'gap', gap: { from: reached, to: expected, reason: 'ended', dropped: 0 } };
    }
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.resume();
    await this.#child?.[Symbol.asyncDispose]();
  }

  async #until(due: number): Promise<void> {
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal: this.#closing.signal });
  }

  /** Why not one picture came. */
  #nothing(ending: Ending, messages: string): OnlookerError {
    const { sampling, name } = this.#run;
    const cause = ending.failure ?? new Error(messages.trim() || `ffmpeg ended with ${ending.signal ?? ending.code}`);
    const from = sampling.from ?? 0;
    if (from > 0 && ending.code === 0 && !complained(messages)) {
      return new OnlookerError('source-unreadable', `"${name}" has no picture at ${from} s or later. Start earlier.`);
    }
    const reason = firstComplaint(messages) || cause.message;
    return new OnlookerError(
      'source-unreadable',
      `No picture of "${name}" can be decoded (${reason}). Record, copy or convert it again.`,
      { cause },
    );
  }
}
