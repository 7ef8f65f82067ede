/** An export holds all of a memory, and an import brings all of it back, or says why not and changes nothing. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { searchText } from '../../main/memory/find/search.ts';
import { readLimits, setLimits } from '../../main/memory/forget/retention.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { exportMemory } from '../../main/memory/transfer/export.ts';
import { importMemory } from '../../main/memory/transfer/import.ts';
import { onlooker } from '../support/command-line.ts';
import { checkIntegrity, frameRow, narrationRow, noon, session, temporaryFolder } from '../support/memory.ts';

let folder: ReturnType<typeof temporaryFolder>;
let memory: Connection;
const inFolder = (name: string) => join(folder.path, name);
beforeEach(async () => {
  folder = temporaryFolder();
  memory = await openMemory({ folder: inFolder('memory'), create: true });
  setLimits(memory, { keepDays: 100_000, keepBytes: 123_456_789 });
});
afterEach(() => {
  memory[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const jpeg = (seed: number) => Uint8Array.from({ length: 700 }, (_, i) => (i * seed) & 255);

/** Something of every kind, more frames than are read at once, and ids with holes. */
function fill(connection: Connection): void {
  const forgotten = session(connection, { source: 'camera', kind: 'camera', startedAt: noon - 1 });
  forgotten.write([frameRow(0)]);
  connection.script('DELETE FROM frames; DELETE FROM sessions; DELETE FROM sources;');

  const screen = session(connection);
  screen.write(Array.from({ length: 4500 }, (_, i) => frameRow(i / 2)));
  screen.write(
    [
      { type: 'frame', t: 1 / 3, at: noon, pSilent: 0.1 + 0.2, changed: 0, embedding: undefined },
      narrationRow(1, 'A terminal opened.'),
      narrationRow(2, '터미널\u2028"opened" \\ 🪟\n'),
      { type: 'answer', t: 3, at: noon + 3000, query: 'What is open?', text: 'A terminal.' },
      { type: 'gap', at: noon, from: 1.5, to: 9.25, reason: 'stalled', dropped: 24 },
    ],
    [1, 2, 3].map((t) => ({ t, at: noon + 1000 * t, width: 4, height: 2, jpeg: jpeg(t) })),
  );
  screen.end(noon + 99_000);
  // Two that look alike.
  for (let i = 0; i < 2; i++) {
    const described = { source: '/home/me/Film.mp4', kind: 'file', instruction: 'Watch\u2029for cats.', fps: 0.3 };
    session(connection, described).write(
      [narrationRow(7, `A cat, ${i}.`)],
      [{ t: 7, at: noon, width: 4, height: 2, jpeg: jpeg(7) }],
    );
  }
}

const tables = ['sources', 'sessions', 'frames', 'thumbnails', 'utterances', 'gaps'];

