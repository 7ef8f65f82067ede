import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ErrorCode, OnlookerError } from '../../base/errors.ts';
import { removeLeftovers } from '../store/export-leftovers.ts';
import { unwritableFile } from '../store/failures.ts';
import { databaseFiles, type MemoryOptions, memoryFiles, memoryFolder } from '../store/location.ts';
import { openMemory } from '../store/open-memory.ts';
import { setAsideFiles } from '../store/set-aside.ts';
import { type WipeOptions, wipe } from '../store/wipe.ts';
import { type Forgotten, forget } from './forget.ts';

/** States in which a memory cannot be emptied, only removed. Nobody else can have it in use. */
const unreadable: readonly ErrorCode[] = ['memory-locked', 'memory-damaged', 'memory-newer'];

/**
 * Empties the memory and removes damaged ones that were set aside, and what exports left that were killed. A memory that cannot be read is removed with its key.
 * Returns how much was forgotten, where that could be counted.
 * @throws OnlookerError `memory-missing`, `memory-busy`, `memory-unwritable`
 */
export async function forgetEverything({
  onProgress,
  ...options
}: Omit<MemoryOptions, 'create'> & Pick<WipeOptions, 'onProgress'>): Promise<Forgotten | undefined> {
  const folder = resolve(options.folder ?? memoryFolder());
  try {
    using memory = await openMemory(options);
    const forgotten = forget(memory, {});
    await wipe(memory, { onProgress });
    return forgotten;
  } catch (error) {
    const aside = await setAsideFiles(folder);
    const canBeRemoved = error instanceof OnlookerError && unreadable.includes(error.code);
    if (!canBeRemoved && !(aside.length > 0 && isMissing(error))) throw error;
    if (canBeRemoved) await removeMemory(folder);
    return undefined;
  } finally {
    for (const path of await setAsideFiles(folder)) await remove(path);
    await removeLeftovers(folder);
  }
}

async function removeMemory(folder: string): Promise<void> {
  const { database, check, key, lockedKey } = memoryFiles(folder);
  for (const path of [...databaseFiles(database), check, key, lockedKey]) await remove(path);
}

async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: unknown) => {
    throw unwritableFile(error);
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof OnlookerError && error.code === 'memory-missing';
}
