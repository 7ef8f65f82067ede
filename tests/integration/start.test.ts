/** `onlooker start` and `onlooker serve` as processes of their own. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildWindow } from '../../main/cli/build-window.ts';
import { electronProgram } from '../../main/cli/electron.ts';
import { withCompiledCode } from '../../main/compiled-code.ts';
import { until } from '../support/browser-mode.ts';
import { CommandLine } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';

/** A user without a display, and without settings. */
function bareMachine(folder: string): NodeJS.ProcessEnv {
  const home = { XDG_CONFIG_HOME: join(folder, 'config'), XDG_DATA_HOME: join(folder, 'data') };
  return { ...home, DISPLAY: '', WAYLAND_DISPLAY: '' };
}

test('start without a display narrates the sample within ten seconds, and serves the window', async () => {
  using folder = temporaryFolder();
  await buildWindow(() => {});
  const began = performance.now();
  const running = new CommandLine(['start'], { env: bareMachine(folder.path) });
  try {
    await running.until((stdout) => /^\[\d\d:\d\d\.\d\] \S/m.test(stdout));
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(running.stderr).toMatch(/There is no display.*\nNarrating the sample recording \S+ instead\.\n/);
    const url = await until(() => /The window is at (http:\S+)/.exec(running.stderr)?.[1]);
    expect((await fetch(url)).status).toBe(200);
  } finally {
    running.child.kill('SIGINT');
  }
  expect(await running.ended).toMatchObject({ code: 0 });
});

test('on Wayland alone it is the desktop program that is looked for: nothing else sees that screen', async () => {
  using folder = temporaryFolder();
  const env = { ...bareMachine(folder.path), WAYLAND_DISPLAY: 'wayland-0', ELECTRON_OVERRIDE_DIST_PATH: folder.path };
  const running = new CommandLine(['start'], { env });
  try {
    const started = () => /The window is at/.test(running.stderr);
    await until(started);
    expect(running.stderr).toMatch(/^Electron's program is not installed[\s\S]*Narrating the sample recording/m);
  } finally {
    running.child.kill('SIGINT');
  }
  await running.ended;
});

test('serve prints nothing but its address, and ends when it is told to', async () => {
  using folder = temporaryFolder();
  const running = new CommandLine(['serve', '--no-open'], { env: bareMachine(folder.path) });
  try {
    await running.until((stdout) => stdout.endsWith('\n'));
    expect(running.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/);
  } finally {
    running.child.kill('SIGTERM');
  }
  expect(await running.ended).toMatchObject({ code: 0 });
});

test.each([
  [['serve', 'screen'], /What does "screen" mean/],
  [['serve', '--port', '99999'], /--port "99999": it must be a port/],
  [['serve', '--source', ''], /--source is empty/],
])('%j is refused', async (args, message) => {
  expect(await new CommandLine(args).ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});

test('what was compiled is kept for the next start, in a folder of the user alone', async () => {
  using folder = temporaryFolder();
  const env = { XDG_CACHE_HOME: folder.path, NODE_COMPILE_CACHE: undefined };
  expect(await new CommandLine(['--version'], { env }).ended).toMatchObject({ code: 0 });
  expect(readdirSync(join(folder.path, 'onlooker', 'compiled'), { recursive: true }).length).toBeGreaterThan(3);
  expect(withCompiledCode({ NODE_COMPILE_CACHE: '/mine' }).NODE_COMPILE_CACHE).toBe('/mine');
});

test('Electron is taken only where its program is, and never downloaded', () => {
  const program = electronProgram();
  expect(program === undefined || /electron/i.test(program)).toBe(true);
});
