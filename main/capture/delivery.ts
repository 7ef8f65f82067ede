/** Seconds that are looked back at, at least; twice as many at most. */
const span = 120;

interface Extremes {
  readonly since: number;
  least: number;
  most: number;
}

/**
 * How late pictures come: the difference between the time of arrival and their own time. Segments of a stream arrive
 * at once, so that the first picture of one is later than the last by the length of the segment. All in seconds.
 */
export class Delivery {
  #current: Extremes | undefined;
  #before: Extremes | undefined;

  /** A picture came at `now` whose own time is `delay` earlier. */
  note(delay: number, now: number): void {
    if (!this.#current || now - this.#current.since > span) {
      this.#before = this.#current;
      this.#current = { since: now, least: delay, most: delay };
    }
    this.#current.least = Math.min(this.#current.least, delay);
    this.#current.most = Math.max(this.#current.most, delay);
  }

  /** The shortest delay of late: that of a picture which came as fast as they can. 0 at the beginning. */
  get least(): number {
    return Math.min(this.#current?.least ?? 0, this.#before?.least ?? Number.POSITIVE_INFINITY);
  }

  /** By how much the longest delay exceeds the shortest one. */
  get spread(): number {
    const most = Math.max(this.#current?.most ?? 0, this.#before?.most ?? Number.NEGATIVE_INFINITY);
    return most - this.least;
  }
}
