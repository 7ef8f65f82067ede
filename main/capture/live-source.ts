import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../base/back-off.ts';
import { OnlookerError } from '../base/errors.ts';
import { gridSpan } from './ffmpeg-arguments.ts';
import type { Captured, Frame, FrameSource, Gap, Sampling, ScreenGuard, Size } from './frame.ts';
import { LiveClock } from './live-clock.ts';
import { FeedEnd, type LiveFeed, type LivePicture } from './live-feed.ts';
import { LiveQueue } from './live-queue.ts';
import { OwnPace, type Sampled } from './own-pace.ts';

/** Seconds. */
const longestBackOff = 10;

/** Seconds between two looks for something that is away. */
const awaySeconds = 1;

/** Seconds after the end of what was asked for in which its last picture may still come. */
const grace = 0.5;

/** Frames that may be missing at the end without being worth a word. */
const missingFrames = 2.5;

/** Milliseconds between two looks at whether the source is still the same. */
const lookEvery = 1000;

export interface LiveRun {
  readonly name: string;
  readonly sampling: Sampling;
  /** Looks the device up anew for each go: windows move, cameras come back under other names. */
  readonly open: () => Promise<LiveFeed>;
  /** Owned: it ends with the source. */
  readonly guard: ScreenGuard | undefined;
  readonly queue: number;
  readonly stallSeconds: number;
  readonly quietSeconds: number;
  readonly startSeconds: number;
  readonly attempts: number;
  readonly backoffSeconds: number;
}

/** How one go went. */
interface Outcome {
  readonly reason: 'stalled' | 'ended' | 'paused';
  readonly error?: unknown;
  /** Another go would be no use. */
  readonly final?: boolean;
  /** It is known and not there now. */
  readonly away?: boolean;
  /** It has come to its proper end. */
  readonly finished?: boolean;
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
  readonly #pace: OwnPace;
  /** The first place on the sampling grid that is not wanted any more. */
  readonly #end: number;
  readonly #closing = new AbortController();
  #producing: Promise<void> | undefined;
  #interruption: Gap['reason'] | undefined;
  #size: Size | undefined;
  /** Frames that were given on so far. */
  #given = 0;
  /** Media time of the newest of them. */
  #told: number | undefined;
  /** The last picture of the newest go that showed anything new, on the source's own clock. */
  #lastNew: number | undefined;
  /** Whether a frame came; a clock that goes on from an earlier run says nothing of it. */
  #begun = false;
  #paused: PromiseWithResolvers<void> | undefined;
  /** Ends the feed that is open. */
  #halt = () => {};

  constructor(run: LiveRun) {
    this.#run = run;
    this.name = run.name;
    this.duration = run.sampling.duration;
    const { fps, goOn } = run.sampling;
    this.#clock = new LiveClock(fps, goOn);
    this.#pace = new OwnPace(this.#clock, { ...run, fps });
    // There is time for those that come at once, as long as no more come.
    this.#queue = new LiveQueue(() => run.queue + Math.ceil(this.#clock.atOnce * fps));
    if (goOn) {
      this.#interruption = 'restarted';
      this.#told = goOn.t;
    }
    this.#end = gridSpan(run.sampling).end ?? Number.POSITIVE_INFINITY;
  }

