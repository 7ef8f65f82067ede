import { setTimeout as sleep } from 'node:timers/promises';
import { OnlookerError } from '../errors.ts';
import { gridSpan } from './ffmpeg-arguments.ts';
import { FfmpegProcess, firstComplaint } from './ffmpeg-process.ts';
import type { Captured, FrameSource, Gap, Sampling, Size } from './frame.ts';
import { LiveClock } from './live-clock.ts';
import { LiveQueue } from './live-queue.ts';
import { pictures } from './pictures.ts';

const longestBackoff = 10;

/** Milliseconds between two looks at whether the source is still the same. */
const lookEvery = 2000;

export interface LiveStart {
  /** ffmpeg's arguments. */
  readonly args: readonly string[];
  /** True when ffmpeg no longer sees what is wanted and must be started anew. */
  readonly outdated?: (() => Promise<boolean>) | undefined;
  readonly size?: Size | undefined;
}

export interface LiveRun {
  readonly name: string;
  readonly ffmpeg: string;
  readonly sampling: Sampling;
  /** Looks the device up anew for each restart: windows move, cameras come back under other names. */
  readonly prepare: () => Promise<LiveStart>;
  readonly queue: number;
  readonly stallSeconds: number;
  readonly startSeconds: number;
  readonly attempts: number;
  readonly backoffSeconds: number;
}

/** How one run of ffmpeg went. */
interface Outcome {
  readonly frames: number;
  readonly reason: 'stalled' | 'ended' | 'paused';
  readonly error?: unknown;
}

/**
 * A screen, a window, a camera, a stream. It goes on by itself: when no frame comes for a while, or ffmpeg ends, it is
 * started again, ever more patiently, and the hole is told as a gap. It fails at once when there was no frame yet, and
 * with `source-lost` when nothing brings it back.
 */
export class LiveSource implements FrameSource {
  readonly kind = 'live';
  readonly name: string;
  readonly duration: number | undefined;
  readonly #run: LiveRun;
  readonly #queue: LiveQueue;
  readonly #clock: LiveClock;
  /** The first place on the sampling grid that is not wanted any more. */
  readonly #end: number;
  readonly #closing = new AbortController();
  #producing: Promise<void> | undefined;
  #interruption: Gap['reason'] | undefined;
  #size: Size | undefined;
  /** Whether a frame came; a clock that goes on from an earlier run says nothing of it. */
  #begun = false;
  #paused: PromiseWithResolvers<void> | undefined;
  /** Ends the ffmpeg that is running. */
  #halt = () => {};

  constructor(run: LiveRun) {
    this.#run = run;
    this.name = run.name;
    this.duration = run.sampling.duration;
    this.#queue = new LiveQueue(run.queue);
    this.#clock = new LiveClock(run.sampling.fps, run.sampling.goOn);
    if (run.sampling.goOn) this.#interruption = 'restarted';
    this.#end = gridSpan(run.sampling).end ?? Number.POSITIVE_INFINITY;
  }

  /** Frames dropped because the reader was slow. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  get size(): Size | undefined {
    return this.#size;
  }

  /** Ends ffmpeg, so that nothing is even captured. */
  pause(): void {
    this.#paused ??= Promise.withResolvers();
    this.#halt();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  async *frames(): AsyncIterable<Captured> {
    this.#producing = this.#produce().then(
      () => this.#queue.finish(),
      (error: unknown) => this.#queue.finish(error),
    );
    try {
      yield* this.#queue.read();
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.resume();
    await this.#producing;
  }

