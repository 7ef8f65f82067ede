import { pipeline } from 'node:stream/promises';
import { setImmediate as afterReading, setTimeout as sleep } from 'node:timers/promises';
import type { BytePath } from '../base/byte-names.ts';
import { OnlookerError } from '../base/errors.ts';
import { believable } from './believable-length.ts';
import { gridSpan } from './ffmpeg-arguments.ts';
import { complained, type Ending, FfmpegProcess, firstComplaint } from './ffmpeg-process.ts';
import { rounding } from './file-arguments.ts';
import { FileClock } from './file-clock.ts';
import type { Captured, FrameSource, Sampling, Size } from './frame.ts';
import { idleFor, longestIdle } from './idle.ts';
import { holdsMore } from './joined.ts';
import { type PipedPicture, pipedPictures } from './pictures.ts';
import type { Piped } from './piped-recording.ts';
import { ScreenPictures } from './screen-picture.ts';

/** Seconds that may be missing at the end without being worth a word: sound often outlasts the picture. */
const unremarkable = 1;

/** ffmpeg says so at every picture once one had another size. They are fitted one by one. */
const changedSize = /properties on the fly/;

export interface FileRun {
  readonly name: string;
  readonly ffmpeg: string;
  readonly args: readonly string[];
  readonly sampling: Sampling;
  /** Seconds of the whole recording, as its container states them: undefined, too many or too few. */
  readonly length: number | undefined;
  readonly size?: Size | undefined;
  /** Where it lies, if on this machine. */
  readonly file?: BytePath;
  /** Seconds at which it begins by its stamps; default 0. */
  readonly begins?: number | undefined;
  /** What is closed with the source. */
  readonly at?: AsyncDisposable | undefined;
  /** What ffmpeg reads from its standard input. */
  readonly piped?: Piped;
  /** Seconds for which an ffmpeg that owes a picture may do nothing; default 60. */
  readonly longestIdle?: number;
}

/**
 * A recording: every sampled frame is delivered, and ffmpeg waits while nobody reads. Where its clock jumps, a gap says
 * so. When it turns out to be damaged, what can be decoded is delivered, and a missing end is told as a gap.
 */
export class FileSource implements FrameSource {
  readonly kind = 'file';
  readonly name: string;
  readonly #run: FileRun;
  readonly #clock: FileClock;
  /** Media time up to which frames were delivered, seconds. */
  #reached: number;
  #end: number | undefined;
  #changedSize = false;
  readonly #closing = new AbortController();
  #child: FfmpegProcess | undefined;
  #paused: PromiseWithResolvers<void> | undefined;

  constructor(run: FileRun) {
    const { fps } = run.sampling;
    const { first } = gridSpan(run.sampling);
    this.#run = run;
    this.name = run.name;
    this.#clock = new FileClock({ fps, first, begins: run.begins });
    this.#reached = first / fps;
  }

  get duration(): number | undefined {
    const { from = 0, duration } = this.#run.sampling;
    const length = this.#statedLength;
    if (length === undefined) return duration;
    return Math.min(length - from, duration ?? Number.POSITIVE_INFINITY);
  }

  /** Not known any more once it has changed: masks then cover what they cover at any shape. */
  get size(): Size | undefined {
    return this.#changedSize ? undefined : this.#run.size;
  }

  get end(): number | undefined {
    return this.#end ?? this.#statedLength;
  }

