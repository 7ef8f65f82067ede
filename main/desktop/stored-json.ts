import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseJson } from '../base/json.ts';

/** A small value kept in a file: what cannot be read is as if it had never been kept. */
export class StoredJson<T> {
  readonly #path: string;
  readonly #isRight: (value: unknown) => value is T;

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
    try {
      writeFileSync(`${this.#path}.tmp`, JSON.stringify(value), { mode: 0o600 });
      renameSync(`${this.#path}.tmp`, this.#path);
    } catch {
      // a full or read-only disk: it is asked for again next time
    }
  }
}
