import type { Box, Picture } from './picture.ts';
import type { Found, ReadOptions, TextReader, Written } from './reader.ts';

/** Failures in a row after which attempts are made ever more rarely, and the seconds between them. */
const freeFailures = 3;
const mostSeconds = 60;

/** A reader that answers nothing where another one throws, and is left alone for a while when it does so repeatedly. */
export class RetryingReader {
  readonly #reader: TextReader;
  #failures = 0;
  #notBefore = 0;
  #failure: unknown;

  constructor(reader: TextReader) {
    this.#reader = reader;
  }

  /** Why the last attempt failed; undefined if it did not. */
  get failure(): unknown {
    return this.#failure;
  }

  /** False while it is left alone. */
  get available(): boolean {
    return performance.now() >= this.#notBefore;
  }

  find(picture: Picture, options: Pick<ReadOptions, 'mostMs'>): Promise<Found | undefined> {
    return this.#attempt(() => this.#reader.find(picture, options));
  }

  recognise(
    picture: Picture,
    boxes: readonly Box[],
    options: ReadOptions,
  ): Promise<readonly (Written | undefined)[] | undefined> {
    return this.#attempt(() => this.#reader.recognise(picture, boxes, options));
  }

  async #attempt<T>(read: () => Promise<T>): Promise<T | undefined> {
    if (!this.available) return undefined;
    try {
      const result = await read();
      this.#failures = 0;
      this.#failure = undefined;
      return result;
    } catch (error) {
      this.#failure = error;
      this.#failures += 1;
      const seconds = Math.min(mostSeconds, 2 ** (this.#failures - freeFailures));
      if (this.#failures >= freeFailures) this.#notBefore = performance.now() + seconds * 1000;
      return undefined;
    }
  }
}