  /** What the container states, as long as nothing that was seen speaks against it. */
  get #statedLength(): number | undefined {
    const { length } = this.#run;
    return length === undefined || this.#clock.jumped || length <= this.#lastFrame ? undefined : length;
  }

  /** Media time of the newest frame, or of the first one wanted before it is there. */
  get #lastFrame(): number {
    const { sampling } = this.#run;
    return Math.max(gridSpan(sampling).first, this.#reached * sampling.fps - 1) / sampling.fps;
  }

  async *frames(): AsyncIterable<Captured> {
    const { ffmpeg, args, sampling, piped, file } = this.#run;
    const { fps, realtime, goOn } = sampling;
    const { first, end } = gridSpan(sampling);
    if (end !== undefined && end <= first) return;
    const clock = this.#clock;
    const taken = (line: string) => {
      const changed = changedSize.test(line);
      this.#changedSize ||= changed;
      return changed || clock.take(line);
    };
    await using child = new FfmpegProcess(ffmpeg, args, { stdin: piped ? 'pipe' : 'ignore', taken });
    this.#child = child;
    // Its end is seen in what it gives out.
    if (piped && child.stdin) pipeline(piped.all(), child.stdin).catch(() => {});
    let started: number | undefined;
    // Frames are counted from the first; the grid has further places where a hole was skipped.
    let place = first;
    let skipped = 0;
    const last = end ?? Number.POSITIVE_INFINITY;
    const gapTo = (jump: number): Captured => {
      const from = (place + skipped) / fps;
      const dropped = Math.min(jump, last - place - skipped);
      skipped += dropped;
      this.#reached = (place + skipped) / fps;
      return { type: 'gap', gap: { from, to: this.#reached, reason: 'discontinuity', dropped } };
    };
    // What an earlier run has shown already is not shown at its pace again.
    const paced = Math.max(first, goOn ? goOn.index + 1 : first);
    try {
      for await (const picture of this.#pictures(child)) {
        await afterReading(); // so that what ffmpeg said before this frame was heard
        const jump = clock.jumpBefore(place);
        if (jump !== undefined) yield gapTo(jump);
        const index = place + skipped;
        if (index >= last || clock.isOver(place)) return;
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
        place += 1;
        this.#reached = (place + skipped) / fps;
        yield { type: 'frame', frame: { index, t, ...picture, capturedAt: performance.now() } };
      }
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      throw error;
    }
    if (this.#closing.signal.aborted) return;
    const ending = await child.ended;
    if (place === first) throw this.#nothing(ending, child.messages);
    if (clock.endsBehindJump) yield gapTo(0);
    const damaged = ending.code !== 0 || complained(child.messages);
    const expected = Math.min(this.#statedLength ?? this.#reached, last / fps);
    if (damaged && expected - this.#reached >= unremarkable) {
      const known = file === undefined || ending.signal || (await believable(file, this.#statedLength!, this.#reached));
      if (!known) this.#end = this.#reached;
      const to = known ? expected : this.#reached;
      yield { type: 'gap', gap: { from: this.#reached, to, reason: 'ended', dropped: 0 } };
      // It can go on there, unlike behind damage.
      if (ending.signal) throw this.#lost(`was ended from outside (${ending.signal})`);
    } else if (place + skipped < last) {
      const seen = clock.last === undefined ? this.#reached : clock.last + rounding + skipped / fps;
      this.#end = Math.max(this.#lastFrame, Math.min(seen, this.#reached));
    }
    if (file !== undefined && place + skipped < last && (await holdsMore(file, this.#closing.signal))) {
      yield { type: 'gap', gap: { from: this.#reached, to: this.#reached, reason: 'unread', dropped: 0 } };
    }
  }

  /** Pictures of an ffmpeg. It may take its time, but not do nothing; unless it waits for a pipe, as we do. */
  async *#pictures({ pid, stdout, pipe3 }: FfmpegProcess): AsyncGenerator<PipedPicture> {
    const { piped, sampling, longestIdle: limit = longestIdle } = this.#run;
    const unscaled = pipe3 && { pipe: pipe3, pictures: new ScreenPictures() };
    const pictures = pipedPictures(stdout, sampling.width * sampling.height * 3, unscaled);
    if (pid === undefined || piped) return yield* pictures;
    while (true) {
      const come = new AbortController();
      const stopped = idleFor(pid, 1000 * limit, come.signal);
      stopped.catch(() => {}); // it came
      const next = pictures.next();
      const picture = await Promise.race([next, stopped]).finally(() => come.abort());
      if (!picture) {
        next.catch(() => {}); // the pipe is closed with ffmpeg
        throw this.#lost('does nothing any more, as if it were stopped,');
      }
      if (picture.done) return;
      yield picture.value;
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
    this.#run.piped?.[Symbol.dispose]();
    await this.#child?.[Symbol.asyncDispose]();
    await this.#run.at?.[Symbol.asyncDispose]();
  }

  async #until(due: number): Promise<void> {
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal: this.#closing.signal });
  }

  /** The recording is whole, and was not read to its end. @param what happened to ffmpeg */
  #lost(what: string): OnlookerError {
    const { name, sampling } = this.#run;
    const at = Math.floor(this.#reached * sampling.fps) / sampling.fps;
    return new OnlookerError(
      'source-lost',
      `The ffmpeg that read "${name}" ${what} at ${at} s. Go on there with --from ${at}.`,
    );
  }

  /** Why not one picture came. */
  #nothing(ending: Ending, messages: string): OnlookerError {
    const { sampling, name, length } = this.#run;
    const cause = ending.failure ?? new Error(messages.trim() || `ffmpeg ended with ${ending.signal ?? ending.code}`);
    const from = sampling.from ?? 0;
    const end = this.#clock.last ?? length;
    if (end !== undefined && from >= end) {
      return new OnlookerError(
        'source-unreadable',
        `"${name}" ends after ${Math.round(end * 100) / 100} s; there is nothing from ${from} s on. Start earlier.`,
      );
    }
    if (from > 0 && ending.code === 0 && !complained(messages)) {
      return new OnlookerError('source-unreadable', `"${name}" has no picture at ${from} s or later. Start earlier.`);
    }
    // Only of a pipe is so much not known before it is read.
    if (this.#run.piped?.head.length === 0) {
      return new OnlookerError('source-unreadable', 'Nothing came through standard input. Pipe a recording into it.');
    }
    if (/Stream map '.*' matches no streams/.test(messages)) {
      return new OnlookerError('source-unreadable', `"${name}" holds no video. Name a recording with video.`, {
        cause,
      });
    }
    const reason = firstComplaint(messages) || cause.message;
    return new OnlookerError(
      'source-unreadable',
      `No picture of "${name}" can be decoded (${reason}). Record, copy or convert it again.`,
      { cause },
    );
  }
}
