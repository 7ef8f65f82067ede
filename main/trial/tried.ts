/** Which model files have been tried out on this machine. Only good verdicts are kept: a bad one may have been the machine's fault. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userCache } from '../base/data-home.ts';
import { libraryVersions } from '../base/version.ts';

/** Counts changes of what a trial does. */
const version = 1;

/** Names files, by `identity`, together with all that a verdict on them depends on. */
export function trialKey(identity: unknown): string {
  const all = [version, process.platform, process.arch, libraryVersions(), identity];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

/** True if these files were found good before. */
export function wasTried(key: string): boolean {
  return existsSync(join(folder(), key));
}

/** Keeps a good verdict. Where it cannot be kept the files are tried again next time. */
export async function keepTried(key: string): Promise<void> {
  await mkdir(folder(), { recursive: true, mode: 0o700 }).catch(() => {});
  await writeFile(join(folder(), key), '', { mode: 0o600 }).catch(() => {});
}

function folder(): string {
  return join(userCache(), 'tried-models');
}
