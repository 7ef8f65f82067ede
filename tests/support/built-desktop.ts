/** The desktop program that `tests/support/build.ts` built, and where it runs. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** This environment with folders for data and settings that nobody else uses. */
export function isolated(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-built-'));
  const env = { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, ONLOOKER_TEST_DATA: folder };
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
