import { Cadence } from './cadence.ts';
import type { Frame, Gap } from './frame.ts';
import { type LiveClock, round } from './live-clock.ts';
import type { LivePicture } from './live-feed.ts';

/** Seconds for which a picture that is due is waited for while the cadence of the source is not known. */
const unknownHold = 1;
/** The same for a source in segments: the next of them may take that long. */
const segmentHold = 12;
/** Milliseconds after which no more picture comes that waited for the source to be opened. */
const openingPause = 100;
/** Seconds: where there is never so long a pause, one that stays away is late, or lost. */
const shortPause = 1;

/** A frame of the sampling grid, and why what was shown before it is not known. */
export interface Sampled {
  readonly frame: Frame;
  readonly hole?: Gap['reason'] | undefined;
}

/** A picture, and when it was taken by the source's clock, seconds. */
interface Taken extends Pick<LivePicture, 'pixels' | 'unscaled'> {
  readonly own: number;
}

/**
 * Lays the pictures of a source with a pace of its own on the sampling grid: a camera with one picture a second, a
 * stream that sends one when something changes. A picture is shown until the next, so its frame is repeated at each
 * place of the grid between them. Of several in one period the first makes the frame, and the last is repeated.
 */
export class OwnPace {
  readonly #clock: LiveClock;
  readonly #fps: number;
  readonly #stallSeconds: number;
  readonly #quietSeconds: number;
  readonly #cadence = new Cadence();
  #segmented = false;
  /** Pictures that came at once when the source was opened, those of one period of the grid thinned out. */
  #opening: { readonly pictures: Taken[]; at: number } | undefined;
  /** The newest picture of this run. Its pixels are ours: those of a frame belong to its receiver. */
  #newest: Taken | undefined;

  /**
   * @param stallSeconds silence after which a source with a steady cadence is dead
   * @param quietSeconds the same for one without
   */
  constructor(
    clock: LiveClock,
    { fps, stallSeconds, quietSeconds }: { fps: number; stallSeconds: number; quietSeconds: number },
  ) {
    this.#clock = clock;
    this.#fps = fps;
    this.#stallSeconds = stallSeconds;
    this.#quietSeconds = quietSeconds;
  }

  /** A new run begins. @param segmented as for `LiveFeed` */
  restart(segmented = false): void {
    this.#segmented = segmented;
    this.stop();
    if (!segmented) this.#opening = { pictures: [], at: 0 };
  }

  /** The run is over: what it showed last is shown no more. */
  stop(): void {
    this.#newest = undefined;
    this.#opening = undefined;
    this.#cadence.interrupt();
  }

  /** Seconds without a picture after which the run is dead. */
  get patience(): number {
    const steady = this.#segmented ? this.#quietSeconds : this.#stallSeconds;
    return this.#cadence.patience(steady, this.#quietSeconds) + this.#clock.spread;
  }

  /** Takes a picture: none or one frame for it, behind the repetitions of the one before. */
  *take({ pixels, unscaled, own }: LivePicture): Generator<Sampled> {
    const now = performance.now();
    const picture = { pixels, unscaled, own: own ?? now / 1000 };
    if (this.#waits(picture, now)) return;
    yield* this.opened();
    yield* this.#sample(picture, now);
  }

  /** Frames of the pictures that came at once when the source was opened, when no more of them will come. */
  *opened(): Generator<Sampled> {
    const { pictures, at } = this.#opening ?? { pictures: [], at: 0 };
    this.#opening = undefined;
    const [first, newest] = [pictures[0], pictures.at(-1)];
    if (!first || !newest) return;
    this.#clock.begin(first.own, newest.own, at);
    for (const picture of pictures) yield* this.#sample(picture, at, true);
  }

  /** Whether a picture is one of those that come at once when a source is opened: they waited for it. */
  #waits(picture: Taken, now: number): boolean {
    const opening = this.#opening;
    if (!opening) return false;
    const last = opening.pictures.at(-1);
    if (last && now - opening.at > 500 * (picture.own - last.own)) return false;
    const period = ({ own }: Taken) => Math.floor((own - opening.pictures[0]!.own) * this.#fps);
    const before = opening.pictures.at(-2);
    if (last && before && period(before) === period(last)) opening.pictures.pop();
    opening.pictures.push(picture);
    this.#cadence.beat(picture.own);
    opening.at = now;
    return true;
  }

  *#sample(picture: Taken, now: number, waited = false): Generator<Sampled> {
    const { own } = picture;
    const before = this.#clock.index;
    const placed = this.#clock.place(own, now, waited);
    const shown = this.#newest;
    this.#newest = copied(picture);
    // A steady source does not show one picture for long: those in between were lost.
    const lost = shown && own - shown.own > this.#cadence.patience(this.#stallSeconds, Number.POSITIVE_INFINITY);
    if (placed?.follows === 'jumped') this.#cadence.interrupt();
    if (!waited) this.#cadence.beat(own);
    if (!placed) return;
    const hole = placed.follows === 'jumped' ? 'discontinuity' : lost ? 'stalled' : undefined;
    for (let index = before + 1; shown && !hole && index < placed.index; index += 1) {
      const t = round(placed.t - (placed.index - index) / this.#fps);
      yield { frame: this.#frame(index, t, copied(shown)) };
    }
    yield { frame: this.#frame(placed.index, placed.t, picture), hole };
  }

  /** Repetitions of the newest picture that are due at `now` (milliseconds): no other can be shown there any more. */
  *repeat(now: number): Generator<Sampled> {
    const opening = this.#opening;
    if (opening && opening.pictures.length > 0 && now - opening.at > openingPause) yield* this.opened();
    if (!this.#newest || (this.#cadence.steady && this.#cadence.longest < shortPause)) return;
    const hold = this.#clock.spread + this.#hold;
    for (;;) {
      const upcoming = this.#clock.upcoming;
      if (upcoming === undefined || upcoming > this.#clock.present(now) - hold) return;
      const { index, t } = this.#clock.repeat();
      yield { frame: this.#frame(index, t, copied(this.#newest)) };
    }
  }

  /** Seconds, beyond what pictures are late by, for which one that is due is waited for. */
  get #hold(): number {
    if (this.#segmented) return segmentHold;
    return this.#cadence.longest > 0 ? 1 / this.#fps : unknownHold;
  }

  #frame(index: number, t: number, { pixels, unscaled }: Taken): Frame {
    return { index, t, pixels, unscaled, capturedAt: Math.min(performance.now(), this.#clock.wall(t)) };
  }
}

/** The unscaled picture never changes, and needs no copy. */
function copied(picture: Taken): Taken {
  return { ...picture, pixels: picture.pixels.slice() };
}
