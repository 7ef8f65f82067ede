import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateMemory } from '../../main/memory/store/location.ts';
import { isolated, root } from '../support/built-desktop.ts';
import { safeStorage } from '../support/electron-stand-in.ts';
import { filesWith } from '../support/memory.ts';

test('the built program runs on the stand-in: pages, tray, an engine in its own process that narrates', async () => {
  const env = isolated();
  const args = ['--import', './tests/support/electron-hook.ts', 'tests/support/run-built-desktop.ts'];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...args, 'tests/fixtures/desk.mp4'], {
    ...{ cwd: root, encoding: 'utf8', timeout: 110_000 },
    env,
  });
  expect(status, stderr).toBe(0);
  const result = JSON.parse(stdout.trim().split('\n').at(-1)!);
  expect(result).toMatchObject({ page: 200, hello: true, watched: { ok: true }, bundles: { ok: true } });
  expect(result.bundles.value).toMatchObject([{ name: 'desk-nano' }, { name: 'desk-nano:q8_0' }]);
  expect(result.windows).toEqual(['onlooker://app/welcome.html', 'onlooker://app/overlay.html']);
  expect(existsSync(result.icons)).toBe(true);
  expect(result.engine).toEqual([join(root, 'out/main/engine-worker.js')]);
  expect(result.news).toEqual(expect.arrayContaining(['frame', 'speech', 'status']));
  expect(result.saving).toBe(true); // Electron says that it runs on the battery
  expect(result.days.value[0].frames).toBeGreaterThan(0);
  const memory = join(env.XDG_DATA_HOME!, 'onlooker', 'memory');
  expect(readdirSync(memory)).toContain('memory.key.locked');
  const key = safeStorage.decryptString(readFileSync(join(memory, 'memory.key.locked')));
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  // The command line has no key store to ask, and says where to look instead.
  await expect(locateMemory({ folder: memory })).rejects.toMatchObject({
    code: 'memory-locked',
    message: expect.stringContaining('desktop program'),
  });
  const everything = readdirSync(env.XDG_DATA_HOME!, { recursive: true, withFileTypes: true });
  for (const { parentPath } of everything.filter((entry) => entry.isFile())) {
    expect(filesWith(parentPath, key)).toEqual([]);
  }
});
