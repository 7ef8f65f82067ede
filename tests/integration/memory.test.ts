/** The store: what is written is found, stays within its limits, and is gone when it is forgotten. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findMoments } from '../../main/memory/find/find-moments.ts';
import { searchText } from '../../main/memory/find/search.ts';
import { readThumbnail, thumbnailAt } from '../../main/memory/find/thumbnails.ts';
import { forget } from '../../main/memory/forget/forget.ts';
import { forgetApplication } from '../../main/memory/forget/forget-application.ts';
import { applyRetention, readLimits, setLimits, usedBytes } from '../../main/memory/forget/retention.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { packEmbedding } from '../../main/memory/store/embedding.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { emptyLog } from '../../main/memory/store/residue.ts';
import { findSource } from '../../main/memory/store/sources.ts';
import { wipe } from '../../main/memory/store/wipe.ts';
import {
  checkIntegrity,
  count,
  filesWith,
  frameRow,
  narrationRow,
  noon,
  session,
  temporaryFolder,
} from '../support/memory.ts';

let folder: ReturnType<typeof temporaryFolder>;
let memory: Connection;
beforeEach(async () => {
  folder = temporaryFolder();
  memory = await openMemory({ folder: folder.path, create: true });
  setLimits(memory, { keepDays: 100_000 }); // what is written here is stamped with a day in the past
});
afterEach(() => {
  memory[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const texts = (found: readonly { utterances: readonly { text: string }[] }[]) =>
  found.flatMap(({ utterances }) => utterances.map(({ text }) => text));

test('nothing of it can be read without the key, and only its owner may read the key', () => {
  session(memory).write([narrationRow(1, 'A secret letter was opened.'), frameRow(1)]);
  // Temporary files would be plain, whatever the key.
  expect(memory.get('PRAGMA temp_store')).toMatchObject({ temp_store: 2 });
  memory[Symbol.dispose]();
  expect(filesWith(folder.path, 'secret letter')).toEqual([]);
  expect(filesWith(folder.path, 'SQLite format 3')).toEqual([]);
  expect(filesWith(folder.path, 'CREATE TABLE')).toEqual([]);
  for (const name of ['memory.db', 'memory.key', 'memory.check']) {
    expect(statSync(join(folder.path, name)).mode & 0o077).toBe(0);
  }
  expect(readFileSync(join(folder.path, 'memory.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
});

describe('search', () => {
  test('finds parts of words in any script, without regard to case and accents', () => {
    session(memory).write([
      narrationRow(1, 'A terminal opened.'),
      narrationRow(100, '터미널에서 메일을 열었다.'),
      narrationRow(200, 'Ein Fenster wurde geöffnet.'),
      narrationRow(300, 'メモ帳が開いた。'),
    ]);
    expect(texts(searchText(memory, 'TERMIN'))).toEqual(['A terminal opened.']);
    expect(texts(searchText(memory, '미널에'))).toEqual(['터미널에서 메일을 열었다.']);
    expect(texts(searchText(memory, '메일'))).toEqual(['터미널에서 메일을 열었다.']); // too short for the index
    expect(texts(searchText(memory, '터미널 메일'))).toEqual(['터미널에서 메일을 열었다.']);
    expect(texts(searchText(memory, 'geoffnet'))).toEqual(['Ein Fenster wurde geöffnet.']);
    expect(texts(searchText(memory, 'モ帳'))).toEqual(['メモ帳が開いた。']);
    expect(searchText(memory, 'terminal 메일')).toEqual([]);
    expect(searchText(memory, '" "')).toEqual([]);
    expect(searchText(memory, '100%')).toEqual([]);
  });

  test('Korean that was typed in decomposed letters is the same Korean', () => {
    session(memory).write([narrationRow(1, '터미널'.normalize('NFD'))]);
    expect(texts(searchText(memory, '터미널'.normalize('NFD')))).toEqual(['터미널']);
  });

  test('finds questions and answers where that is wanted, and says why', () => {
    const answer = { type: 'answer', t: 5, at: noon, query: 'Which editor is open?', text: 'Mousepad.' } as const;
    session(memory).write([answer]);
    expect(searchText(memory, 'editor')).toEqual([]); // nobody saw one
    expect(searchText(memory, 'editor', { answers: true })).toMatchObject([
      { utterances: [{ kind: 'answer', text: 'Mousepad.' }], matched: [{ in: 'query', words: ['editor'] }] },
    ]);
    expect(searchText(memory, 'mousepad editor', { answers: true })[0]!.matched).toEqual([
      { in: 'answer', words: ['mousepad'] },
      { in: 'query', words: ['editor'] },
    ]);
  });

  test('by day, by source, no more than wanted', () => {
    const day = 86_400_000;
    const rows = Array.from({ length: 10 }, (_, i) => narrationRow(100 * i, 'The build failed.', noon + i * day));
    session(memory).write(rows);
    session(memory, { source: '/home/me/Film.mp4', kind: 'file' }).write([narrationRow(0, 'The build failed.')]);
    expect(searchText(memory, 'build')).toHaveLength(11);
    expect(searchText(memory, 'build', { limit: 3 }).map(({ from }) => from)).toEqual([0, 900, 800]);
    expect(searchText(memory, 'build', { source: 'film' }).map(({ source }) => source)).toEqual(['/home/me/Film.mp4']);
    expect(searchText(memory, 'build', { from: noon + day, before: noon + 3 * day }).map(({ at }) => at)).toEqual([
      noon + 2 * day,
      noon + day,
    ]);
  });

  test('a moment has the picture nearest to it', () => {
    const writer = session(memory);
    const jpeg = new Uint8Array([255, 216, 1, 2, 255, 217]);
    const thumbnail = (t: number) => ({ t, at: noon + 1000 * t, width: 4, height: 2, jpeg });
    writer.write([narrationRow(70, 'A window closed.')], [thumbnail(20), thumbnail(65), thumbnail(71), thumbnail(500)]);
    const [moment] = findMoments(memory, 'window');
    expect(moment?.thumbnail?.t).toBe(65);
    expect(readThumbnail(memory, moment!.thumbnail!.id)).toEqual(jpeg);
    expect(thumbnailAt(memory, moment!.session, 450)?.t).toBe(500);
    expect(thumbnailAt(memory, moment!.session, 300)).toBeUndefined();
  });
});

test('stored embeddings are what the database calculates distances with', () => {
  session(memory).write([frameRow(1), frameRow(2), frameRow(3)]);
  const { embedding } = frameRow(2) as { embedding: Float32Array };
  const nearest = memory.all<{ t: number; distance: number }>(
    'SELECT t, vector_distance_cos(embedding, ?) AS distance FROM frames ORDER BY distance',
    packEmbedding(embedding),
  );
  expect(nearest.map(({ t }) => t)).toEqual([2, 1, 3]);
  expect(nearest[0]!.distance).toBeCloseTo(0, 5);
});

describe('forgetting', () => {
  const planted = 'Zanzibar passphrase 4711';
  const jpeg = Uint8Array.from({ length: 9000 }, (_, i) => (i * 31 + (i >> 3)) & 255);

  /** An open memory without encryption, in which something was planted in every kind of row. */
  async function plainMemory(path: string): Promise<Connection> {
    const plain = await openMemory({ folder: path, key: 'none', create: true });
    setLimits(plain, { keepDays: 100_000 });
    const writer = session(plain, { source: `window:${planted}`, instruction: `Watch for ${planted}` });
    for (let i = 0; i < 40; i++) {
      const t = 10 * i;
      const at = noon + 1000 * t;
      writer.write(
        [
          ...[frameRow(t), narrationRow(t, `Number ${i}: ${planted}`)],
          { type: 'answer', t, at, query: `Why ${planted}?`, text: `Because ${planted}.` },
          { type: 'gap', at, from: t, to: t + 1, reason: `${planted}`, dropped: 1 },
        ],
        [{ t, at, width: 4, height: 2, jpeg }],
      );
    }
    session(plain, { source: 'camera' }).write([frameRow(1), narrationRow(1, 'A harmless cat.')]);
    return plain;
  }

  const traces = {
    text: planted,
    picture: jpeg.subarray(100, 140),
    embedding: packEmbedding((frameRow(0) as { embedding: Float32Array }).embedding).subarray(0, 64),
    'index entry': 'anziba',
  };

  test('of a source leaves no byte of it in any file, and everything else', async () => {
    using plainFolder = temporaryFolder();
    {
      using plain = await plainMemory(plainFolder.path);
      emptyLog(plain);
    }
    // First, that a trace would be seen.
    for (const [name, bytes] of Object.entries(traces).slice(0, 3)) {
      expect(filesWith(plainFolder.path, bytes), name).toEqual(['memory.db']);
    }
    {
      using plain = await openMemory({ folder: plainFolder.path, key: 'none' });
      const source = findSource(plain, [`window:${planted}`]);
      expect(forget(plain, { source })).toEqual({ frames: 40, utterances: 80, thumbnails: 40 });
      await wipe(plain);
      checkIntegrity(plain);
      expect(texts(searchText(plain, 'harmless'))).toEqual(['A harmless cat.']);
      expect(searchText(plain, 'zanzibar', { answers: true })).toEqual([]);
    }
    for (const [name, bytes] of Object.entries(traces)) expect(filesWith(plainFolder.path, bytes), name).toEqual([]);
    expect(filesWith(plainFolder.path, 'harmless cat')).toEqual(['memory.db']);
  });

  test('of a span leaves what lies outside it', async () => {
    using plainFolder = temporaryFolder();
    using plain = await plainMemory(plainFolder.path);
    const forgotten = forget(plain, { from: noon + 100_000, to: noon + 190_000 });
    expect(forgotten).toEqual({ frames: 10, utterances: 20, thumbnails: 10 });
    await wipe(plain);
    checkIntegrity(plain);
    plain[Symbol.dispose]();
    expect(filesWith(plainFolder.path, `Number 9: ${planted}`)).toEqual(['memory.db']);
    expect(filesWith(plainFolder.path, `Number 10: ${planted}`)).toEqual([]);
    expect(filesWith(plainFolder.path, `Number 19: ${planted}`)).toEqual([]);
    expect(filesWith(plainFolder.path, `Number 20: ${planted}`)).toEqual(['memory.db']);
  });

  test('of an application takes what was seen around it, and every question that names it', async () => {
    using plainFolder = temporaryFolder();
    using plain = await openMemory({ folder: plainFolder.path, key: 'none', create: true });
    setLimits(plain, { keepDays: 100_000 });
    const frames = Array.from({ length: 60 }, (_, i) => frameRow(10 * i));
    const answer = {
      type: 'answer',
      t: 500,
      at: noon + 500_000,
      query: 'Was the browser open?',
      text: 'Yes.',
    } as const;
    session(plain).write([
      ...frames,
      ...[narrationRow(100, 'A web browser opened.'), narrationRow(150, 'A web browser was moved.')],
      ...[narrationRow(120, 'A menu was opened.'), narrationRow(400, 'A terminal opened.'), answer],
    ]);
    session(plain, { source: 'camera' }).write([frameRow(110)]);
    // 85 to 210 s of the screen, three texts in it, and the question with the frame of its moment.
    expect(forgetApplication(plain, 'browser')).toEqual({ frames: 14, utterances: 4, thumbnails: 0 });
    await wipe(plain);
    checkIntegrity(plain);
    expect(count(plain, 'frames')).toBe(47);
    plain[Symbol.dispose]();
    expect(filesWith(plainFolder.path, 'browser')).toEqual([]);
    expect(filesWith(plainFolder.path, 'A terminal opened.')).toEqual(['memory.db']);
  });

  test('of everything, while another connection is open, leaves nothing', async () => {
    using plainFolder = temporaryFolder();
    {
      using plain = await plainMemory(plainFolder.path);
      using other = await openMemory({ folder: plainFolder.path, key: 'none' });
      expect(searchText(other, 'zanzibar', { limit: 1 })).toHaveLength(1);
      forget(plain, {});
      await wipe(plain);
      expect(['sources', 'sessions', 'frames', 'gaps'].map((table) => count(other, table))).toEqual([0, 0, 0, 0]);
    }
    for (const [name, bytes] of Object.entries(traces)) expect(filesWith(plainFolder.path, bytes), name).toEqual([]);
  });

  test('reaches rows that a recorder has seen but not written yet, and only those', () => {
    const writer = session(memory);
    writer.write([narrationRow(1, 'Written before.')]);
    const now = noon + 10_000;
    forget(memory, { from: noon }, now);
    writer.write([narrationRow(9, 'Seen before, written after.'), narrationRow(11, 'Seen after.')]);
    expect(texts(searchText(memory, 'written'))).toEqual([]);
    expect(texts(searchText(memory, 'seen after'))).toEqual(['Seen after.']);
    // The session was forgotten with all its rows; it goes on under its number.
    expect(memory.all('SELECT count(*) AS n, max(id) AS id FROM sessions')).toMatchObject([{ n: 1, id: 1 }]);
  });

  test('a recorder that starts later is not held to what was forgotten before', () => {
    forget(memory, {}, noon + 10_000);
    session(memory).write([narrationRow(5, 'The clock was set back.')]);
    expect(count(memory, 'utterances')).toBe(1);
  });
});

