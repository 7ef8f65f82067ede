/** Pauses that are looked at, at most. */
const most = 200;
/** A cadence is known after so many pauses, or after fewer that take some seconds together. */
const enough = 20;
const few = 5;
const fewSeconds = 4;
/** Seconds after which a long pause is forgotten. */
const memory = 600;

interface Pause {
  readonly length: number;
  readonly at: number;
}

/** How often a source shows a new picture, learned from the times of those it has shown. All in seconds. */
export class Cadence {
  #last: number | undefined;
  readonly #pauses: Pause[] = [];
  /** Kept apart: a long one stays known when many short ones came after it. */
  #longest: Pause | undefined;

  /** A picture of time `t`. */
  beat(t: number): void {
    const length = this.#last === undefined ? -1 : t - this.#last;
    this.#last = t;
    if (length < 0) return;
    this.#pauses.push({ length, at: t });
    if (this.#pauses.length > most) this.#pauses.shift();
    const longest = this.#longest;
    if (!longest || length >= longest.length || t - longest.at > memory) this.#longest = { length, at: t };
  }

  /** The next picture does not end a pause: the source was paused or opened anew, or its clock was set. */
  interrupt(): void {
    this.#last = undefined;
  }

  /** The longest pause in the last minutes; 0 at the beginning. */
  get longest(): number {
    return this.#longest?.length ?? 0;
  }

  /** Whether enough is known to say that all pauses are alike. One that is left out now and then makes no difference. */
  get steady(): boolean {
    const lengths = this.#pauses.map(({ length }) => length).sort((a, b) => a - b);
    const all = lengths.reduce((sum, length) => sum + length, 0);
    if (lengths.length < enough && (lengths.length < few || all < fewSeconds)) return false;
    return this.longest <= Math.max(0.3, 2.5 * lengths[lengths.length >> 1]!);
  }

  /**
   * The silence after which something is wrong.
   * @param steady at least that long, where all pauses are alike
   * @param unsteady at least that long, where they are not, or too few are known
   */
  patience(steady: number, unsteady: number): number {
    return Math.max(this.steady ? steady : unsteady, 4 * this.longest);
  }
}