  /** Frames dropped because the reader was slow. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  get guard(): ScreenGuard | undefined {
    return this.#run.guard;
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
      () => this.#queue.finish(undefined, this.#missing),
      (error: unknown) => this.#queue.finish(error),
    );
    try {
      yield* this.#queue.read();
    } finally {
      await this.#close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    this.guard?.[Symbol.dispose](); // not before: frames that were read are still judged
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.resume();
    await this.#producing;
  }

  async #produce(): Promise<void> {
    const { attempts, backoffSeconds, sampling } = this.#run;
    using ticking = repeatedly(1000 / sampling.fps, () => this.#tick());
    void ticking;
    for (let failures = 0; ; ) {
      await this.#paused?.promise;
      if (this.#closing.signal.aborted) return;
      const given = this.#given;
      const outcome = await this.#once();
      this.#pace.stop();
      if (this.#closing.signal.aborted || this.#over || outcome.finished) return;
      if (outcome.reason === 'paused') {
        if (this.#begun) this.#interruption = 'paused';
        continue;
      }
      if (!this.#begun) throw outcome.error;
      if (outcome.final) throw this.#lost('it may not be watched any more', outcome.error);
      this.#interruption ??= outcome.reason;
      if (this.#given > given || outcome.away) failures = 0;
      else failures += 1;
      if (failures >= attempts) {
        throw this.#lost(`it did not come back in ${attempts} attempts`, outcome.error);
      }
      const patience = { first: backoffSeconds, longest: longestBackOff };
      // It is not opened at once either where frames came until a moment ago.
      const wait = outcome.away ? awaySeconds : backOff(failures + 1, patience);
      await sleep(wait * 1000, undefined, { signal: this.#closing.signal }).catch(() => {}); // closed meanwhile
      if (this.#closing.signal.aborted) return;
    }
  }

  /**
   * One feed from start to end; never throws.
   *
   * A broadcast that is over can still be opened: it is shown once more, without anything new, and ends without an error
   * at the very picture that was its last before. One that ends anywhere else was interrupted, however shortly it was
   * there, and is opened again; so is one whose pictures bear no times, of which that cannot be known.
   */
  async #once(): Promise<Outcome> {
    const given = this.#given;
    let own: number | undefined;
    let why: 'stalled' | 'changed' | 'paused' | 'over' | undefined;
    try {
      await using feed = await this.#run.open();
      if (this.#closing.signal.aborted) return { reason: 'ended' };
      if (this.#paused) return { reason: 'paused' };
      this.#size = feed.size;
      const end = (because: NonNullable<typeof why>) => {
        why ??= because;
        feed.close();
      };
      this.#halt = () => end('paused');
      const close = () => end('over');
      this.#closing.signal.addEventListener('abort', close, { once: true });
      using watch = this.#watch(feed.pace === 'own', () => end('stalled'));
      using looking = repeatedly(lookEvery, async () => {
        if (await feed.outdated?.()) end('changed');
      });
      void looking;
      this.#clock.restart(feed.segmented);
      this.#pace.restart(feed.segmented);
      try {
        for await (const picture of feed.pictures()) {
          if (why) break;
          own = picture.own;
          if (feed.pace === 'own') this.#show(this.#pace.take(picture));
          else this.#deliver(picture, feed);
          watch.fed();
          if (this.#over) break;
        }
      } finally {
        this.#show(this.#pace.opened());
        if (this.#given > given) this.#lastNew = own;
        this.#closing.signal.removeEventListener('abort', close);
        this.#halt = () => {};
      }
      if (why === 'paused') return { reason: 'paused' };
      if (why === 'changed') {
        return { reason: 'ended', error: this.#unreadable('it moved, changed or closed') };
      }
      const cause = new Error(feed.messages.trim());
      return {
        reason: 'stalled',
        error: this.#unreadable('it gave no picture in time', cause),
      };
    } catch (error) {
      if (why === 'paused') return { reason: 'paused' };
      if (!(error instanceof FeedEnd)) return { reason: 'ended', error, final: isLost(error) };
      const finished = error.clean && this.#given === given && own !== undefined && own === this.#lastNew;
      const { final, away } = error;
      return {
        reason: 'ended',
        error: this.#unreadable(error.message, error.cause),
        final,
        away,
        finished,
      };
    }
  }

  /** Gives on a picture that was taken because we wanted one. */
  #deliver({ pixels, dropped = 0, ...picture }: LivePicture, feed: LiveFeed): void {
    const before = this.#clock.last;
    const now = performance.now();
    const capturedAt = Math.min(now, picture.capturedAt ?? now);
    const { index, t } = this.#clock.stamp(capturedAt);
    const reason = this.#interruption ?? (dropped > 0 ? 'overload' : undefined);
    const { size = feed.size, unscaled } = picture;
    const { place } = feed;
    this.#size = size ?? this.#size;
    // Each has its own: when the next feed is open, frames of this one may still wait.
    const frame = { index, t, pixels, capturedAt, unscaled, ...(size && { size }), ...(place && { place }) };
    this.#push(frame, reason && { from: before ?? 0, to: t, reason, dropped });
  }

  /** Gives on what a source with a pace of its own shows. */
  #show(sampled: Iterable<Sampled>): void {
    for (const { frame, hole } of sampled) {
      const reason = this.#interruption ?? hole;
      this.#push(frame, reason && { from: this.#told ?? 0, to: frame.t, reason, dropped: 0 });
    }
  }

  #push(frame: Frame, gap: Gap | undefined): void {
    if (frame.index >= this.#end) return;
    this.#interruption = undefined;
    this.#begun = true;
    this.#given += 1;
    this.#told = frame.t;
    this.#queue.push(frame, gap);
  }

  /** True when as much was seen as was asked for. */
  get #over(): boolean {
    return this.#clock.index + 1 >= this.#end;
  }

  /** Looks at the clock: what is still shown is shown again, and what was asked for ends in time, whatever came. */
  async #tick(): Promise<void> {
    const now = performance.now();
    this.#show(this.#pace.repeat(now));
    const end = this.#end / this.#run.sampling.fps;
    if (this.#over || (this.#told !== undefined && this.#clock.present(now) >= end + this.#clock.spread + grace)) {
      this.#closing.abort();
      this.resume();
    }
  }

  /** What is missing at the end of a run that was to last for a certain time. */
  get #missing(): Gap | undefined {
    const { fps } = this.#run.sampling;
    const from = this.#told;
    const to = Math.min(this.#end / fps, this.#clock.present(performance.now()));
    if (from === undefined || !Number.isFinite(this.#end) || to - from < missingFrames / fps) return undefined;
    return { from, to, reason: this.#interruption ?? 'stalled', dropped: 0 };
  }

  /** Calls `act` when no picture came in time. */
  #watch(own: boolean, act: () => void): Disposable & { fed(): void } {
    const { stallSeconds, startSeconds, sampling } = this.#run;
    // A slow sampling rate stretches the time.
    const patience = () => 1000 * (own ? this.#pace.patience : Math.max(stallSeconds, 2.5 / sampling.fps));
    let timer = setTimeout(act, Math.max(startSeconds * 1000, own ? 0 : patience()));
    const stop = () => clearTimeout(timer);
    const fed = () => {
      stop();
      timer = setTimeout(act, patience());
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
