/** When a picture is worth keeping. Seconds are media time: what a person will look through later. */

export interface ThumbnailPace {
  /** A changing picture is kept this often; default 30. A picture that does not change is kept once. */
  readonly everySeconds?: number;
  /** A picture on which something was said is kept unless one was kept this short a while before; default 10. */
  readonly apartSeconds?: number;
}

export class ThumbnailSchedule {
  readonly #every: number;
  readonly #apart: number;
  #keptAt = Number.NEGATIVE_INFINITY;
  #changed = false;

  constructor({ everySeconds = 30, apartSeconds = 10 }: ThumbnailPace = {}) {
    this.#every = everySeconds;
    this.#apart = apartSeconds;
  }

  /** Whether to keep this frame. */
  onFrame(t: number, changed: number): boolean {
    this.#changed ||= changed > 0;
    return this.#changed && this.#keep(t, this.#every);
  }

  /** Whether to keep the frame on which something was said. */
  onReply(t: number): boolean {
    return this.#changed && this.#keep(t, this.#apart);
  }

  #keep(t: number, seconds: number): boolean {
    // A source that was restarted may count from 0 again.
    if (t >= this.#keptAt && t - this.#keptAt < seconds) return false;
    this.#keptAt = t;
    this.#changed = false;
    return true;
  }
}
