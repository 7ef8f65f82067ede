/** A text file that always holds what is being said, for a text source of OBS or anything else that reads files. */
import { resolve } from 'node:path';
import { replaceFile } from '../replace-file.ts';
import { oneLine } from './clean-text.ts';
import { readingMs } from './obs-reading-time.ts';
import { unwritable } from './output-file.ts';

export class ObsTextFile implements AsyncDisposable {
  readonly path: string;
  readonly #onProblem: (error: Error) => void;
  #wanted = '';
  #written: string | undefined;
  #writing: Promise<void> = Promise.resolve();
  #clearing: NodeJS.Timeout | undefined;
  #troubled = false;

  /** @param onProblem told once when it cannot be written, and again after it could be */
  constructor(path: string, onProblem: (error: Error) => void) {
    this.path = resolve(path);
    this.#onProblem = onProblem;
    this.#want('');
  }

  /** Shows a text; a whole one goes when it had time to be read. */
  show(text: string, whole: boolean): void {
    clearTimeout(this.#clearing);
    const line = oneLine(text);
    this.#want(line);
    if (whole) this.#clearing = setTimeout(() => this.#want(''), readingMs(line)).unref();
  }

  /** Leaves it empty. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#clearing);
    this.#want('');
    await this.#writing;
  }

  #want(line: string): void {
    this.#wanted = line;
    this.#writing = this.#writing.then(() => this.#write());
  }

  /** Whoever reads it meanwhile sees the old text or the new one, never a part. */
  async #write(): Promise<void> {
    const line = this.#wanted;
    if (line === this.#written) return; // what was wanted in between has been passed over
    try {
      await replaceFile(this.path, line === '' ? [] : [`${line}\n`], 0o666);
      this.#written = line;
      this.#troubled = false;
    } catch (cause) {
      if (!this.#troubled) this.#onProblem(unwritable(this.path, cause));
      this.#troubled = true;
    }
  }
}
