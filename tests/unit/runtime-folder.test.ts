import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { engineFolder } from '../../main/base/runtime-folder.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'onlooker-runtime-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const place = (name: string) => {
  const path = join(home, name);
  mkdirSync(path, { recursive: true });
  return path;
};

test.skipIf(process.platform !== 'linux')(
  'it lies in the folder of the session, and only its owner can look into it',
  async () => {
    vi.stubEnv('XDG_RUNTIME_DIR', place('session'));
    const folder = (await engineFolder())!;
    expect(dirname(folder)).toBe(join(home, 'session/onlooker'));
    for (const path of [folder, dirname(folder)]) expect(statSync(path).mode & 0o777).toBe(0o700);
  },
);

test('without such a folder, and without a temporary one, another is found', async () => {
  writeFileSync(join(home, 'file'), '');
  vi.stubEnv('XDG_RUNTIME_DIR', join(home, 'file'));
  vi.stubEnv('TMPDIR', join(home, 'not there'));
  vi.stubEnv('XDG_CACHE_HOME', place('cache'));
  expect(dirname((await engineFolder())!)).toBe(join(home, 'cache/onlooker/run'));
});

test('what ended processes have left is removed, also that of earlier versions; what is in use is not', async () => {
  const ended = spawnSync(process.execPath, ['--version']).pid;
  vi.stubEnv('XDG_RUNTIME_DIR', place('session'));
  vi.stubEnv('TMPDIR', place('tmp'));
  const left = place(`session/onlooker/engine-${ended}-abc`);
  const used = place(`session/onlooker/engine-${process.pid}-abc`);
  const [former, recent, other] = [place('tmp/onlooker-engine-a'), place('tmp/onlooker-engine-b'), place('tmp/others')];
  for (const folder of [left, used, former, recent, other]) writeFileSync(join(folder, '0.snapshot'), 'what was said');
  const longAgo = Date.now() / 1000 - 3600;
  for (const path of [join(former, '0.snapshot'), former, other]) utimesSync(path, longAgo, longAgo);
  await engineFolder();
  expect([left, used, former, recent, other].map((path) => existsSync(path))).toEqual([false, true, false, true, true]);
});
