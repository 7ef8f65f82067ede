/** Work on one thing, piece after piece, in the order it was asked for: a cache must never be entered twice at a time. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` after all earlier work has ended, whether that succeeded or failed. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    // The caller holds the rejection; this copy only keeps the order.
    this.#last = turn.catch(() => {});
    return turn;
  }
}
