/**
 * The key of the snapshots that the command line writes. It lies in the user's data folder, apart from the snapshots,
 * which may be anywhere; `forget --all` throws it away, and with it all that they hold.
 */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { userData } from '../../base/data-home.ts';
import { OnlookerError } from '../../base/errors.ts';
import { unwritableFile } from './failures.ts';
import { keyFile } from './key.ts';

function keyPath(): string {
  return join(userData(), 'snapshot.key');
}

/** The key to write with; made where there is none. @throws OnlookerError `output-unwritable` */
export async function snapshotKey(): Promise<Buffer> {
  const path = keyPath();
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const keeper = keyFile(path);
    return (await keeper.read()) ?? (await keeper.create());
  } catch (cause) {
    const message = `The key of snapshots, ${path}, cannot be read or written. Check the folder's permissions, or leave --snapshot out.`;
    throw new OnlookerError('output-unwritable', message, { cause });
  }
}

/** The key to read with. @throws OnlookerError `snapshot-unusable` where it is gone */
export async function oldSnapshotKey(): Promise<Buffer> {
  const path = keyPath();
  const key = await keyFile(path)
    .read()
    .catch((cause: unknown) => {
      throw lost(`The key of snapshots, ${path}, cannot be read.`, cause);
    });
  if (!key) throw lost(`The key of snapshots, ${path}, is gone: it was on another machine, or was forgotten.`);
  return key;
}

/** No snapshot that was written so far can be read from now on. @throws OnlookerError `memory-unwritable` */
export async function forgetSnapshotKey(): Promise<void> {
  await rm(keyPath(), { force: true }).catch((error: unknown) => {
    throw unwritableFile(error);
  });
}

function lost(what: string, cause?: unknown): OnlookerError {
  return new OnlookerError('snapshot-unusable', `${what} Run without --resume to start anew.`, { cause });
}
