/** The state of things as every window shows it. */
import type { Status } from '../../preload/contract.ts';

/** A live source that gives no frame for this long has stalled, milliseconds. */
const stallMs = 5000;
/** That a frame came is told at most so often, milliseconds; the `frame` news has them all. */
const frameToldMs = 1000;

export class StatusBoard {
  readonly #tell: (status: Status) => void;
  #status: Status;
  #told: Status;
  /** When something last showed that frames come: a frame, or that they were asked for. */
  #aliveAt = 0;
  #live = false;

  constructor(status: Status, tell: (status: Status) => void) {
    this.#status = status;
    this.#told = status;
    this.#tell = tell;
  }

  get status(): Status {
    return this.#status;
  }

  /** Whether something is being watched, or is to be. */
  get active(): boolean {
    return this.#status.state !== 'idle' && this.#status.state !== 'failed';
  }

  /** A message that goes takes its code along. */
  set(change: Partial<Status>): void {
    this.#status = { ...this.#status, ...(change.message !== undefined && { code: null }), ...change };
    const { lastFrameAt, ...rest } = this.#status;
    const { lastFrameAt: toldFrameAt, ...toldRest } = this.#told;
    const sameRest = JSON.stringify(rest) === JSON.stringify(toldRest);
    if (sameRest && (lastFrameAt ?? 0) - (toldFrameAt ?? 0) < frameToldMs) return;
    this.#told = this.#status;
    this.#tell(this.#status);
  }

  /** Frames are to come from now on. @param live whether that they stay away means something */
  starting(source: string, live: boolean): void {
    this.#live = live;
    // Its own start has its own patience, and its own words when that ends.
    this.#aliveAt = Number.POSITIVE_INFINITY;
    this.set({ state: 'starting', source, message: null, pausedUntil: null, filtering: false });
  }

  /** After a pause. */
  resuming(): void {
    this.#aliveAt = Date.now();
    this.set({ state: 'starting', pausedUntil: null });
  }

  /** A frame was decided on. A screen on which nothing changes has frames, too. */
  frame(at: number): void {
    this.#aliveAt = at;
    const { state } = this.#status;
    const comesBack = state === 'starting' || state === 'stalled' || state === 'restarting';
    this.set({ lastFrameAt: at, ...(comesBack && { state: 'watching', message: null }) });
  }

  /** A reply is being written: the next frame waits for it. */
  busy(at: number): void {
    this.#aliveAt = Math.max(this.#aliveAt, at);
  }

  /** Looks at the clock. */
  tick(now: number): void {
    const { state } = this.#status;
    const waiting = state === 'watching' || state === 'starting';
    if (this.#live && waiting && now - this.#aliveAt > stallMs) {
      this.set({ state: 'stalled', message: 'No picture comes any more.', code: 'source-stalled' });
    }
  }
}
