import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { meantPath } from './byte-names.ts';

/**
 * Reads a file that is known to be small into memory. Refuses what is no file (a device has no end, a pipe may never
 * have a beginning) and what is larger than `mostBytes`.
 * @throws Error of the file system, or one that says which of the two it was
 */
export async function readWhole(path: string, mostBytes: number): Promise<Buffer> {
  // Without O_NONBLOCK opening a pipe that nobody writes to would wait for ever.
  await using file = await open(meantPath(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const found = await file.stat();
  if (!found.isFile()) throw new Error('it is not a file');
  if (found.size > mostBytes) throw new Error(`it has ${found.size} bytes, and at most ${mostBytes} are read`);
  return await file.readFile();
}
