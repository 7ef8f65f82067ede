import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OnlookerError } from '../errors.ts';
import type { LiveEvent } from '../live/events.ts';
import type { Format } from './format.ts';
import type { Sink } from './sink.ts';

/**
 * A text file that grows by whole events. Opening it only proves that it can be written: what an earlier run left in
 * it is kept until the first event of this run arrives. A write that fails half-way is taken back.
 */
export class OutputFile implements Sink {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #format: Format;
  readonly #isNew: boolean;
  /** Bytes of whole events; undefined before the first. */
  #length: number | undefined;
  #broken = false;

  private constructor(path: string, handle: FileHandle, format: Format, isNew: boolean) {
    this.path = path;
    this.#handle = handle;
    this.#format = format;
    this.#isNew = isNew;
  }

  /** @throws OnlookerError `output-unwritable` */
  static async open(path: string, format: Format): Promise<OutputFile> {
    const isNew = (await stat(path).catch(() => undefined)) === undefined;
    const handle = await open(path, 'a').catch((cause) => {
      throw unwritable(path, cause);
    });
    return new OutputFile(path, handle, format, isNew);
  }

  /** Appends what the event adds. @throws OnlookerError `output-unwritable` */
  async write(event: LiveEvent): Promise<void> {
    if (this.#length === undefined) await this.#empty();
    await this.#append(this.#format.on(event));
  }

  /** Completes the file; one that never saw an event is removed, if it was not there before. */
  async close(): Promise<void> {
    try {
      if (this.#length !== undefined) await this.#append(this.#format.end());
    } finally {
      await this.#handle.close();
      if (this.#length === undefined && this.#isNew) await rm(this.path, { force: true });
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
      this.#broken = true;
      await this.#cutBack();
      throw unwritable(this.path, cause);
    }
  }

  async #cutBack(): Promise<void> {
    // Devices and pipes have no length to cut; there the error that led here is all there is to say.
    await this.#handle.truncate(this.#length).catch(() => {});
  }
}

/** What went wrong with `path`, and what to do about it. */
export function unwritable(path: string, cause: unknown): OnlookerError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const folder = dirname(resolve(path));
  const reasons: Record<string, string> = {
    ENOENT: `the folder ${folder} does not exist. Create it, or give --out another place.`,
    ENOTDIR: `${folder} is not a folder. Give --out another place.`,
    EISDIR: 'it is a folder. Give --out the name of a file.',
    EACCES: 'permission is missing. Change the permissions, or give --out another place.',
    EPERM: 'the system does not permit it. Give --out another place.',
    EROFS: 'it lies on a read-only disk. Give --out another place.',
    ENOSPC: 'the disk is full. Free some space, or give --out another place.',
    EDQUOT: 'your disk quota is used up. Free some space, or give --out another place.',
    ENAMETOOLONG: 'its name is too long. Give --out a shorter one.',
  };
  const reason = reasons[code] ?? `the system says ${code || String(cause)}. Give --out another place.`;
  return new OnlookerError('output-unwritable', `Cannot write ${path}: ${reason}`, { cause });
}
