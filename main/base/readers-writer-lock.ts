/** Many may read at a time; who writes is alone. In the order in which they come, so that nobody waits for ever. */
export class ReadersWriterLock {
  readonly #readers = new Set<Promise<unknown>>();
  #writer: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all writers before it have ended. */
  read<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#writer.then(work);
    // The caller holds the rejection; this copy only keeps the order.
    const ended: Promise<unknown> = turn.catch(() => {}).then(() => this.#readers.delete(ended));
    this.#readers.add(ended);
    return turn;
  }

  /** Runs `work` when all before it have ended. */
  write<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = Promise.all([this.#writer, ...this.#readers]).then(work);
    this.#writer = turn.catch(() => {});
    return turn;
  }
}
