/** The log: what gets in, what does not, and what becomes of its files. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { OnlookerError } from '../../main/base/errors.ts';
import type { LogFields } from '../../main/log/events.ts';
import { failureFields, recordFailure } from '../../main/log/failures.ts';
import { appendLine, fileBytes, readLines, removeLog } from '../../main/log/log-files.ts';
import { openLog } from '../../main/log/open-log.ts';
import { failureCounts, readLog } from '../../main/log/read-log.ts';
import { record } from '../../main/log/record.ts';
import { temporaryFolder } from '../support/memory.ts';

const run = promisify(execFile);
const writer = new URL('../support/writes-log.ts', import.meta.url).pathname;

test('an event is a line with its fields; it begins with versions, and what is recorded after its end is not there', () => {
  using folder = temporaryFolder();
  {
    using _log = openLog('narrate', folder.path);
    record('gap', { reason: 'stalled', seconds: 4.5, dropped: 9 });
    record('snapshot-written', { ms: 15 }); // debug
  }
  record('forgotten', {});
  expect(readLog(folder.path)).toMatchObject([
    { level: 'info', program: 'narrate', pid: process.pid, event: 'started', node: process.versions.node },
    { level: 'warn', event: 'gap', reason: 'stalled', seconds: 4.5, dropped: 9 },
    { event: 'ended' },
  ]);
});

test('ONLOOKER_LOG says how much, and off is nothing', () => {
  using folder = temporaryFolder();
  const lines = (level: string) => {
    process.env.ONLOOKER_LOG = level;
    removeLog(folder.path);
    {
      using _log = openLog('narrate', folder.path);
      record('snapshot-written', { ms: 15 });
      record('memory-set-aside', {});
    }
    delete process.env.ONLOOKER_LOG;
    return readLog(folder.path).map(({ event }) => event);
  };
  expect(lines('debug')).toEqual(['started', 'snapshot-written', 'memory-set-aside', 'ended']);
  expect(lines('warn')).toEqual(['memory-set-aside']);
  expect(lines('off')).toEqual([]);
});

test('no text gets in, whatever is handed to it', () => {
  using folder = temporaryFolder();
  {
    using _log = openLog('serve', folder.path);
    record('gap', { reason: 'SECRETWORD', seconds: 1, title: 'SECRETWORD' } as unknown as LogFields<'gap'>);
    record('bundle-opened', { bundle: 'my SECRETWORD bundle', hash: 'SECRETWORD' });
    record('SECRETWORD' as 'forgotten', { SECRETWORD: 1 } as unknown as LogFields<'forgotten'>);
    const beneath = Object.assign(new Error('open /home/SECRETWORD'), { name: 'SECRETWORD', code: 'SECRETWORD' });
    recordFailure(new OnlookerError('source-not-found', 'There is no file "SECRETWORD".', { cause: beneath }));
    recordFailure('SECRETWORD');
  }
  const written = readFileSync(join(folder.path, 'onlooker-000001.log'), 'utf8');
  expect(written).not.toContain('SECRETWORD');
  expect(readLog(folder.path).slice(1, -1)).toMatchObject([
    { event: 'gap', seconds: 1 },
    { event: 'bundle-opened' },
    { event: 'failed', code: 'source-not-found', causes: [{ kind: 'OnlookerError' }, { kind: 'other' }] },
    { event: 'failed', code: 'defect', causes: [] },
  ]);
});

test('a failure tells its code, what lay beneath and its place, once; a mistake on the command line is none', () => {
  const full = Object.assign(new Error('write /a/b'), { code: 'ENOSPC' });
  const failed = new OnlookerError('output-unwritable', 'Cannot write /a/b', { cause: full });
  const { code, causes, frames } = failureFields(failed);
  expect([code, causes]).toEqual(['output-unwritable', [{ kind: 'OnlookerError' }, { kind: 'Error', code: 'ENOSPC' }]]);
  // These errors were made by a test, which is no part of the program: only what runs it is.
  for (const frame of frames ?? []) expect(frame).toMatch(/^(node_modules|tests)\/[\w@.+/-]+:\d+:\d+$/);

  // A message that looks like a place is none.
  const sly = new TypeError(`x\n    at f (${new URL('../../main/SECRETWORD.ts', import.meta.url).pathname}:1:1)`);
  expect(JSON.stringify(failureFields(sly))).not.toContain('SECRETWORD');

  using folder = temporaryFolder();
  {
    using _log = openLog('serve', folder.path);
    recordFailure(failed);
    recordFailure(failed);
    recordFailure(new OnlookerError('usage', 'What does "x" mean?'));
  }
  expect(failureCounts(readLog(folder.path))).toEqual([['output-unwritable', 1]]);
});

test('three files of one megabyte at most, for the user alone', () => {
  using folder = temporaryFolder();
  const log = join(folder.path, 'log');
  const line = 'x'.repeat(100_000);
  for (let i = 0; i < 60; i++) appendLine(`${i} ${line}`, log);
  expect(readdirSync(log)).toEqual(['onlooker-000004.log', 'onlooker-000005.log', 'onlooker-000006.log']);
  for (const name of readdirSync(log)) {
    const { size, mode } = statSync(join(log, name));
    expect(size).toBeLessThan(fileBytes + 2 * line.length);
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
  }
  if (process.platform !== 'win32') expect(statSync(log).mode & 0o777).toBe(0o700);
  expect(readLines(log).map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 30 }, (_, i) => 30 + i));
});

test('several processes write at once, over the end of a file, and every line is whole', {
  timeout: 60_000,
}, async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'onlooker-000001.log'), `${'x'.repeat(fileBytes - 50_000)}\n`);
  await Promise.all([1, 2, 3].map(() => run(process.execPath, [writer, folder.path, '400'])));
  expect(readdirSync(folder.path)).toEqual(['onlooker-000001.log', 'onlooker-000002.log']);
  const entries = readLog(folder.path);
  expect(entries).toHaveLength(3 * (400 + 2));
  for (const pid of new Set(entries.map((entry) => entry.pid))) {
    const frames = entries
      .filter((entry) => entry.pid === pid && entry.event === 'timings')
      .map((entry) => entry.frames);
    expect(frames).toEqual(Array.from({ length: 400 }, (_, i) => i));
  }
});

test('half a line of a disk that was full, and what others wrote, are passed over', () => {
  using folder = temporaryFolder();
  {
    using _log = openLog('serve', folder.path);
    appendLine('{"at":"2026-05-01T10:00:00.000Z","level":"err', folder.path);
    appendLine(
      '{"at":"2026-05-01T10:00:00Z","level":"info","program":"mcp","pid":1,"event":"forgotten","x":"SECRETWORD"}',
      folder.path,
    );
  }
  expect(readLog(folder.path).map(({ event }) => event)).toEqual(['started', 'forgotten', 'ended']);
  expect(JSON.stringify(readLog(folder.path))).not.toContain('SECRETWORD');
});

test('where it cannot be written the program goes on', () => {
  using folder = temporaryFolder();
  const recording = (place: string) => {
    using _log = openLog('serve', place);
    record('forgotten', {});
    return readLog(place);
  };
  writeFileSync(join(folder.path, 'file'), '');
  expect(recording(join(folder.path, 'file', 'log'))).toEqual([]);
  expect(recording('/dev/null/log')).toEqual([]);
  const locked = join(folder.path, 'locked');
  mkdirSync(locked);
  mkdirSync(join(locked, 'onlooker-000001.log')); // not even root can write into that
  chmodSync(locked, 0o500);
  expect(recording(locked)).toEqual([]);
});

test('what ends a program unexpectedly is in its log', async () => {
  using folder = temporaryFolder();
  const open = new URL('../../main/log/open-log.ts', import.meta.url);
  const script = `const { openLog } = await import('${open}'); openLog('serve', ${JSON.stringify(folder.path)}); setTimeout(() => null.SECRETWORD)`;
  await expect(run(process.execPath, ['--input-type=module', '-e', script])).rejects.toThrow('SECRETWORD');
  expect(readLog(folder.path)).toMatchObject([
    { event: 'started' },
    { event: 'failed', level: 'error', code: 'defect', causes: [{ kind: 'TypeError' }] },
  ]);
});
