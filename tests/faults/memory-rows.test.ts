/** Memories whose pages are whole and whose rows cannot be meant: each command says so, in one line, with its code. */
import { expect, test } from 'vitest';
import { setLimits } from '../../main/memory/forget/retention.ts';
import { Connection } from '../../main/memory/store/connection.ts';
import { locateMemory } from '../../main/memory/store/location.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { onlooker } from '../support/command-line.ts';
import { frameRow, narrationRow, session, temporaryFolder } from '../support/memory.ts';

async function madeMemory(folder: string): Promise<void> {
  using memory = await openMemory({ folder, create: true });
  setLimits(memory, { keepDays: 100_000 });
  session(memory).write([0, 1, 2].flatMap((t) => [frameRow(t), narrationRow(t, 'A terminal opened.')]));
}

/** Changes it behind the program's back, but with its key. */
async function damage(folder: string, sql: string): Promise<void> {
  const { database, key } = await locateMemory({ folder });
  using connection = new Connection(database, { key });
  connection.script(`PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; ${sql}`);
}

test.each([
  'DELETE FROM sessions',
  'DELETE FROM sources',
  'DROP TABLE sessions',
  "UPDATE sessions SET started_at = 'yesterday'",
  'UPDATE sessions SET started_at = 1e300',
  "UPDATE sessions SET bundle = x'00ff'",
  'UPDATE sessions SET fps = -1',
  "UPDATE sessions SET ended_at = CAST(x'ff' AS TEXT)",
  "UPDATE frames SET t = CAST(x'ff' AS TEXT)",
  "UPDATE utterances SET at = CAST(x'ff' AS TEXT)",
  'UPDATE frames SET at = 9e18',
  "UPDATE frames SET session_id = CAST(x'ff' AS TEXT)",
  'UPDATE utterances SET id = id + 9007199254740992',
  'UPDATE sessions SET id = 9007199254740993',
  'UPDATE frames SET id = -id',
  'DELETE FROM retention',
  'UPDATE retention SET keep_days = -1',
])('%s', async (sql) => {
  using folder = temporaryFolder();
  await madeMemory(folder.path);
  await damage(folder.path, sql);
  await expect(openMemory({ folder: folder.path })).rejects.toMatchObject({ code: 'memory-damaged', exitCode: 4 });
});

test('columns that no index shows are read as what they should be', async () => {
  using folder = temporaryFolder();
  await madeMemory(folder.path);
  await damage(folder.path, "UPDATE frames SET changed = CAST(x'ff' AS TEXT), p_silent = CAST(x'ff' AS TEXT)");
  const { code } = await onlooker('recap', '--since', '2026-05-01', '--memory', folder.path);
  expect(code).toBe(0);
});

test('the command line tells it in one line', async () => {
  using folder = temporaryFolder();
  await madeMemory(folder.path);
  await damage(folder.path, 'DELETE FROM sessions');
  const { code, stderr } = await onlooker('recap', '--since', '2026-05-01', '--memory', folder.path);
  expect([code, stderr]).toEqual([4, expect.stringMatching(/^onlooker: The memory in [^\n]* is damaged\.[^\n]*\n$/)]);
});
