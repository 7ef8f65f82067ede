import { setTimeout as sleep } from 'node:timers/promises';
import { OnlookerError } from '../errors.ts';
import { gridSpan } from './ffmpeg-arguments.ts';
import type { Captured, FrameSource, Gap, Sampling, Size } from './frame.ts';
import { LiveClock } from './live-clock.ts';
import { FeedEnd, type LiveFeed, type LivePicture } from './live-feed.ts';
import { LiveQueue } from './live-queue.ts';

const longestBackoff = 10;

/** Milliseconds between two looks at whether the source is still the same. */
const lookEvery = 2000;

export interface LiveRun {
  readonly name: string;
  readonly sampling: Sampling;
  /** Looks the device up anew for each go: windows move, cameras come back under other names. */
  readonly open: () => Promise<LiveFeed>;
  readonly queue: number;
  readonly stallSeconds: number;
  readonly startSeconds: number;
  readonly attempts: number;
  readonly backoffSeconds: number;
}

/** How one go went. */
interface Outcome {
  readonly frames: number;
  readonly reason: 'stalled' | 'ended' | 'paused';
  readonly error?: unknown;
  /** Another go would be no use. */
  readonly final?: boolean;
}

/**
 * A screen, a window, a camera, a stream. It goes on by itself: when no frame comes for a while, or its feed ends, it is
 * opened again, ever more patiently, and the hole is told as a gap. It fails at once when there was no frame yet, and
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
  /** Ends the feed that is open. */
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

  /** Ends the feed, so that nothing is even captured. */
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
    const { attempts, backoffSeconds } = this.#run;
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
      if (outcome.final) throw this.#lost('it may not be watched any more', outcome.error);
      this.#interruption ??= outcome.reason;
      failures = outcome.frames > 0 ? 0 : failures + 1;
      if (failures >= attempts) {
        throw this.#lost(`it did not come back in ${attempts} attempts`, outcome.error);
      }
      const wait = Math.min(longestBackoff, backoffSeconds * 2 ** failures);
      await sleep(wait * 1000, undefined, { signal: this.#closing.signal }).catch(() => {}); // closed meanwhile
      if (this.#closing.signal.aborted) return;
    }
  }

  /** One feed from start to end; never throws. */
  async #once(): Promise<Outcome> {
    let frames = 0;
    let why: 'stalled' | 'changed' | 'paused' | 'over' | undefined;
    try {
      await using feed = await this.#run.open();
      if (this.#closing.signal.aborted) return { frames, reason: 'ended' };
      if (this.#paused) return { frames, reason: 'paused' };
      this.#size = feed.size;
      const end = (because: NonNullable<typeof why>) => {
        why ??= because;
        feed.close();
      };
      this.#halt = () => end('paused');
      const close = () => end('over');
      this.#closing.signal.addEventListener('abort', close, { once: true });
      using watch = this.#watch(() => end('stalled'));
      using looking = repeatedly(lookEvery, async () => {
        if (await feed.outdated?.()) end('changed');
      });
      void looking;
      this.#clock.restart();
      try {
        for await (const picture of feed.pictures()) {
          if (why) break;
          watch.fed();
          frames += 1;
          this.#deliver(picture);
          if (this.#over) break;
        }
      } finally {
        this.#closing.signal.removeEventListener('abort', close);
        this.#halt = () => {};
      }
      if (why === 'paused') return { frames, reason: 'paused' };
      if (why === 'changed') {
        return { frames, reason: 'ended', error: this.#unreadable('it moved, changed or closed') };
      }
      const cause = new Error(feed.messages.trim());
      return { frames, reason: 'stalled', error: this.#unreadable('it gave no picture in time', cause) };
    } catch (error) {
      if (why === 'paused') return { frames, reason: 'paused' };
      if (!(error instanceof FeedEnd)) return { frames, reason: 'ended', error, final: isLost(error) };
      return { frames, reason: 'ended', error: this.#unreadable(error.message, error.cause), final: error.final };
    }
  }

  #deliver({ pixels, size, dropped = 0, ...picture }: LivePicture): void {
    const before = this.#clock.last;
    const now = performance.now();
    const capturedAt = Math.min(now, picture.capturedAt ?? now);
    const { index, t } = this.#clock.stamp(capturedAt);
    if (index >= this.#end) return;
    const reason = this.#interruption ?? (dropped > 0 ? 'overload' : undefined);
    const gap = reason && { from: before ?? 0, to: t, reason, dropped };
    this.#interruption = undefined;
    this.#begun = true;
    this.#size = size ?? this.#size;
    this.#queue.push({ index, t, pixels, capturedAt, ...(size && { size }) }, gap);
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

  #unreadable(reason: string, cause?: unknown): OnlookerError {
    const message = `"${this.name}" cannot be watched (${reason}). Check that it is there and may be seen.`;
    return new OnlookerError('source-unreadable', message, { cause });
  }

  #lost(reason: string, cause: unknown): OnlookerError {
    const message = `"${this.name}" was lost (${reason}). Check that it is there and start again.`;
    return new OnlookerError('source-lost', message, { cause });
  }
}

function isLost(error: unknown): boolean {
  return error instanceof OnlookerError && error.code === 'source-lost';
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
