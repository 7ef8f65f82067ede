import { Delivery } from './delivery.ts';

/** Seconds by which a source's own clock may run ahead of ours from one picture to the next: beyond it, it was set. */
const jump = 10;
/** Seconds by which a picture may differ from its expected time after a restart before its clock counts as a new one. */
const sameClock = 5;
/** Where a picture stands in the stream. */
export interface Stamp {
  /** Place on the sampling grid. */
  readonly index: number;
  /** Media time, seconds. */
  readonly t: number;
}

/** Where a picture of a source with a pace of its own stands, and how it follows the one before. */
export interface Placed extends Stamp {
  /**
   * `next`: the picture before was shown until this one. `jumped`: the source's clock was set, so that nothing can be
   * said of the time between.
   */
  readonly follows: 'next' | 'jumped';
}

/**
 * Media time of a live source: seconds since its first frame. Each run of ffmpeg has its own phase, so the first frame
 * of a run is put on the grid and the others are counted from it; rounding then never sits on the border between two
 * places, where jitter would make it stumble.
 *
 * A grabber takes pictures at our pace: `stamp` dates them by their arrival. A source that has a pace of its own says
 * when each picture was taken, and may send many at once: `place` dates them by that.
 */
export class LiveClock {
  readonly #fps: number;
  readonly #delivery = new Delivery();
  #origin: number | undefined;
  /** What the run's times are counted from. `own`: the time on the source's clock. */
  #run: { readonly t: number; readonly index: number; readonly own: number } | undefined;
  /** The newest picture on the source's clock, when it came, and the seconds between the one before and it. */
  #newest: { readonly own: number; readonly now: number; readonly period: number } | undefined;
  #segmented = false;
  /** Seconds of the pictures that waited while the source was opened. */
  #backlog = 0;
  /** Whether the place of the newest frame was filled with a repetition. */
  #repeated = false;
  /** Place of the newest frame; -1 before the first. */
  index = -1;
  /** Media time of the newest frame; undefined before the first. */
  last: number | undefined;

  /** @param before Where it stood and which time it is now, in seconds, when it goes on from an earlier run. */
  constructor(fps: number, before?: { readonly index: number; readonly t: number; readonly now: number }) {
    this.#fps = fps;
    if (!before) return;
    this.#origin = performance.now() - before.now * 1000;
    this.index = before.index;
    this.last = before.t;
  }

  /** A new ffmpeg begins. @param segmented whether pictures come in segments, on a clock that goes on after a restart */
  restart(segmented = false): void {
    this.#newest = undefined;
    this.#segmented = segmented;
    if (!segmented) this.#run = undefined;
  }

  /**
   * Counts a run from pictures that waited while the source was opened, and came at once: the newest was taken just
   * `now` (milliseconds). @param first and `newest`: when they were taken, seconds of the source's clock
   */
  begin(first: number, newest: number, now: number): void {
    const age = newest - first;
    this.#backlog = age;
    this.#origin ??= now - age * 1000;
    const t = this.last === undefined ? 0 : this.present(now) - age;
    this.#run = { t: round(t), index: Math.round(t * this.#fps), own: first };
  }

