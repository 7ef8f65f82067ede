/** The index of words: it finds and ranks as FTS5 does, and forgets with its rows. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rankedTexts } from '../../main/memory/find/ranked-texts.ts';
import { forget } from '../../main/memory/forget/forget.ts';
import { setLimits } from '../../main/memory/forget/retention.ts';
import type { Row } from '../../main/memory/record/recorder-messages.ts';
import { Connection } from '../../main/memory/store/connection.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { parseSearch } from '../../main/memory/store/search-terms.ts';
import { storeTrigrams } from '../../main/memory/store/trigram-blocks.ts';
import { Random } from '../../native-models/desk-world/random.ts';
import { checkIntegrity, count, narrationRow, noon, session, temporaryFolder } from '../support/memory.ts';

let folder: ReturnType<typeof temporaryFolder>;
let memory: Connection;
beforeEach(async () => {
  folder = temporaryFolder();
  memory = await openMemory({ folder: folder.path, key: 'none', create: true });
  setLimits(memory, { keepDays: 100_000 });
});
afterEach(() => {
  memory[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const words = [
  'terminal',
  'Terminal',
  'GEÖFFNET',
  'geöffnet',
  'caffè',
  '터미널에서',
  '메일을',
  'メモ帳が',
  'ガード',
  '開いた',
  '文件管理器',
  'Ошибка',
  'ΟΔΟΣ',
  'οδός',
  'aaaa',
  'a',
  'in',
  '🙂🙃🙂',
  'build-7',
  '100%',
  'x.y.z',
];
const searched = [
  'term',
  'minal',
  'TERMINAL',
  'geoffnet',
  'ffè caf',
  'caffe',
  '미널에',
  '메일을',
  'モ帳が',
  'カード',
  'ガード',
  '件管理',
  'ошибка',
  'οδοσ',
  'οδος',
  'aaa',
  'aaaa',
  '🙂🙃🙂',
  '🙃🙂t',
  'build',
  '"in term"',
  'uild-7 100%',
  'terminal 메일을',
  'a terminal aaaa',
  'x.y.z minal',
  'nowhere',
  'term nowhere',
];

test('it finds what FTS5 finds, and in its order', { timeout: 60_000 }, () => {
  const random = new Random(5);
  using fts5 = new Connection(join(folder.path, 'fts5.db'));
  fts5.script("CREATE VIRTUAL TABLE said USING fts5(query, text, tokenize = 'trigram remove_diacritics 1')");
  const text = () =>
    Array.from({ length: random.int(1, 12) }, () => random.pick(words)).join(random.pick([' ', ' ', '']));
  const rows = Array.from({ length: 5000 }, (_, t): Row => {
    const at = noon + 1000 * t;
    return random.chance(0.1) ? { type: 'answer', t, at, query: text(), text: text() } : narrationRow(t, text());
  });
  session(memory).write(rows);
  expect(storeTrigrams(memory)).toBe(2); // the third is not full yet

  const compare = () => {
    fts5.script('DELETE FROM said');
    fts5.transaction(() => {
      for (const row of memory.all<{ id: number; query: string | null; text: string }>(
        'SELECT id, query, text FROM utterances',
      )) {
        fts5.run('INSERT INTO said(rowid, query, text) VALUES (?, ?, ?)', row.id, row.query, row.text);
      }
    });
    for (const typed of searched) {
      const { indexed, words: all } = parseSearch(typed);
      const long = all.filter((word) => [...word].length >= 3);
      const match = long.map((word) => `"${word}"`).join(' AND ');
      const wanted = fts5.all<{ id: number; rank: number }>(
        'SELECT rowid AS id, rank FROM said WHERE said MATCH ? ORDER BY rank, rowid DESC',
        match,
      );
      const found = memory.snapshot(() => rankedTexts(memory, indexed));
      const ascending = (one: number, other: number) => one - other;
      expect(found.map(({ id }) => id).sort(ascending), typed).toEqual(wanted.map(({ id }) => id).sort(ascending));
      const ranks = new Map(wanted.map(({ id, rank }) => [id, rank]));
      for (const { id, rank } of found) expect(rank, typed).toBeCloseTo(ranks.get(id)!, 9);
      for (const [i, one] of found.entries()) expect(i === 0 || found[i - 1]!.rank <= one.rank).toBe(true);
    }
  };
  compare();
  forget(memory, { from: noon + 300_000, to: noon + 500_000 }); // in the first block
  expect(count(memory, 'trigram_blocks')).toBe(1);
  compare();
  expect(storeTrigrams(memory)).toBe(1);
  checkIntegrity(memory);
  compare();
});
