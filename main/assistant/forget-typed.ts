/** What the user typed about what is watched: it is forgotten with everything that was seen. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Settings } from '../../preload/contract.ts';
import { removeEngineLeftovers } from '../base/runtime-folder.ts';
import { removeLog } from '../log/log-files.ts';
import { unwritableFile } from '../memory/store/failures.ts';
import { forgetSnapshotKey } from '../memory/store/snapshot-key.ts';
import { damagedPrefix, SettingsFile, settingsPath } from '../settings/settings-file.ts';

/** The settings that hold it, as if nobody had ever typed anything. */
export const nothingTyped = { source: null, instruction: null } as const satisfies Partial<Settings>;

/**
 * Forgets it in the settings file, of which a running window takes notice, and removes settings that were set aside.
 * @throws OnlookerError `settings-unusable`, `memory-unwritable`
 */
export async function forgetTyped(path: string = settingsPath()): Promise<void> {
  if (existsSync(path)) await (await SettingsFile.open(path)).change(nothingTyped);
  await forgetBesideSettings(path);
}

/**
 * Forgets what lies beside the settings: damaged ones that were set aside, snapshots, which hold texts and questions, and
 * the log, which holds when the program was used.
 */
export async function forgetBesideSettings(path: string = settingsPath()): Promise<void> {
  try {
    for (const name of await readdir(dirname(path))) {
      if (name.startsWith(damagedPrefix)) await rm(join(dirname(path), name), { force: true });
    }
  } catch (error) {
    // Without a folder there are none.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unwritableFile(error);
  }
  await forgetSnapshotKey();
  await removeEngineLeftovers();
  try {
    removeLog();
  } catch (error) {
    throw unwritableFile(error);
  }
}