describe('limits', () => {
  const day = 86_400_000;
  const now = Date.now();

  test('stay as they were set', async () => {
    setLimits(memory, { keepDays: 7 });
    setLimits(memory, { keepBytes: 123_456 });
    setLimits(memory, {});
    memory[Symbol.dispose]();
    memory = await openMemory({ folder: folder.path });
    expect(readLimits(memory)).toEqual({ keepDays: 7, keepBytes: 123_456 });
  });

  /** One frame and one sentence a day, as of `first` to `last` days ago. */
  function daily(first: number, last: number): void {
    const writer = session(memory);
    for (let ago = first; ago >= last; ago--) {
      const at = now - ago * day;
      writer.write([frameRow(1000 - ago, at), narrationRow(1000 - ago, 'The build failed.', at)]);
    }
  }

  test('what is older than the days is deleted, also by a search, and that is told', async () => {
    memory[Symbol.dispose]();
    const told: string[] = [];
    memory = await openMemory({ folder: folder.path, onNotice: (line) => told.push(line) });
    daily(20, 0);
    setLimits(memory, { keepDays: 6.5 });
    expect(findMoments(memory, 'build').flatMap(({ utterances }) => utterances)).toHaveLength(7);
    expect([count(memory, 'frames'), count(memory, 'utterances')]).toEqual([7, 7]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /^The memory has deleted what was older than 6\.5 days: 14 frames, 14 texts, 0 pictures, seen /,
    );
    expect(applyRetention(memory)).toBe(false);
  });

  test('a clock that jumps is no age', () => {
    daily(3, 0);
    setLimits(memory, { keepDays: 30 });
    for (const ahead of [400, 400.2, 500, 40_000])
      expect(applyRetention(memory, now + ahead * day), `${ahead}`).toBe(false);
    // Recorded while it was wrong, both ways.
    session(memory).write([frameRow(1, now + 400 * day), narrationRow(1, 'The build failed.', now + 400 * day)]);
    session(memory).write([frameRow(1, 5e10), narrationRow(1, 'The build failed.', 5e10)]);
    for (let ago = 0; ago < 3; ago += 0.04) expect(applyRetention(memory, now + ago * day)).toBe(false);
    expect(count(memory, 'utterances')).toBe(6);
    // They grow old like everything else.
    for (let days = 3; days <= 36; days++) applyRetention(memory, now + days * day);
    expect(count(memory, 'frames')).toBe(0);
  });

  test('after a long absence, what is old is deleted once the clock is believed', () => {
    daily(3, 0);
    setLimits(memory, { keepDays: 30 });
    const deleted = [0, 100, 101, 102, 103].map((later) => applyRetention(memory, now + later * day));
    expect(deleted).toEqual([false, false, false, false, true]);
    expect(['sources', 'sessions', 'frames', 'utterances'].map((table) => count(memory, table))).toEqual([0, 0, 0, 0]);
  });

  test('ids that are given again are no older than their rows', () => {
    daily(20, 10);
    applyRetention(memory);
    forget(memory, { from: now - 19.5 * day });
    session(memory).write(Array.from({ length: 12 }, (_, i) => frameRow(i, now)));
    setLimits(memory, { keepDays: 5 });
    for (const later of [0, 1, 2]) applyRetention(memory, now + later * day);
    expect(count(memory, 'frames')).toBe(12);
  });

  test('beyond the bytes, the order is that of writing, whatever the clock said', () => {
    const writer = session(memory);
    const part = (first: number, at: number) =>
      writer.write(Array.from({ length: 4000 }, (_, i) => frameRow(first + i, at)));
    part(0, now);
    part(4000, 5e10);
    setLimits(memory, { keepBytes: 1_000_000 });
    expect(applyRetention(memory)).toBe(true);
    const [kept] = memory.all<{ oldest: number; latest: number }>('SELECT min(t) oldest, max(t) latest FROM frames');
    expect(kept).toMatchObject({ latest: 7999 });
    expect(count(memory, 'frames')).toBe(8000 - kept!.oldest);
  });

  test('what is beyond the bytes is deleted, oldest first, and the file becomes smaller', () => {
    const writer = session(memory);
    for (let part = 0; part < 40; part++) {
      writer.write(Array.from({ length: 200 }, (_, i) => frameRow(200 * part + i)));
    }
    emptyLog(memory);
    const before = statSync(join(folder.path, 'memory.db')).size;
    setLimits(memory, { keepBytes: 1_000_000 });
    expect(before).toBeGreaterThan(2_000_000);
    expect(applyRetention(memory)).toBe(true);
    emptyLog(memory);
    expect(usedBytes(memory)).toBeLessThanOrEqual(950_000);
    expect(usedBytes(memory)).toBeGreaterThan(800_000);
    expect(statSync(join(folder.path, 'memory.db')).size).toBeLessThan(1_000_000);
    const [kept] = memory.all<{ oldest: number; latest: number }>('SELECT min(t) oldest, max(t) latest FROM frames');
    expect(kept!.latest).toBe(7999);
    expect(count(memory, 'frames')).toBe(8000 - kept!.oldest);
    checkIntegrity(memory);
  });
});
