/** `onlooker start` and `onlooker serve` as processes of their own. */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withCompiledCode } from '../../main/base/compiled-code.ts';
import { electronProgram } from '../../main/cli/electron.ts';
import { until } from '../support/browser-mode.ts';
import { CommandLine } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';

/** A user without a display, and without settings. */
function bareMachine(folder: string): NodeJS.ProcessEnv {
  const home = {
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
  };
  return { ...home, DISPLAY: '', WAYLAND_DISPLAY: '' };
}

test('start without a display narrates the sample within ten seconds, and serves the window', async () => {
  using folder = temporaryFolder();
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
    expect(running.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?ticket=[\w-]{43}\n$/);
  } finally {
    running.child.kill('SIGTERM');
  }
  expect(await running.ended).toMatchObject({ code: 0 });
});

/** The arguments of all processes. Linux. */
function commandLines(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return ''; // it has ended since
    }
  });
}

test('a browser is opened, a program let in, and a new address made, and no process has a secret in its arguments', async () => {
  using folder = temporaryFolder();
  const opened = join(folder.path, 'opened');
  const opener = join(folder.path, 'xdg-open');
  writeFileSync(opener, `#!/bin/sh\nprintf '%s\\n' "$@" >${opened}\nexec sleep 60\n`);
  chmodSync(opener, 0o755);
  const env = { ...bareMachine(folder.path), PATH: `${folder.path}:${process.env.PATH}` };
  const running = new CommandLine(['serve'], { env });
  let page = '';
  let tokenFile = '';
  try {
    page = (await until(() => readIfThere(opened))).trim();
    tokenFile = await until(() => /with the token in (\S+)\.\n/.exec(running.stderr)?.[1]);
    const token = readFileSync(tokenFile, 'utf8').trim();
    for (const path of [page, tokenFile]) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    }
    const address = /url=(http:[^"]+)"/.exec(readFileSync(page, 'utf8'))![1]!;
    const printed = running.stdout.trim();
    const { port, origin } = new URL(printed);
    const more = await new CommandLine(['serve', '--new-address', '--port', port], { env }).ended;
    const only = await new CommandLine(['serve', '--new-address'], { env }).ended;
    const addresses = [address, printed, more.stdout.trim(), only.stdout.trim()];
    expect(new Set(addresses).size).toBe(4);
    for (const secret of [token, ...addresses.map((each) => new URL(each).searchParams.get('ticket')!)]) {
      expect(commandLines().filter((line) => line.includes(secret))).toEqual([]);
    }
    for (const each of addresses) {
      const statuses = [await enter(each), await enter(each)];
      expect(statuses).toEqual([200, 403]);
    }
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    expect((await fetch(`${origin}/api/hello`, { method: 'POST', headers })).status).toBe(200);
  } finally {
    running.child.kill('SIGTERM');
  }
  expect(await running.ended).toMatchObject({ code: 0 });
  for (const path of [page, tokenFile]) expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  const nobody = await new CommandLine(['serve', '--new-address'], { env }).ended;
  expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('None runs.') });
});

/** What the page behind an address does; returns the status. */
async function enter(address: string): Promise<number> {
  const { origin, searchParams } = new URL(address);
  const headers = { 'content-type': 'application/json', origin };
  const body = JSON.stringify({ ticket: searchParams.get('ticket') });
  return (await fetch(`${origin}/session`, { method: 'POST', headers, body })).status;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8') || undefined;
  } catch {
    return undefined;
  }
}

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
