/** What native code reaches and writes, watched from outside: a hook in JavaScript (no-network.test.ts) does not see it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { root } from '../support/built-desktop.ts';
import { CommandLine, launcher, recording } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';
import { missingPrograms } from '../support/needs.ts';
import { addressesIn, traced, writtenIn } from '../support/system-calls.ts';

const missing = process.platform === 'linux' ? missingPrograms('strace') : 'only Linux has strace';
/** Seconds that each long-running program is watched. ONNX Runtime first reached out after ten. */
const seconds = 60;
const node = process.execPath;

interface Watched {
  readonly command: readonly string[];
  readonly input?: string;
  /** Whether it goes on until it is told to end. */
  readonly endless?: boolean;
  /** What it says once it has done what loads ONNX Runtime. */
  readonly says: RegExp;
}

const searching = [
  {
    ...{ method: 'initialize', id: 1 },
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  },
  { method: 'notifications/initialized' },
  { method: 'tools/call', id: 2, params: { name: 'search', arguments: { query: 'a terminal' } } },
].map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

function programs(memory: string): Record<string, Watched> {
  const realtime = ['--realtime', '--duration', String(seconds), '--remember'];
  const desktop = ['--import', './tests/support/electron-hook.ts', 'tests/support/run-built-desktop.ts', recording];
  return {
    narrate: { command: [launcher, 'narrate', recording, ...realtime], says: /A terminal opened/ },
    serve: { command: [launcher, 'serve', '--no-open', '--source', recording], says: /http:/, endless: true },
    search: { command: [launcher, 'search', 'a terminal', '--by', 'meaning', '--memory', memory], says: /\d:\d\d/ },
    mcp: { command: [launcher, 'mcp', '--memory', memory], input: searching.join(''), says: /"id":2/, endless: true },
    desktop: { command: desktop, says: /"speech"/ },
  };
}

test.skipIf(missing)(
  `no process reaches out or writes outside of its own folders for a minute ${missing ?? ''}`,
  { timeout: 240_000 },
  async () => {
    using folder = temporaryFolder();
    const memory = join(folder.path, 'memory');
    const remembering = ['narrate', recording, '--duration', '30', '--remember', '--memory', memory];
    expect(await new CommandLine(remembering).ended).toMatchObject({ code: 0 });

    await Promise.all(
      Object.entries(programs(memory)).map(async ([name, { command, input, endless = false, says }]) => {
        const home = join(folder.path, name);
        const log = join(folder.path, `${name}.calls`);
        mkdirSync(join(home, 'tmp'), { recursive: true });
        const [program, ...args] = traced(log, [node, ...command]);
        const child = spawn(program, args, { cwd: root, env: environment(home) });
        child.stdin.write(input ?? '');
        const output = Promise.all([text(child.stdout), text(child.stderr)]);
        const ended = once(child, 'exit');
        if (endless) {
          await sleep(1000 * seconds);
          child.kill('SIGINT');
        }
        await ended;
        const said = (await output).join('\n');
        expect(said, name).toMatch(says);
        expect(addressesIn(log), `${name} reached for these`).toEqual([]);
        const folders = [memory, `${home}/config`, `${home}/data`, `${home}/cache/onlooker`, `${home}/tmp/onlooker-`];
        const own = [...folders, '/dev/', '/proc/self/'];
        const strange = writtenIn(log, root).filter((path) => !own.some((folder) => path.startsWith(folder)));
        expect(
          strange.filter((path) => path !== `${home}/cache`),
          `${name} wrote these`,
        ).toEqual([]);
      }),
    );
  },
);

/** Nothing of the user's own may decide what is seen here, and libraries keep quiet where CI is set. */
function environment(home: string): NodeJS.ProcessEnv {
  const { CI: _ci, ORT_DISABLE_TELEMETRY: _off, XDG_RUNTIME_DIR: _run, ...env } = process.env;
  return {
    ...env,
    ...{ HOME: home, TMPDIR: `${home}/tmp` },
    ...{ XDG_CONFIG_HOME: `${home}/config`, XDG_DATA_HOME: `${home}/data`, XDG_CACHE_HOME: `${home}/cache` },
    ...{ ONLOOKER_TEST_DATA: `${home}/data`, ONLOOKER_TEST_SECONDS: String(seconds) },
  };
}

test.skipIf(missing)(`a socket or a file would be seen ${missing ?? ''}`, () => {
  using folder = temporaryFolder();
  const log = join(folder.path, 'calls');
  const asking = "const s = require('dgram').createSocket('udp4'); s.send('x', 53, '127.0.0.1', () => s.close());";
  const [program, ...args] = traced(log, [node, '-e', `${asking} require('fs').mkdirSync('${folder.path}/made')`]);
  execFileSync(program, args);
  expect(addressesIn(log)).toEqual(['127.0.0.1:53']);
  expect(writtenIn(log, root)).toContain(`${folder.path}/made`);
});