  /** Place and time of a frame that came at `now`, in `performance.now()` milliseconds. Both always grow. */
  stamp(now: number): Stamp {
    this.#origin ??= now;
    // Frames that were held up arrive together: a tenth of a millisecond keeps them in order.
    const t = Math.max(round((now - this.#origin) / 1000), round((this.last ?? -1) + 0.0001));
    const place = this.#run ? this.#run.index + Math.round((t - this.#run.t) * this.#fps) : Math.round(t * this.#fps);
    const index = Math.max(this.index + 1, place);
    this.#run ??= { t, index, own: now / 1000 };
    return this.#take({ index, t });
  }

  /**
   * Place and time of a picture that was taken at `own` (seconds of the source's clock) and came at `now`
   * (milliseconds). Undefined when its place is taken: it comes too soon after another, or was there before a restart.
   * @param waited whether it was held up while the source was opened, which says nothing of how late pictures come
   */
  place(own: number, now: number, waited = false): Placed | undefined {
    this.#origin ??= now;
    const jumped = this.#jumped(own, now);
    const anchored = jumped || !this.#run;
    if (anchored) this.#anchor(own, now);
    const period = jumped || !this.#newest ? this.#newest?.period : own - this.#newest.own;
    this.#newest = { own, now, period: period ?? 0 };
    const run = this.#run!;
    const t = round(run.t + own - run.own);
    if (!waited) this.#delivery.note((now - this.#origin) / 1000 - t, now / 1000);
    const index = run.index + Math.round((own - run.own) * this.#fps);
    const follows = jumped ? 'jumped' : 'next';
    if (index > this.index) return { ...this.#take({ index, t: this.#after(t) }), follows };
    // It was late, and its place was given to a repetition, or it tells of a new clock: it has the next one.
    if (this.#repeated || anchored) return { ...this.#take({ index: this.index + 1, t: this.#after(t) }), follows };
    return undefined;
  }

  /** The next place, filled with the newest picture once more. */
  repeat(): Stamp {
    const run = this.#run!;
    const index = this.index + 1;
    const t = this.#after(round(run.t + (index - run.index) / this.#fps));
    this.#take({ index, t });
    this.#repeated = true;
    return { index, t };
  }

  /** Media time that a picture taken at `now` (milliseconds) would have. */
  present(now: number): number {
    return this.#origin === undefined ? 0 : (now - this.#origin) / 1000 - this.#delivery.least;
  }

  /** Seconds by which a picture may come late, by what was seen of late. */
  get spread(): number {
    return this.#delivery.spread;
  }

  /** Seconds of pictures that come at once, now and then or at the beginning. */
  get atOnce(): number {
    return Math.max(this.#backlog, this.#delivery.spread);
  }

  /** When media time `t` was, in `performance.now()` milliseconds. */
  wall(t: number): number {
    return (this.#origin ?? 0) + (t + this.#delivery.least) * 1000;
  }

  /** Media time of the place behind the newest frame; undefined before the first picture of a run. */
  get upcoming(): number | undefined {
    return this.#run && this.#run.t + (this.index + 1 - this.#run.index) / this.#fps;
  }

  /** Whether the source's clock was set since the picture before, or was exchanged by a restart. */
  #jumped(own: number, now: number): boolean {
    if (!this.#run) return false;
    if (!this.#newest) {
      const expected = this.present(now);
      const differs = Math.abs(this.#run.t + own - this.#run.own - expected) > sameClock + 2 * this.spread;
      if (differs) this.#run = undefined;
      return false;
    }
    const step = own - this.#newest.own;
    return step < 0 || step > (now - this.#newest.now) / 1000 + jump;
  }

  /**
   * Counts the run from a picture that was taken just now, or is the first of its segment. Its place follows from its
   * time alone: one that were only to be free would be ahead of it, and further with every new clock.
   */
  #anchor(own: number, now: number): void {
    const t = this.last === undefined ? 0 : this.#after(round(this.#following(now)));
    const next = this.index + 1;
    const place = t * this.#fps;
    this.#run = { t, index: Math.abs(place - next) < 0.75 ? next : Math.round(place), own };
  }

  /**
   * Media time of the first picture on a new clock. A segment follows the one before without a hole, unless it comes
   * half a segment later than segments do: how late they come differs, and counted as time it would add up.
   */
  #following(now: number): number {
    const arrived = this.present(now);
    if (!this.#segmented) return arrived;
    const late = arrived - this.spread;
    if (!this.#run || !this.#newest) return late;
    const { own, period } = this.#newest;
    const seamless = Math.min(arrived, this.#run.t + own - this.#run.own + period);
    return late - seamless > this.spread / 2 ? late : seamless;
  }

  #take(stamp: Stamp): Stamp {
    this.index = stamp.index;
    this.last = stamp.t;
    this.#repeated = false;
    return stamp;
  }

  /** `t`, or a little after the newest frame when that is later. */
  #after(t: number): number {
    return Math.max(t, round((this.last ?? -1) + 0.0001));
  }
}

/** Seconds with four decimals. */
export function round(seconds: number): number {
  return Math.round(seconds * 10_000) / 10_000;
}
