import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { electronProgram } from '../../main/cli/electron.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = electronProgram();

function isolated(): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-built-'));
  return { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, ONLOOKER_TEST_DATA: folder };
}

beforeAll(() => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'error'],
    { cwd: root, encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('the built program runs on the stand-in: pages, tray, an engine in its own process that narrates', () => {
  const args = ['--import', './tests/support/electron-hook.ts', 'tests/support/run-built-desktop.ts'];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...args, 'tests/fixtures/desk.mp4'], {
    ...{ cwd: root, encoding: 'utf8', timeout: 110_000 },
    env: isolated(),
  });
  expect(status, stderr).toBe(0);
  const result = JSON.parse(stdout.trim().split('\n').at(-1)!);
  expect(result).toMatchObject({ page: 200, hello: true, watched: { ok: true }, bundles: { ok: true } });
  expect(result.bundles.value).toMatchObject([{ name: 'desk-nano' }]);
  expect(result.windows).toEqual(['onlooker://app/welcome.html', 'onlooker://app/overlay.html']);
  expect(existsSync(result.icons)).toBe(true);
  expect(result.engine).toEqual([join(root, 'out/main/worker.js')]);
  expect(result.news).toEqual(expect.arrayContaining(['frame', 'speech', 'status']));
});

const missing = program === undefined ? " (not run: Electron's program is not installed)" : '';

describe.skipIf(program === undefined)(`real Electron${missing}`, () => {
  test('starts, shows the welcome in a sandbox, and answers it', async () => {
    const env = Object.fromEntries(Object.entries(isolated()).filter(([, value]) => value !== undefined));
    const electron = await _electron.launch({
      ...{ executablePath: program!, args: ['--no-sandbox', root] },
      env: env as Record<string, string>,
    });
    try {
      const page = await electron.firstWindow();
      expect(page.url()).toBe('onlooker://app/welcome.html');
      const seen = await page.evaluate(async () => {
        const { onlooker, require, process } = globalThis as unknown as Record<string, unknown>;
        const bridge = onlooker as { request(name: string, input: object): Promise<{ ok: boolean }> };
        const hello = await bridge.request('hello', {});
        const refused = await bridge.request('__proto__', {});
        return { node: [typeof require, typeof process], hello: hello.ok, refused: refused.ok };
      });
      expect(seen).toEqual({ node: ['undefined', 'undefined'], hello: true, refused: false });
    } finally {
      await electron.close();
    }
  });
});
