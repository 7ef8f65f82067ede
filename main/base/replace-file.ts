/** Files that are whole at every moment: a new version is written beside the old one and takes its place at once. */
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type BytePath, folderOf, inFolder, meantPath, realBytePath } from './byte-names.ts';

/**
 * Writes `parts`, one after the other, as the new content of `path`. They are flushed to the disk before they take the
 * old content's place, so that a full disk, a kill or a power failure leaves the old file or the new one, never a part.
 * A link stays one: the file it leads to is replaced.
 * @param mode permissions of the file; default 0600: for its owner only
 * @throws the system's error, with the old file as it was and nothing left beside it
 */
export async function replaceFile(path: string, parts: Iterable<string | Uint8Array>, mode = 0o600): Promise<void> {
  const place = await placeOf(path);
  const temporary = besidePath(place);
  try {
    {
      await using file = await open(temporary, 'wx', mode);
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    }
    await moveInto(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // the disk is in trouble already
    throw error;
  }
}

/**
 * The file that a path leads to, whether it is there yet or not.
 * @throws an error with the code EISDIR for a folder and ESPIPE for a device or a pipe: a file put in its place would
 * do away with it
 */
export async function placeOf(path: string): Promise<BytePath> {
  const meant = meantPath(path);
  const place = await realBytePath(meant).catch(() => (typeof meant === 'string' ? resolve(meant) : meant));
  const there = await stat(place).catch(() => undefined);
  if (there?.isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
  if (there && !there.isFile()) throw Object.assign(new Error(`${path} is a device or a pipe`), { code: 'ESPIPE' });
  return place;
}

/** Renames a flushed file to `path`, and flushes the folder, without which the rename itself may be lost. */
export async function moveInto(temporary: BytePath, path: BytePath): Promise<void> {
  await rename(temporary, path);
  if (process.platform === 'win32') return; // a folder cannot be opened there
  await using folder = await open(folderOf(path), 'r');
  // Some network file systems cannot flush a folder; the file itself is flushed.
  await folder.sync().catch(() => {});
}

/** Flushes a file that another program wrote. */
export async function flushFile(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

const suffix = '.onlooker-part';

/** A hidden name beside `path` that nobody else uses; it names this process, so that leftovers can be told. */
export function besidePath<T extends BytePath>(path: T): T {
  // File systems allow 255 bytes; the name is there for people only.
  const name = Buffer.from(basename(path.toString())).subarray(0, 150).toString().replace(/�+$/, '');
  return inFolder(folderOf(path), `.${name}.${process.pid}-${randomUUID()}${suffix}`) as T;
}

/** Removes what processes that were killed have left beside the files of a folder. Never throws. */
export async function removeParts(folder: BytePath): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid] = /^\..*\.(\d+)-[0-9a-f-]{36}\.onlooker-part$/s.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    await rm(inFolder(folder, name), { recursive: true, force: true }).catch(() => {}); // another user's
  }
}

/** Whether there is a process of that number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether `path` is a regular file with something in it. A device, a pipe and an empty file hold nothing to lose. */
export async function holdsContent(path: BytePath): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  return there?.isFile() === true && there.size > 0;
}
