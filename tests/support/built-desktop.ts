import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds the desktop program into `out/`, as `npm run build` does. */
export function builtDesktop(): void {
  const build = ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'error'];
  const { status, stderr } = spawnSync(process.execPath, build, { cwd: root, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
}

/** This environment with folders for data and settings that nobody else uses. */
export function isolated(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-built-'));
  const env = { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, ONLOOKER_TEST_DATA: folder };
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
