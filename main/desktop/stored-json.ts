import { readFileSync } from 'node:fs';
import { parseJson } from '../base/json.ts';
import { replaceFile } from '../base/replace-file.ts';
import { Turns } from '../base/turns.ts';

/** A small value kept in a file: what cannot be read is as if it had never been kept. Disposing waits for the last write. */
export class StoredJson<T> implements AsyncDisposable {
  readonly #path: string;
  readonly #isRight: (value: unknown) => value is T;
  readonly #turns = new Turns();
  #newest: T | undefined;

  constructor(path: string, isRight: (value: unknown) => value is T) {
    this.#path = path;
    this.#isRight = isRight;
  }

  read(): T | undefined {
    try {
      const value: unknown = parseJson(readFileSync(this.#path, 'utf8'));
      return this.#isRight(value) ? value : undefined;
    } catch {
      return undefined; // not there yet, or damaged
    }
  }

  /** Whole or not at all. Failing to keep it is no reason to stop. */
  write(value: T): void {
    this.#newest = value;
    const write = async () => {
      // A window that is dragged is told of at every step.
      if (value === this.#newest) await replaceFile(this.#path, [JSON.stringify(value)]);
    };
    this.#turns.run(write).catch(() => {}); // a full or read-only disk: it is asked for again next time
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns.run(() => {});
  }
}