  async #produce(): Promise<void> {
    const { attempts, backoffSeconds, name } = this.#run;
    for (let failures = 0; ; ) {
      await this.#paused?.promise;
      if (this.#closing.signal.aborted) return;
      const outcome = await this.#once();
      if (this.#closing.signal.aborted || this.#over) return;
      if (outcome.reason === 'paused') {
        if (this.#begun) this.#interruption = 'paused';
        continue;
      }
      if (!this.#begun) throw outcome.error;
      this.#interruption ??= outcome.reason;
      failures = outcome.frames > 0 ? 0 : failures + 1;
      if (failures >= attempts) {
        throw new OnlookerError(
          'source-lost',
          `"${name}" was lost and did not come back in ${attempts} attempts. Check that it is there and start again.`,
          { cause: outcome.error },
        );
      }
      const wait = Math.min(longestBackoff, backoffSeconds * 2 ** failures);
      await sleep(wait * 1000, undefined, { signal: this.#closing.signal }).catch(() => {}); // closed meanwhile
      if (this.#closing.signal.aborted) return;
    }
  }

  /** One ffmpeg from start to end; never throws. */
  async #once(): Promise<Outcome> {
    const { ffmpeg, sampling, prepare } = this.#run;
    let frames = 0;
    let stalled = false;
    let changed = false;
    try {
      const { args, outdated, size } = await prepare();
      if (this.#closing.signal.aborted) return { frames, reason: 'ended' };
      if (this.#paused) return { frames, reason: 'paused' };
      this.#size = size;
      await using child = new FfmpegProcess(ffmpeg, args);
      using watch = this.#watch(() => {
        stalled = true;
        child.stdout.destroy();
      });
      const close = () => child.stdout.destroy();
      let halted = false;
      this.#halt = () => {
        halted = true;
        close();
      };
      using looking = repeatedly(lookEvery, async () => {
        if (!(await outdated?.())) return;
        changed = true;
        close();
      });
      void looking;
      this.#closing.signal.addEventListener('abort', close, { once: true });
      this.#clock.restart();
      try {
        for await (const pixels of pictures(child.stdout, sampling.width * sampling.height * 3)) {
          if (halted) break;
          watch.fed();
          frames += 1;
          this.#deliver(pixels);
          if (this.#over) break;
        }
      } catch {
        // The pipe was closed on purpose: by a watch or by our own end.
      } finally {
        this.#closing.signal.removeEventListener('abort', close);
        this.#halt = () => {};
      }
      if (halted) return { frames, reason: 'paused' };
      if (stalled || this.#closing.signal.aborted || this.#over) {
        return { frames, reason: 'stalled', error: this.#unreadable('it gave no picture in time', child.messages) };
      }
      if (changed) return { frames, reason: 'ended', error: this.#unreadable('it moved, changed or closed', '') };
      // One that closed its pipe and yet lives on is not waited for: it is ended on leaving.
      const ending = await Promise.race([child.ended, sleep(2000, undefined, { ref: false })]);
      const reason = firstComplaint(child.messages) || ending?.failure?.message || 'it ended before the first picture';
      return { frames, reason: 'ended', error: this.#unreadable(reason, child.messages) };
    } catch (error) {
      return { frames, reason: stalled ? 'stalled' : 'ended', error };
    }
  }

  #deliver(pixels: Uint8Array): void {
    const before = this.#clock.last;
    const capturedAt = performance.now();
    const { index, t } = this.#clock.stamp(capturedAt);
    if (index >= this.#end) return;
    const gap = this.#interruption && { from: before ?? 0, to: t, reason: this.#interruption, dropped: 0 };
    this.#interruption = undefined;
    this.#begun = true;
    this.#queue.push({ index, t, pixels, capturedAt }, gap);
  }

  /** True when as much was seen as was asked for. */
  get #over(): boolean {
    return this.#clock.index + 1 >= this.#end;
  }

  /** Calls `act` when no frame came in time; a slow sampling rate stretches the time. */
  #watch(act: () => void): Disposable & { fed(): void } {
    const { stallSeconds, startSeconds, sampling } = this.#run;
    const patience = Math.max(stallSeconds, 2.5 / sampling.fps) * 1000;
    let timer = setTimeout(act, Math.max(startSeconds * 1000, patience));
    const stop = () => clearTimeout(timer);
    const fed = () => {
      stop();
      timer = setTimeout(act, patience);
    };
    return { fed, [Symbol.dispose]: stop };
  }

  #unreadable(reason: string, messages: string): OnlookerError {
    const message = `"${this.name}" cannot be watched (${reason}). Check that it is there and may be seen.`;
    return new OnlookerError('source-unreadable', message, { cause: new Error(messages.trim()) });
  }
}

/** Calls `act` again and again, never twice at once, until disposed. */
function repeatedly(ms: number, act: () => Promise<void>): Disposable {
  let timer = setTimeout(again, ms);
  let over = false;
  async function again(): Promise<void> {
    await act();
    if (!over) timer = setTimeout(again, ms);
  }
  return {
    [Symbol.dispose]: () => {
      over = true;
      clearTimeout(timer);
    },
  };
}
