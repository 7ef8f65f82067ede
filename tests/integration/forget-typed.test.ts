/** `onlooker forget --all` takes what the user typed along: source and instruction, settings set aside, snapshots. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { forgetBesideSettings } from '../../main/assistant/forget-typed.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { SettingsFile, settingsPath } from '../../main/settings/settings-file.ts';
import { onlooker, recording } from '../support/command-line.ts';
import { frameRow, session, temporaryFolder } from '../support/memory.ts';

test('from the command line, with a window that is open', async () => {
  using folder = temporaryFolder();
  const memory = join(folder.path, 'memory');
  {
    using connection = await openMemory({ folder: memory, create: true });
    session(connection, { instruction: 'Only zebraquartz.' }).write([frameRow(1)]);
  }
  const window = await SettingsFile.open();
  await window.change({ source: 'rtsp://zebraquartz/1', instruction: 'Only zebraquartz.', keepDays: 12 });
  const aside = join(dirname(settingsPath()), 'settings.damaged-2026-01-01.json');
  writeFileSync(aside, '{"instruction": "Only zebraquartz."');
  const snapshot = join(folder.path, 'run.snapshot');
  const narrate = ['narrate', recording, '--duration', '2'];
  expect((await onlooker(...narrate, '--ask', 'Only zebraquartz.', '--snapshot', snapshot)).code).toBe(0);
  expect(readFileSync(snapshot).includes('zebraquartz')).toBe(false);

  const { code, stdout, stderr } = await onlooker('forget', '--all', '--memory', memory);
  expect([code, stdout]).toEqual([0, 'Forgotten: 1 frame, 0 texts, 0 pictures.\n']);
  expect(stderr).toMatch(/What stays: .*--out.*settings/);
  expect(existsSync(aside)).toBe(false);
  expect(readFileSync(settingsPath(), 'utf8')).not.toContain('zebraquartz');
  // The window takes notice, and does not bring it back when it changes something else.
  expect(await window.refresh()).toBe(true);
  expect(window.settings).toMatchObject({ source: null, instruction: null, keepDays: 12 });
  await window.change({ chattiness: 3 });
  expect(readFileSync(settingsPath(), 'utf8')).not.toContain('zebraquartz');
  const resumed = await onlooker(...narrate, '--resume', snapshot);
  expect([resumed.code, resumed.stderr]).toEqual([
    4,
    expect.stringMatching(/^onlooker: The key of snapshots.* is gone/),
  ]);
});

test('a session that goes on after everything was forgotten does not say what was typed for it', async () => {
  using folder = temporaryFolder();
  using connection = await openMemory({ folder: folder.path, create: true });
  const writer = session(connection, { instruction: 'Only zebraquartz.' });
  writer.write([frameRow(1)]);
  const { forget } = await import('../../main/memory/forget/forget.ts');
  forget(connection, {});
  writer.write([frameRow(2, Date.now() + 1000)]);
  expect(connection.all('SELECT instruction FROM sessions')).toEqual([{ instruction: null }]);
});

test('where there is nothing to forget, nothing is made', async () => {
  using folder = temporaryFolder();
  const env = { XDG_CONFIG_HOME: join(folder.path, 'config'), XDG_DATA_HOME: join(folder.path, 'data') };
  const before = { ...process.env };
  Object.assign(process.env, env);
  mkdirSync(env.XDG_CONFIG_HOME);
  try {
    expect((await onlooker('forget', '--all')).code).toBe(4);
  } finally {
    Object.assign(process.env, before);
  }
  expect(readdirSync(env.XDG_CONFIG_HOME)).toEqual([]);
  expect(existsSync(env.XDG_DATA_HOME)).toBe(false);
});

test('a folder of settings that cannot be read is told, not taken for an empty one', async () => {
  using folder = temporaryFolder();
  const circle = join(folder.path, 'circle');
  symlinkSync(circle, circle);
  await expect(forgetBesideSettings(join(circle, 'settings.json'))).rejects.toMatchObject({
    code: 'memory-unwritable',
    message: expect.stringContaining(circle),
  });
});
