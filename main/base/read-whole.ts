import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { meantPath } from './byte-names.ts';

/**
 * Reads a file that is known to be small into memory. Refuses what is no file (a device has no end, a pipe may never
 * have a beginning) and what is larger than `mostBytes`.
 * @throws Error of the file system, or one that says which of the two it was
 */
export async function readWhole(path: string, mostBytes: number): Promise<Buffer> {
  await using file = await openFile(path);
  const { size } = await file.stat();
  if (size > mostBytes) throw new Error(`it has ${size} bytes, and at most ${mostBytes} are read`);
  return await file.readFile();
}

/** Opens a file for reading. @throws Error of the file system, or one that says that it is none */
export async function openFile(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK opening a pipe that nobody writes to would wait for ever.
  const file = await open(meantPath(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error('it is not a file');
}
