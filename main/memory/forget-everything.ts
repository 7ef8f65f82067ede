import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ErrorCode, OnlookerError } from '../errors.ts';
import { type Forgotten, forget, wipe } from './forget.ts';
import { databaseName, type MemoryOptions, memoryFolder } from './location.ts';
import { companions, openMemory } from './open-memory.ts';

/** States in which a memory cannot be emptied, only removed. Nobody else can have it in use. */
const unreadable: readonly ErrorCode[] = ['memory-locked', 'memory-damaged', 'memory-newer'];

/**
 * Empties the memory and removes damaged ones that were set aside. A memory that cannot be read is removed with its key.
 * Returns how much was forgotten, where that could be counted.
 * @throws OnlookerError `memory-missing`, `memory-busy`, `memory-unwritable`
 */
export async function forgetEverything(options: Omit<MemoryOptions, 'create'>): Promise<Forgotten | undefined> {
  const folder = resolve(options.folder ?? memoryFolder());
  try {
    using memory = await openMemory(options);
    const forgotten = forget(memory, {});
    await wipe(memory);
    return forgotten;
  } catch (error) {
    const aside = await setAsideFiles(folder);
    const canBeRemoved = error instanceof OnlookerError && unreadable.includes(error.code);
    if (!canBeRemoved && !(aside.length > 0 && isMissing(error))) throw error;
    if (canBeRemoved) await removeMemory(folder);
    return undefined;
  } finally {
    for (const path of await setAsideFiles(folder)) await rm(path, { force: true });
  }
}

/** Files of damaged memories in the folder. */
export async function setAsideFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith('memory.damaged-')).map((name) => join(folder, name));
}

async function removeMemory(folder: string): Promise<void> {
  const database = join(folder, databaseName);
  const files = [...['', ...companions].map((suffix) => database + suffix), join(folder, 'memory.check')];
  for (const path of [...files, join(folder, 'memory.key')]) if (existsSync(path)) await rm(path);
}

function isMissing(error: unknown): boolean {
  return error instanceof OnlookerError && error.code === 'memory-missing';
}
