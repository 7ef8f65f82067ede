import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { builtDesktop, isolated, root } from '../support/built-desktop.ts';

beforeAll(builtDesktop);

test('the built program runs on the stand-in: pages, tray, an engine in its own process that narrates', () => {
  const args = ['--import', './tests/support/electron-hook.ts', 'tests/support/run-built-desktop.ts'];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...args, 'tests/fixtures/desk.mp4'], {
    ...{ cwd: root, encoding: 'utf8', timeout: 110_000 },
    env: isolated(),
  });
  expect(status, stderr).toBe(0);
  const result = JSON.parse(stdout.trim().split('\n').at(-1)!);
  expect(result).toMatchObject({ page: 200, hello: true, watched: { ok: true }, bundles: { ok: true } });
  expect(result.bundles.value).toMatchObject([{ name: 'desk-nano' }, { name: 'desk-nano:q8_0' }]);
  expect(result.windows).toEqual(['onlooker://app/welcome.html', 'onlooker://app/overlay.html']);
  expect(existsSync(result.icons)).toBe(true);
  expect(result.engine).toEqual([join(root, 'out/main/worker.js')]);
  expect(result.news).toEqual(expect.arrayContaining(['frame', 'speech', 'status']));
});
