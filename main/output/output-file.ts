import { rmSync } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type BytePath, folderOf, meantPath, realBytePath } from '../base/byte-names.ts';
import type { OnlookerError } from '../base/errors.ts';
import { besidePath, holdsContent, moveInto, removeParts } from '../base/replace-file.ts';
import { unwritable } from '../base/unwritable.ts';
import type { LiveEvent } from '../live/events.ts';
import type { Format } from './format.ts';
import type { Sink } from './sink.ts';

/** When the file of a run takes the place of what an earlier run left under its name. */
export type Replacing = 'at the end' | 'at its first words';

/**
 * A text file that grows by whole events. What an earlier run left under its name is never touched: the new file grows
 * beside it and takes its place when the run has ended, or, where somebody may read along, as soon as its first words
 * are on the disk. Where there was nothing it grows in its place. A write that fails half-way is taken back.
 */
export class OutputFile implements Sink {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #format: Format;
  readonly #replacing: Replacing;
  /** The file that `path` leads to. */
  readonly #place: BytePath;
  readonly #isNew: boolean;
  /** Where it grows until it takes its place; undefined once it is there. */
  #beside: BytePath | undefined;
  /** Bytes of whole events; undefined before the first. */
  #length: number | undefined;
  #broken = false;
  /** For an end that does not wait for promises: a second Ctrl-C. */
  readonly #abandon = () => {
    if (this.#beside !== undefined) rmSync(this.#beside, { force: true });
  };

  private constructor(path: string, opened: Opened, format: Format, replacing: Replacing) {
    this.path = path;
    this.#handle = opened.handle;
    this.#place = opened.place;
    this.#isNew = opened.isNew;
    this.#beside = opened.beside;
    this.#format = format;
    this.#replacing = replacing;
    process.once('exit', this.#abandon);
  }

  /**
   * Proves that the file can be written.
   * @param replacing default at the end
   * @throws OnlookerError `output-unwritable`
   */
  static async open(path: string, format: Format, replacing: Replacing = 'at the end'): Promise<OutputFile> {
    try {
      return new OutputFile(path, await openPlace(path), format, replacing);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  /** Appends what the event adds. @throws OnlookerError `output-unwritable` */
  async write(event: LiveEvent): Promise<void> {
    if (this.#length === undefined) await this.#empty();
    await this.#append(this.#format.on(event));
    const hasWords = this.#length !== undefined && this.#length > 0;
    if (this.#beside !== undefined && this.#replacing === 'at its first words' && hasWords) await this.#takePlace();
  }

  /** Completes the file; one that never saw an event is removed, if it was not there before. */
  async close(): Promise<void> {
    try {
      if (this.#length !== undefined) await this.#append(this.#format.end());
      if (this.#length !== undefined && !this.#broken) await this.#takePlace();
    } finally {
      process.removeListener('exit', this.#abandon);
      await this.#handle.close();
      if (this.#beside !== undefined) await rm(this.#beside, { force: true });
      const isNothing = this.#length === undefined || (this.#broken && this.#length === 0);
      if (isNothing && this.#isNew) await rm(this.#place, { force: true });
    }
  }

  async #empty(): Promise<void> {
    this.#length = 0;
    await this.#cutBack();
  }

  async #append(text: string): Promise<void> {
    if (text === '' || this.#broken) return;
    try {
      await this.#handle.appendFile(text);
      this.#length = (this.#length ?? 0) + Buffer.byteLength(text);
    } catch (cause) {
      throw await this.#failed(cause);
    }
  }

  /** Flushes what was written, and puts it where the old file was. A disk may only then say that it is full. */
  async #takePlace(): Promise<void> {
    try {
      await this.#handle.sync().catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EINVAL' && error.code !== 'ENOTSUP') throw error; // a device or a pipe
      });
      if (this.#beside !== undefined) await moveInto(this.#beside, this.#place);
      this.#beside = undefined;
    } catch (cause) {
      throw await this.#failed(cause);
    }
  }

  async #failed(cause: unknown): Promise<OnlookerError> {
    this.#broken = true;
    await this.#cutBack();
    return unwritable(this.path, cause);
  }

  async #cutBack(): Promise<void> {
    // Devices and pipes have no length to cut; there the error that led here is all there is to say.
    await this.#handle.truncate(this.#length).catch(() => {});
  }
}

interface Opened {
  readonly handle: FileHandle;
  readonly place: BytePath;
  readonly isNew: boolean;
  readonly beside: BytePath | undefined;
}

async function openPlace(path: string): Promise<Opened> {
  const meant = meantPath(path);
  const there = await stat(meant).catch(() => undefined);
  const place = there ? await realBytePath(meant) : typeof meant === 'string' ? resolve(meant) : meant;
  const handle = await open(meant, 'a');
  const opened = { handle, place, isNew: there === undefined, beside: undefined };
  if (!there || !(await holdsContent(place))) return opened;
  const beside = besidePath(place);
  try {
    await removeParts(folderOf(place));
    const other = await open(beside, 'wx', there.mode & 0o777);
    await handle.close();
    return { ...opened, handle: other, beside };
  } catch (error) {
    // A file may be writable in a folder that is not.
    if (['EACCES', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))) return opened;
    await handle.close();
    throw error;
  }
}
