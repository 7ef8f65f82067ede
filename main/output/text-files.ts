/**
 * The text files that this program has made, so that it replaces no others: whoever may change the settings must not be
 * able to destroy a user's file, or to write one that a shell or the desktop runs.
 */
import { lstat, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, extname, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { OnlookerError } from '../base/errors.ts';
import { replaceFile } from '../base/replace-file.ts';
import { unwritable } from '../base/unwritable.ts';

/** Paths remembered; the oldest is forgotten for a new one. */
const mostPaths = 100;
/** Bytes of a file that this program left behind, at most: it holds one line. */
const longestLine = 64 * 1024;

/** What tells a file from any other of the same name. */
export type FileIdentity = string;

export class TextFiles {
  readonly #list: string;

  /** @param list the file with the paths */
  constructor(list: string) {
    this.#list = list;
  }

  /**
   * Makes the file, or finds that it is one of ours, and returns its identity.
   * @throws OnlookerError `output-unwritable` for any other, and where it cannot be made
   */
  async claim(given: string): Promise<FileIdentity> {
    checkPlace(given);
    const path = resolve(given);
    const known = await this.#known();
    const identity = await identityOf(path);
    if (identity !== undefined) {
      if (known.includes(path) && (await isLine(path))) return identity;
      throw refused(path, 'it is there already, and Onlooker did not make it. Name a file that does not exist');
    }
    try {
      await (await open(path, 'wx', 0o600)).close();
      await this.#remember([...known.filter((other) => other !== path), path].slice(-mostPaths)).catch(
        async (cause) => {
          await rm(path, { force: true }); // nobody would know that it is ours
          throw cause;
        },
      );
    } catch (cause) {
      throw unwritable(path, cause);
    }
    return (await identityOf(path)) ?? this.claim(path);
  }

  async #known(): Promise<string[]> {
    const text = await readFile(this.#list, 'utf8').catch(() => '[]'); // none was made so far
    try {
      return z.array(z.string()).parse(JSON.parse(text));
    } catch {
      return []; // damaged: then no file counts as ours
    }
  }

  async #remember(paths: readonly string[]): Promise<void> {
    await mkdir(dirname(this.#list), { recursive: true, mode: 0o700 });
    await replaceFile(this.#list, [`${JSON.stringify(paths, null, 2)}\n`]);
  }
}

/** Undefined where there is nothing. @throws OnlookerError `output-unwritable` for what is no plain file under one name */
export async function identityOf(path: string): Promise<FileIdentity | undefined> {
  const found = await lstat(path, { bigint: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw unwritable(path, cause);
  });
  if (!found) return undefined;
  if (!found.isFile() || found.nlink !== 1n) {
    throw refused(path, 'it is a link, a folder or a device. Name a file that does not exist');
  }
  return `${found.dev}:${found.ino}`;
}

/** Nothing runs a file whose name ends with ".txt", and nobody takes one for settings. */
function checkPlace(path: string): void {
  if (/^[\\/]{2}/.test(path))
    throw refused(path, 'it lies on another machine, or is a device. Name one on this machine');
  if (!isAbsolute(path)) throw refused(path, 'its folder is not named. Name the file with all folders above it');
  if (extname(path).toLowerCase() !== '.txt')
    throw refused(path, 'its name does not end with ".txt". Name one that does');
}

async function isLine(path: string): Promise<boolean> {
  await using file = await open(path);
  if ((await file.stat()).size > longestLine) return false;
  return /^[^\n]*\n?$/.test(await file.readFile('utf8'));
}

/** @param why ends with what to do, without a full stop */
export function refused(path: string, why: string): OnlookerError {
  return new OnlookerError('output-unwritable', `The text file ${path} is not written: ${why}.`);
}
