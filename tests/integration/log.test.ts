/** The log of real runs, and the report that is made of it: what went wrong is there, and nothing of the screen. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openBrowserMode } from '../../main/cli/browser-mode.ts';
import { logFolder, readLines, removeLog } from '../../main/log/log-files.ts';
import { openLog } from '../../main/log/open-log.ts';
import { readLog } from '../../main/log/read-log.ts';
import { SettingsFile } from '../../main/settings/settings-file.ts';
import { onlooker, recording } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';

beforeEach(() => removeLog());

test('a run that is told and remembered leaves figures, and not a word', async () => {
  using folder = temporaryFolder();
  const source = join(folder.path, 'SECRETWORD.mp4');
  await copyFile(recording, source);
  const asked = ['--ask', 'Only tell me about SECRETWORD.', '--ask-at', '5=Is SECRETWORD open?'];
  const out = join(folder.path, 'SECRETWORD.jsonl');
  const run = [
    'narrate',
    source,
    '--duration',
    '20',
    ...asked,
    '--remember',
    '--memory',
    join(folder.path, 'SECRETWORD'),
  ];
  const { code, stdout } = await onlooker(...run, '--out', out);
  expect(code).toBe(0);
  expect((await onlooker('narrate', join(folder.path, 'SECRETWORD', 'none.mp4'))).code).toBe(3);

  expect(readLog().map(({ event }) => event)).toEqual([
    ...['started', 'memory-opened', 'bundle-opened', 'source-opened', 'run-ended', 'ended'],
    ...['started', 'failed', 'ended'],
  ]);
  expect(readLog()).toContainEqual(expect.objectContaining({ event: 'run-ended', frames: 40, answers: 1 }));
  expect(readLog()).toContainEqual(
    expect.objectContaining({
      ...{
        event: 'failed',
        code: 'source-not-found',
        causes: [{ kind: 'OnlookerError' }, { kind: 'Error', code: 'ENOENT' }],
      },
      frames: expect.arrayContaining([expect.stringMatching(/^main\/capture\/open-recording\.ts:\d+:\d+$/)]),
    }),
  );
  const log = readLines().join('\n');
  expect(log).not.toMatch(/SECRETWORD/i);
  expect(log).not.toContain(folder.path);
  const told = stdout.split('\n').flatMap((line) => /^\[[\d:.]+\] (.{8,})$/.exec(line)?.[1] ?? []);
  expect(told.length).toBeGreaterThan(0);
  for (const words of told) expect(log).not.toContain(words);
});

test('a window tells its engine, what was changed by name, what failed, and that something was forgotten', async () => {
  using folder = temporaryFolder();
  {
    using _log = openLog('serve');
    await using mode = await openBrowserMode({ memory: folder.path, settings: join(folder.path, 'settings.json') });
    using client = mode.assistant.connect();
    await client.request('settings', { change: { instruction: 'Only SECRETWORD.' } });
    await client.request('watch', { source: join(folder.path, 'SECRETWORD.mp4') });
    await client.request('forget', { from: 1, before: 2 });
  }
  expect(readLog()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ program: 'serve', event: 'setting-changed', name: 'instruction' }),
      expect.objectContaining({ program: 'serve', event: 'engine-started' }),
      expect.objectContaining({ program: 'engine', event: 'started' }),
      expect.objectContaining({ program: 'engine', event: 'failed', code: 'source-not-found' }),
      expect.objectContaining({ program: 'serve', event: 'forgotten' }),
      expect.objectContaining({ program: 'engine', event: 'ended' }),
    ]),
  );
  expect(readLines().join('\n')).not.toContain('SECRETWORD');
});

test('doctor shows where it is; its report holds it, and replaces nothing but a report', async () => {
  using folder = temporaryFolder();
  expect((await onlooker('doctor')).stdout).toMatch(/^none +Log +There is none yet/m);
  await onlooker('narrate', join(folder.path, 'SECRETWORD.mp4'));
  const report = join(folder.path, 'report.txt');
  for (let time = 0; time < 2; time++) {
    const { code, stdout } = await onlooker('doctor', '--report', report);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok +Log +failures since [\d-]{10}: 1 source-not-found \(.*log\)$/m);
    expect(stdout).toContain(`The report is ${report}.`);
  }
  const text = readFileSync(report, 'utf8');
  expect(text).toMatch(/^Report of "onlooker doctor"\n\n.*Read it before you send it/);
  for (const part of ['## Checks', 'llama.cpp', '## Versions', 'onnxruntime-node', '## Log', '"source-not-found"']) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('SECRETWORD');
  if (process.env.HOME) expect(text).not.toContain(`${process.env.HOME}/`);
  if (process.platform !== 'win32') expect(statSync(report).mode & 0o777).toBe(0o600);

  const own = join(folder.path, 'diary.txt');
  writeFileSync(own, 'mine');
  for (const [place, why] of [
    [own, 'no report'],
    [folder.path, 'folder'],
  ] as const) {
    expect(await onlooker('doctor', '--report', place)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining(why),
    });
  }
  expect(readFileSync(own, 'utf8')).toBe('mine');
  expect(readdirSync(folder.path).sort()).toEqual(['diary.txt', 'report.txt']);
});

test('forget --all takes it along, and leaves none of its own', async () => {
  using folder = temporaryFolder();
  const memory = join(folder.path, 'memory');
  await onlooker('narrate', recording, '--duration', '2', '--remember', '--memory', memory);
  await (await SettingsFile.open()).change({ chattiness: 2 });
  expect(existsSync(logFolder())).toBe(true);
  expect((await onlooker('forget', '--last', '1h', '--memory', memory)).code).toBe(0);
  expect(readLog().map(({ program, event }) => `${program} ${event}`)).toContain('forget forgotten');
  expect((await onlooker('forget', '--all', '--memory', memory)).code).toBe(0);
  expect(existsSync(logFolder())).toBe(false);
});
