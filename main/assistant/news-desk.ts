import type { News } from '../../preload/contract.ts';

/** Passes news on to whoever subscribed. */
export class NewsDesk {
  readonly #listeners = new Set<(news: News) => void>();

  /** Returns what ends the subscription. */
  subscribe(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A listener that throws is a defect of its own; the others hear the news all the same. */
  tell(news: News): void {
    for (const listener of this.#listeners) {
      try {
        listener(news);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