/** Every column of every row; ids as places in their table, because an import gives new ones. */
function allRows(connection: Connection): Record<string, unknown[]> {
  const places = (table: string) =>
    new Map(connection.all<{ id: number }>(`SELECT id FROM ${table} ORDER BY id`).map(({ id }, i) => [id, i]));
  const sources = places('sources');
  const sessions = places('sessions');
  const rows = (table: string) =>
    connection
      .all<Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY id`)
      .map(({ id, source_id, session_id, ...row }) => ({
        ...row,
        source: sources.get(source_id as number),
        session: sessions.get(session_id as number),
      }));
  return Object.fromEntries(tables.map((table) => [table, rows(table)]));
}

test('a round trip loses nothing', async () => {
  fill(memory);
  const counts = { sources: 2, sessions: 3, frames: 4501, thumbnails: 5, utterances: 5, gaps: 1 };
  expect(await exportMemory(memory, inFolder('out'))).toEqual(counts);
  expect(await importMemory(inFolder('out'), { folder: inFolder('copy') })).toEqual({ rows: counts, known: 0 });

  using copy = await openMemory({ folder: inFolder('copy'), check: true });
  expect(allRows(copy)).toEqual(allRows(memory));
  expect(readLimits(copy)).toEqual({ keepDays: 100_000, keepBytes: 2_000_000_000 });
  checkIntegrity(copy);
  expect(searchText(copy, '미널')).toHaveLength(1);
  // And nothing was left out of the comparison, or of the export; stretches are made anew.
  const names = memory.all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
  );
  expect(names.map(({ name }) => name).sort()).toEqual(
    [
      ...[...tables, 'ages', 'bin_blocks', 'forgotten', 'residue', 'retention', 'stretch_blocks', 'trigram_blocks'],
      ...['trigram_shards', 'used_time', 'wiping'],
    ].sort(),
  );
});

test('an export is a whole folder that only its owner can read, and takes no notice of rows written meanwhile', async () => {
  fill(memory);
  mkdirSync(inFolder('out'));
  using other = await openMemory({ folder: inFolder('memory') });
  const exporting = exportMemory(memory, inFolder('out'));
  const begun = () => readdirSync(folder.path, { recursive: true }).some((name) => `${name}`.endsWith('frames.jsonl'));
  while (!begun()) await nextTurn();
  session(other, { startedAt: noon + 5 }).write([frameRow(1), narrationRow(1, 'Meanwhile.')]);
  expect(await exporting).toMatchObject({ sessions: 3, utterances: 5 });
  expect(readdirSync(folder.path).sort()).toEqual(['memory', 'out']);
  const lines = readFileSync(join(inFolder('out'), 'utterances.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(lines[0]!)).toMatchObject({ t: 1, kind: 'narration', text: 'A terminal opened.', query: null });
  for (const name of ['.', 'utterances.jsonl', 'onlooker-memory.json', 'pictures', 'pictures/1.jpg']) {
    expect(statSync(join(inFolder('out'), name)).mode & 0o077, name).toBe(0);
  }
});

test('an export writes over nothing, and leaves nothing behind when it is interrupted', async () => {
  fill(memory);
  mkdirSync(inFolder('out'));
  writeFileSync(join(inFolder('out'), 'letter.txt'), 'Dear');
  await expect(exportMemory(memory, inFolder('out'))).rejects.toMatchObject({ code: 'usage' });
  await expect(exportMemory(memory, join(inFolder('out'), 'letter.txt', 'x'))).rejects.toMatchObject({
    code: 'output-unwritable',
  });
  const signal = AbortSignal.abort();
  await expect(exportMemory(memory, inFolder('new'), { signal })).rejects.toThrow(/abort/i);
  expect(readdirSync(folder.path).sort()).toEqual(['memory', 'out']);
  expect(readdirSync(inFolder('out'))).toEqual(['letter.txt']);
});

test('what is there stays: sessions it has are left out, others are added, limits are kept', async () => {
  fill(memory);
  await exportMemory(memory, inFolder('out'));
  memory.run("UPDATE utterances SET text = 'Changed.' WHERE text = 'A terminal opened.'");
  memory.run('DELETE FROM utterances WHERE session_id = 4');
  memory.run('DELETE FROM thumbnails WHERE session_id = 4');
  memory.run('DELETE FROM sessions WHERE id = 4');
  setLimits(memory, { keepBytes: 987_654_321 });
  const before = allRows(memory);
  // Of the two that look alike one is still there, so neither is touched.
  expect(await importMemory(inFolder('out'), { folder: inFolder('memory') })).toMatchObject({ known: 3 });
  expect(allRows(memory)).toEqual(before);

  using other = await openMemory({ folder: inFolder('other'), create: true });
  setLimits(other, { keepDays: 100_000 });
  session(other).write([narrationRow(1, 'The same screen, at the same time.')]);
  session(other, { startedAt: noon - 1000 }).write([narrationRow(1, 'The same screen, at another time.')]);
  const { rows, known } = await importMemory(inFolder('out'), { folder: inFolder('other') });
  expect([rows, known]).toEqual([{ sources: 1, sessions: 2, frames: 0, thumbnails: 2, utterances: 2, gaps: 0 }, 1]);
  expect(searchText(other, 'screen')).toHaveLength(2);
  expect(searchText(other, 'cat').map(({ source }) => source)).toEqual(['/home/me/Film.mp4', '/home/me/Film.mp4']);
  expect(readLimits(other).keepBytes).toBe(2_000_000_000);
  checkIntegrity(other);
});

test('an export cannot make a new memory keep less than it would', async () => {
  fill(memory);
  await exportMemory(memory, inFolder('out'));
  const manifest = join(inFolder('out'), 'onlooker-memory.json');
  const written = JSON.parse(readFileSync(manifest, 'utf8'));
  const limits = { keepDays: 1e-5, keepBytes: 1 };
  writeFileSync(manifest, JSON.stringify({ ...written, limits }));
  await importMemory(inFolder('out'), { folder: inFolder('copy') });
  using copy = await openMemory({ folder: inFolder('copy') });
  expect(readLimits(copy)).toEqual({ keepDays: 90, keepBytes: 2_000_000_000 });
});

describe('a damaged or foreign folder is refused, and nothing of it is imported', () => {
  const change = (name: string, edit: (text: string) => string) => {
    const path = join(inFolder('out'), name);
    writeFileSync(path, edit(readFileSync(path, 'latin1')), 'latin1');
  };
  /** As somebody would who knows the format. */
  const forge = (table: string, edit: (text: string) => string) => {
    change(`${table}.jsonl`, edit);
    const text = readFileSync(join(inFolder('out'), `${table}.jsonl`), 'utf8');
    change('onlooker-memory.json', (json) => {
      const manifest = JSON.parse(json);
      const sha256 = createHash('sha256').update(text).digest('hex');
      manifest.tables[table] = { rows: text.split('\n').length - 1, sha256 };
      return JSON.stringify(manifest);
    });
  };
  const remove = (name: string) => rmSync(join(inFolder('out'), name));

  test.each<[string, RegExp, () => void]>([
    ['no manifest', /holds no exported memory.*onlooker export/, () => remove('onlooker-memory.json')],
    ['another format', /format 2.*Update/, () => change('onlooker-memory.json', (s) => s.replace('1', '2'))],
    ['no JSON', /damaged/, () => change('onlooker-memory.json', (s) => s.slice(0, -9))],
    ['other fields', /damaged/, () => change('onlooker-memory.json', (s) => s.replace('gaps', 'gasp'))],
    ['a file is gone', /gaps\.jsonl cannot be read/, () => remove('gaps.jsonl')],
    ['a picture is gone', /pictures\/2\.jpg cannot be read/, () => remove('pictures/2.jpg')],
    ['a picture was changed', /pictures\/3\.jpg is not/, () => change('pictures/3.jpg', (s) => `${s} `)],
    [
      'a word was changed',
      /utterances\.jsonl is not/,
      () => change('utterances.jsonl', (s) => s.replace('cat', 'dog')),
    ],
    ['a row is gone', /frames\.jsonl is not/, () => change('frames.jsonl', (s) => s.replace(/^.*\n/, ''))],
    ['the end is gone', /damaged/, () => change('utterances.jsonl', (s) => s.slice(0, -3))],
    ['a row without its parent', /belongs to another/, () => forge('sessions', (s) => s.replace(/^.*\n/, ''))],
    ['a field is gone', /row that cannot be meant/, () => forge('frames', (s) => s.replace('"t":', '"T":'))],
    [
      'a bundle by its folder',
      /names a bundle that can be none/,
      () => forge('sessions', (s) => s.replace('"bundle":"', '"bundle":"/tmp/')),
    ],
    [
      'a moment after all calendars',
      /cannot be meant/,
      () => forge('frames', (s) => s.replace(/"at":\d+/, '"at":9e15')),
    ],
    ['a moment before them', /cannot be meant/, () => forge('utterances', (s) => s.replace(/"at":\d+/, '"at":-9e14'))],
    ['a media time without an end', /cannot be meant/, () => forge('frames', (s) => s.replace('"t":0,', '"t":1e308,'))],
    ['no frames a second', /cannot be meant/, () => forge('sessions', (s) => s.replace(/"fps":[\d.]+/, '"fps":0'))],
    ['a row without an end', /gaps\.jsonl cannot be read/, () => forge('gaps', () => ' '.repeat(3e6))],
    [
      'a pipe',
      /gaps\.jsonl cannot be read/,
      () => {
        remove('gaps.jsonl');
        execFileSync('mkfifo', [join(inFolder('out'), 'gaps.jsonl')]);
      },
    ],
    ['a kind there is not', /row that cannot be meant/, () => forge('utterances', (s) => s.replace('narr', 'n'))],
    ['an embedding cut short', /cannot be meant/, () => forge('frames', (s) => s.replace(/g":".{9}/, 'g":"'))],
    [
      'a row that names a file',
      /cannot be meant/,
      () => forge('thumbnails', (s) => s.replace('1,', '"../memory/memory",')),
    ],
  ])('%s', async (_, message, damage) => {
    fill(memory);
    await exportMemory(memory, inFolder('out'));
    damage();
    using other = await openMemory({ folder: inFolder('other'), create: true });
    session(other, { startedAt: noon + 7 }).write([narrationRow(1, 'It was there.')]);
    const before = allRows(other);
    await expect(importMemory(inFolder('out'), { folder: inFolder('other') })).rejects.toMatchObject({
      code: 'export-unusable',
      message: expect.stringMatching(message),
    });
    expect(allRows(other)).toEqual(before);
  });
});

test('on the command line', async () => {
  fill(memory);
  const out = inFolder('out');
  const exported = await onlooker('export', '--out', out, '--memory', inFolder('memory'));
  expect(exported).toMatchObject({
    code: 0,
    stdout: `Exported to ${out}: 3 sessions, 4501 frames, 5 texts, 5 pictures.\n`,
    stderr: expect.stringMatching(/not encrypted/),
  });
  const copy = ['--memory', inFolder('copy')];
  expect((await onlooker('import', out, ...copy)).stdout).toBe(
    'Imported: 3 sessions, 4501 frames, 5 texts, 5 pictures.\n',
  );
  expect((await onlooker('import', out, ...copy)).stdout).toMatch(/: 0 sessions.* Sessions that were there already: 3/);
  expect(await onlooker('export', '--out', out, ...copy)).toMatchObject({ code: 2, stdout: '' });
  expect(await onlooker('export', ...copy)).toMatchObject({ code: 2, stderr: expect.stringContaining('--out DIR') });
  expect(await onlooker('import', inFolder('memory'), ...copy)).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('holds no exported memory'),
  });
  expect(await onlooker('import')).toMatchObject({ code: 2 });
});
