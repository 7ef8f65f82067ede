/** What lies around the program is not as it should be: PATH, open files, temporary and home folders. Linux only. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFfmpeg, locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { CommandLine, recording } from '../support/command-line.ts';

const launcher = fileURLToPath(new URL('../../main/cli/onlooker.js', import.meta.url));

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'onlooker-surroundings-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('ffmpeg is found behind folders of PATH that cannot be looked into, and behind others of its name', async () => {
  const at = (name: string) => join(home, name);
  writeFileSync(at('file'), '');
  symlinkSync(at('circle'), at('circle'));
  for (const folder of ['folder/ffmpeg', 'broken', 'closed']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('broken/ffmpeg'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  writeFileSync(at('closed/ffmpeg'), 'no program');
  chmodSync(at('closed'), 0); // root may enter it all the same, and finds what cannot be run
  const { path } = await findFfmpeg();
  const before = ['file', 'circle', 'folder', 'broken', 'closed', 'x'.repeat(300), 'not there'].map(at);
  for (const bad of before) {
    const found = await locateFfmpeg({ PATH: [bad, join(path, '..')].join(delimiter) });
    expect(found, bad).toMatchObject({ path, origin: 'system' });
  }
});

describe.skipIf(process.platform !== 'linux')('on Linux', () => {
  test.each([24, 28, 32, 40, 48])('%i open files are too few, and that is one line', (limit) => {
    const args = ['narrate', recording, '--duration', '2', '--remember', '--memory', join(home, 'few')];
    const script = `ulimit -n ${limit}; exec "$0" "$@"`;
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, launcher, ...args], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/^onlooker: This process may have only \d+ more files open.*\n$/);
    expect(status).toBe(4);
  });

  test('64 open files are enough, and no folder for temporary files is needed', async () => {
    const args = ['narrate', recording, '--duration', '2', '--remember', '--memory', join(home, 'enough')];
    const script = `ulimit -n 64; exec "$0" "$@"`;
    for (const TMPDIR of [join(home, 'not there'), '/proc/version', '']) {
      const run = spawnSync('bash', ['-c', script, process.execPath, launcher, ...args], {
        ...{ encoding: 'utf8', env: { ...process.env, TMPDIR } },
      });
      expect([run.status, run.stderr], TMPDIR).toEqual([0, expect.stringMatching(/^Watched /)]);
    }
  });

  test('files that may not grow on: what does not fit is named, in one line', () => {
    const run = (blocks: number, ...options: string[]) =>
      spawnSync('bash', ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, launcher, ...options], {
        encoding: 'utf8',
      });
    const narrate = ['narrate', recording, '--duration', '8'];
    const out = run(2, ...narrate, '--out', join(home, 'large.jsonl'));
    expect([out.status, out.stderr]).toEqual([5, expect.stringMatching(/^onlooker: Cannot write .*ulimit -f.*\n$/)]);
    const snapshot = run(2, ...narrate, '--snapshot', join(home, 'large.snapshot'));
    expect([snapshot.status, snapshot.stderr]).toEqual([
      5,
      expect.stringMatching(/^onlooker: Cannot write .*large.snapshot: .*ulimit -f.* --snapshot .*\n$/),
    ]);
  });

  test('a home that cannot be written: watching works, and what needs a place says so in one line', async () => {
    writeFileSync(join(home, 'a file'), '');
    const nowhere = join(home, 'a file', 'home');
    const env = { HOME: nowhere, XDG_DATA_HOME: '', XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', XDG_RUNTIME_DIR: '' };
    const run = (...args: string[]) => new CommandLine(args, { env }).ended;
    const narrate = ['narrate', recording, '--duration', '2'];
    const [plain, memory, snapshot] = await Promise.all([
      run(...narrate),
      run(...narrate, '--remember'),
      run(...narrate, '--snapshot', join(home, 'a.snapshot')),
    ]);
    expect(plain.code).toBe(0);
    expect([memory.code, memory.stderr]).toEqual([
      5,
      expect.stringMatching(/^onlooker: The folder .* cannot be made.*\n$/),
    ]);
    expect([snapshot.code, snapshot.stderr]).toEqual([
      5,
      expect.stringMatching(/^onlooker: The key of snapshots.*\n$/),
    ]);
  });

  test('a data folder that cannot be written is one line, whatever is wanted of it', async (context) => {
    const somebody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
    const { stdout } = spawnSync('setpriv', [...somebody, launcher, '--version'], { encoding: 'utf8' });
    if (!stdout) context.skip('nobody else can be made to run the program here');
    const memory = join(home, 'read-only');
    const narrate = ['narrate', recording, '--duration', '2', '--remember', '--memory', memory];
    expect((await new CommandLine(narrate).ended).code).toBe(0);
    // Root may write everywhere: the commands run as somebody who may only read.
    for (const path of [home, memory, ...readdirSync(memory).map((name) => join(memory, name))])
      chownSync(path, 65_534, 65_534);
    for (const path of [memory, ...readdirSync(memory).map((name) => join(memory, name))]) {
      chmodSync(path, path === memory ? 0o500 : 0o400);
    }
    for (const args of [narrate, ['search', 'terminal', '--memory', memory], ['forget', '--all', '--memory', memory]]) {
      const command = [...somebody, launcher, ...args];
      const env = { ...process.env, HOME: home, XDG_DATA_HOME: '', XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '' };
      const { status, stderr } = spawnSync('setpriv', command, { encoding: 'utf8', env });
      expect([status, stderr], args[0]).toEqual([
        5,
        // What was typed does not lie in the memory: forgetting does that first, and says so.
        expect.stringMatching(/^(What was typed is forgotten.*\n)?onlooker: Cannot write the memory.*permission.*\n$/),
      ]);
    }
  });

  test('a user without a home, or whose HOME is no folder, is told in one line where nothing was found', (context) => {
    const nobody = ['--reuid=54321', '--regid=54321', '--clear-groups', process.execPath, launcher];
    const run = (HOME: string | undefined, ...args: string[]) => {
      const unset = { XDG_DATA_HOME: '', XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', XDG_RUNTIME_DIR: '' };
      const env = { ...process.env, ...unset, HOME };
      return spawnSync('setpriv', [...nobody, ...args], { encoding: 'utf8', env, cwd: tmpdir() });
    };
    if (!run(home, '--version').stdout) context.skip('nobody else can be made to run the program here');
    for (const HOME of [undefined, '', 'relative']) {
      const { status, stderr } = run(HOME, 'search', 'terminal');
      expect([status, stderr], HOME).toEqual([
        4,
        expect.stringMatching(/^onlooker: There is no memory in \/nonexistent\/.*\n$/),
      ]);
    }
    const watched = run(undefined, 'narrate', recording, '--duration', '2');
    expect([watched.status, watched.stderr]).toEqual([0, expect.stringMatching(/^Watched /)]);
  });
});
