/**
 * A bounded queue between two stages of the pipeline. A full queue makes the writer wait, so nothing is lost and memory
 * stays flat; live sources do their dropping before they write.
 */
export class BoundedQueue<T> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  #closed = false;
  #urgent = false;
  #failure: { error: unknown } | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#items.length;
  }

  /** Waits for room. Returns false when the reader has gone: the writer should stop. */
  async put(item: T): Promise<boolean> {
    while (this.#items.length >= this.#capacity && !this.#closed) await this.#changed.promise;
    if (this.#closed) return false;
    this.#items.push(item);
    this.#notify();
    return true;
  }

  /** Puts an item without waiting for room, and lets a reader have it at once. Returns false when the queue is closed. */
  putUrgently(item: T): boolean {
    if (this.#closed) return false;
    this.#items.push(item);
    this.#urgent = true;
    this.#notify();
    return true;
  }

  /**
   * Takes up to `most` items, waiting until there are `least` of them, one is urgent, or no more will come.
   * An empty array means the end; a writer's failure is thrown after the items before it are taken.
   */
  async take(least: number, most: number): Promise<T[]> {
    while (this.#items.length < Math.min(least, this.#capacity) && !this.#urgent && !this.#closed) {
      await this.#changed.promise;
    }
    const taken = this.#items.splice(0, most);
    if (this.#items.length === 0) this.#urgent = false;
    if (taken.length === 0 && this.#failure) throw this.#failure.error;
    this.#notify();
    return taken;
  }

  /** No more items will be put; those inside can still be taken. */
  close(): void {
    this.#closed = true;
    this.#notify();
  }

  /** Closes the queue with an error for the reader. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.close();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
