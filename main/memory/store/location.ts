/** Where a memory lies, and the key to it. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { userData } from '../../base/data-home.ts';
import { OnlookerError } from '../../base/errors.ts';
import { replaceFile } from '../../base/replace-file.ts';
import { isCheckOf, type KeyKeeper, keyCheck, keyFile } from './key.ts';

export interface MemoryOptions {
  /** Default: `memory` in the user's data folder. */
  readonly folder?: string | undefined;
  /** Who keeps the key; default a key file in the folder. `'none'` leaves the pages plain. */
  readonly key?: KeyKeeper | 'none';
  /** Whether a memory that is not there is made; default no: `memory-missing`. */
  readonly create?: boolean;
}

/** Everything needed to open a memory, on any thread. */
export const memoryLocation = z.strictObject({
  folder: z.string(),
  /** The database file. */
  database: z.string(),
  /** Passphrase of the pages: the key in hexadecimal digits. */
  key: z.string().or(z.undefined()),
  /** Whether the key is known to be the one this database was made with: what cannot be read is then damaged. */
  keyIsRight: z.boolean(),
});
export type MemoryLocation = Readonly<z.infer<typeof memoryLocation>>;

/** Where the parts of a memory lie in its folder. */
export function memoryFiles(folder: string): {
  readonly database: string;
  readonly check: string;
  readonly key: string;
  /** The key, locked by the system's key store: only the desktop program can read it. */
  readonly lockedKey: string;
} {
  const key = join(folder, 'memory.key');
  const lockedKey = `${key}.locked`;
  return { database: join(folder, 'memory.db'), check: join(folder, 'memory.check'), key, lockedKey };
}

/** A database and what SQLite keeps beside it: the changes of late, and an index to them. */
export function databaseFiles(database: string): string[] {
  return ['', '-wal', '-shm', '-journal'].map((suffix) => database + suffix);
}

/** The folder used when none is named. */
export function memoryFolder(): string {
  return join(userData(), 'memory');
}

/**
 * Finds a memory and its key, and makes folder and key where they are to be created. A new key is never made for a
 * database that is already there.
 * @throws OnlookerError `memory-missing`, `memory-locked`, `memory-unwritable`
 */
export async function locateMemory(options: MemoryOptions = {}): Promise<MemoryLocation> {
  const folder = resolve(options.folder ?? memoryFolder());
  const files = memoryFiles(folder);
  const { database } = files;
  const exists = existsSync(database);
  if (!exists && !options.create) {
    throw new OnlookerError(
      'memory-missing',
      `There is no memory in ${folder}. Record one with "onlooker narrate SOURCE --remember", or name its folder with --memory.`,
    );
  }
  if (!exists) await makeFolder(folder);
  if (options.key === 'none') return { folder, database, key: undefined, keyIsRight: true };

  const keeper = options.key ?? keyFile(files.key);
  const key = (await keeper.read()) ?? (exists ? undefined : await keeper.create());
  if (!key && existsSync(files.lockedKey)) {
    throw new OnlookerError(
      'memory-locked',
      `The key of the memory in ${folder} is in the system's key store, which opens it for the desktop program alone. Ask and search in its window, or name another folder with --memory.`,
    );
  }
  if (!key) throw locked(`The key of the memory in ${folder} is gone: ${keeper.place} does not exist.`);
  const check = exists ? await readFile(files.check, 'utf8').catch(() => undefined) : undefined;
  if (check !== undefined && !isCheckOf(check, key)) {
    throw locked(`The memory in ${folder} was made with another key than the one in ${keeper.place}.`);
  }
  if (!exists) {
    await writeCheck(files.check, keyCheck(key));
    // SQLite would make it readable for all, and gives its companions the database's own permissions.
    await writeFile(database, '', { flag: 'a', mode: 0o600 }).catch((cause) => {
      throw unwritable(`The file ${database} cannot be written.`, cause);
    });
  }
  return { folder, database, key: key.toString('hex'), keyIsRight: !exists || check !== undefined };
}

/** `memory-locked`, with what can be done about it. */
export function locked(what: string, cause?: unknown): OnlookerError {
  const remedy = 'Put the right key back; without it nothing can be read, and "onlooker forget --all" starts anew.';
  return new OnlookerError('memory-locked', `${what} ${remedy}`, { cause });
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(`The folder ${folder} cannot be made.`, cause);
  }
}

async function writeCheck(path: string, check: string): Promise<void> {
  try {
    await replaceFile(path, [`${check}\n`]);
  } catch (cause) {
    throw unwritable(`The file ${path} cannot be written.`, cause);
  }
}

function unwritable(what: string, cause: unknown): OnlookerError {
  const message = `${what} Check room and permissions, or name another folder with --memory.`;
  return new OnlookerError('memory-unwritable', message, { cause });
}
