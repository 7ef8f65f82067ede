/** Where the program keeps what only matters while it runs, and what is done about what was left there. */
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userCache, userRuntime } from './data-home.ts';
import { isRunning } from './replace-file.ts';

const prefix = 'engine-';
/** What earlier versions left in the temporary folder, and how long nothing may have changed in it, milliseconds. */
const formerPrefix = 'onlooker-engine-';
const formerAge = 600_000;

/**
 * Makes a folder for an engine of this process that nobody else can look into, and removes those of processes that have
 * ended. Undefined where there is no place for it at all: a full disk, a home that cannot be written.
 */
export async function engineFolder(): Promise<string | undefined> {
  await removeEngineLeftovers();
  for (const folder of places()) {
    try {
      await makePrivate(folder);
      return await mkdtemp(join(folder, `${prefix}${process.pid}-`));
    } catch {
      // missing, read-only, full or another user's: the next one is tried
    }
  }
  return undefined;
}

/** Removes what engines have left whose processes have ended. Never throws. */
export async function removeEngineLeftovers(): Promise<void> {
  for (const folder of places()) {
    for (const name of await readdir(folder).catch(() => [])) {
      const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? [];
      if (pid !== undefined && !isRunning(Number(pid))) await remove(join(folder, name));
    }
  }
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    if (name.startsWith(formerPrefix) && (await isAbandoned(join(tmpdir(), name)))) await remove(join(tmpdir(), name));
  }
}

/** Places for it, best first: that of the session, the user's cache, the temporary folder. */
function places(): string[] {
  const own = `onlooker-${process.getuid?.() ?? ''}`;
  return [...new Set([userRuntime(), join(userCache(), 'run'), join(tmpdir(), own), join('/tmp', own)])];
}

/** In the temporary folder another user may have been faster: a folder that is not ours alone is not used. */
async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const made = await lstat(folder);
  if (!made.isDirectory() || (process.getuid && made.uid !== process.getuid())) throw new Error('not ours');
  if (process.platform !== 'win32' && (made.mode & 0o077) !== 0) await chmod(folder, 0o700);
}

async function isAbandoned(folder: string): Promise<boolean> {
  const own = await lstat(folder).catch(() => undefined);
  if (!own?.isDirectory() || (process.getuid && own.uid !== process.getuid())) return false;
  const files = await readdir(folder).catch(() => []);
  const changed = await Promise.all(files.map((name) => stat(join(folder, name)).catch(() => own)));
  return [own, ...changed].every(({ mtimeMs }) => Math.abs(Date.now() - mtimeMs) > formerAge);
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {}); // another user's
}
