/**
 * Media time of a live source: seconds since its first frame. Each run of ffmpeg grabs at the right rate but at its
 * own phase, so the first frame of a run is put on the grid and the others are counted from it; rounding then never
 * sits on the border between two places, where jitter would make it stumble.
 */
export class LiveClock {
  readonly #fps: number;
  #origin: number | undefined;
  #run: { readonly t: number; readonly index: number } | undefined;
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

  /** A new ffmpeg begins. */
  restart(): void {
    this.#run = undefined;
  }

  /** Place and time of a frame that came at `now`, in `performance.now()` milliseconds. Both always grow. */
  stamp(now: number): { index: number; t: number } {
    this.#origin ??= now;
    // Frames that were held up arrive together: a tenth of a millisecond keeps them in order.
    const t = Math.max(round(now - this.#origin), round((this.last ?? -1) * 1000 + 0.1));
    const place = this.#run ? this.#run.index + Math.round((t - this.#run.t) * this.#fps) : Math.round(t * this.#fps);
    const index = Math.max(this.index + 1, place);
    this.#run ??= { t, index };
    this.index = index;
    this.last = t;
    return { index, t };
  }
}

/** Milliseconds to seconds with four decimals. */
function round(ms: number): number {
  return Math.round(ms * 10) / 10_000;
}
