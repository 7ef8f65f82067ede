/** Damaged memories are kept under another name: somebody may be able to read more of them. */
import { existsSync, renameSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OnlookerError } from '../../base/errors.ts';
import { record } from '../../log/record.ts';
import { databaseFiles, type MemoryLocation } from './location.ts';

const prefix = 'memory.damaged-';

/** Files of damaged memories in the folder. */
export async function setAsideFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));
}

/**
 * Sets a database aside with all that belongs to it, and returns the error that says so. Only for a thread that ends
 * right after: libsql closes a file when its statements are collected, not before, and SQLite then deletes the
 * write-ahead log of that name, whosoever it is by now.
 */
export function setAside({ folder, database }: MemoryLocation, cause: unknown): OnlookerError {
  const name = `${prefix}${new Date().toISOString().replaceAll(/[:.]/g, '-')}.db`;
  const aside = databaseFiles(join(folder, name));
  try {
    for (const [i, file] of databaseFiles(database).entries()) if (existsSync(file)) renameSync(file, aside[i]!);
  } catch (failure) {
    const message = `The memory in ${folder} is damaged and cannot be set aside. Check the folder's permissions.`;
    return new OnlookerError('memory-damaged', message, { cause: failure });
  }
  record('memory-set-aside', {});
  const message = `The memory in ${folder} is damaged and was set aside as ${aside[0]}. Run it again to start a new one.`;
  return new OnlookerError('memory-damaged', message, { cause });
}
