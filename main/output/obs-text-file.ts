/** A text file that always holds what is being said, for a text source of OBS or anything else that reads files. */
import { OnlookerError } from '../base/errors.ts';
import { replaceFile } from '../base/replace-file.ts';
import { unwritable } from '../base/unwritable.ts';
import { oneLine } from './clean-text.ts';
import { readingMs } from './obs-reading-time.ts';
import { type FileIdentity, identityOf, refused, type TextFiles } from './text-files.ts';

export class ObsTextFile implements AsyncDisposable {
  readonly path: string;
  readonly #files: TextFiles;
  readonly #onProblem: (error: Error) => void;
  /** What lies there as we left it; undefined before the first text. */
  #ours: FileIdentity | undefined;
  #wanted = '';
  #written: string | undefined;
  #writing: Promise<void> = Promise.resolve();
  #clearing: NodeJS.Timeout | undefined;
  #troubled = false;

  /**
   * @param path with all folders above it
   * @param files knows which file may be replaced
   * @param onProblem told once when it cannot be written, and again after it could be
   */
  constructor(path: string, files: TextFiles, onProblem: (error: Error) => void) {
    this.path = path;
    this.#files = files;
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
      await this.#check();
      await replaceFile(this.path, line === '' ? [] : [`${line}\n`]);
      this.#ours = await identityOf(this.path);
      this.#written = line;
      this.#troubled = false;
    } catch (cause) {
      if (!this.#troubled) this.#onProblem(cause instanceof OnlookerError ? cause : unwritable(this.path, cause));
      this.#troubled = true;
    }
  }

  /** The user may have put another file into its place. @throws OnlookerError `output-unwritable` */
  async #check(): Promise<void> {
    this.#ours ??= await this.#files.claim(this.path);
    const there = await identityOf(this.path);
    if (there === undefined || there === this.#ours) return;
    throw refused(this.path, 'another file has taken its place. Move that away, or name another one');
  }
}
