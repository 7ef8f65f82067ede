import { readFile } from 'node:fs/promises';
import { isSealed, unseal } from '../../main/live/sealed.ts';
import { oldSnapshotKey } from '../../main/memory/store/snapshot-key.ts';

/** What a snapshot of the command line holds, unsealed with the user's key. */
export async function snapshotContent(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (!isSealed(bytes)) throw new Error(`${path} is not encrypted`);
  return unseal(await oldSnapshotKey(), bytes);
}
