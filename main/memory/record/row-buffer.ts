import type { Row } from './recorder-messages.ts';

/**
 * Rows that wait to be written. Bounded: when nothing can be written for long, frames go first, oldest first, and then
 * texts; how many, and of what time, is known.
 */
export class RowBuffer {
  readonly #most: number;
  #rows: Row[] = [];
  #lost: { from: number; to: number; frames: number } | undefined;

  /** @param most rows kept at most; default 20,000, about 12 MB */
  constructor(most = 20_000) {
    this.#most = most;
  }

  get length(): number {
    return this.#rows.length;
  }

  add(row: Row): void {
    this.#rows.push(row);
    if (this.#rows.length > this.#most) this.#shrink();
  }

  /** Takes the oldest rows. */
  take(most: number): Row[] {
    return this.#rows.splice(0, most);
  }

  /** Puts rows back that could not be written, in front. */
  putBack(rows: readonly Row[]): void {
    this.#rows = [...rows, ...this.#rows];
    if (this.#rows.length > this.#most) this.#shrink();
  }

  /** What was given up since the last call: media times of its ends, in seconds, and how many frames. */
  takeLost(): { from: number; to: number; frames: number } | undefined {
    const lost = this.#lost;
    this.#lost = undefined;
    return lost;
  }

  /** Makes room for a while: a tenth goes at once, so that it is seldom necessary. */
  #shrink(): void {
    let excess = this.#rows.length - Math.floor(0.9 * this.#most);
    const giveUp = (row: Row): boolean => {
      if (row.type !== 'frame' || excess <= 0) return false;
      excess--;
      this.#lost = { from: this.#lost?.from ?? row.t, to: row.t, frames: (this.#lost?.frames ?? 0) + 1 };
      return true;
    };
    this.#rows = this.#rows.filter((row) => !giveUp(row));
    if (excess > 0) this.#rows.splice(0, excess);
  }
}
