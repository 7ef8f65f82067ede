/** What was forgotten is in no byte of any file, whatever was written, deleted and moved before. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { searchText } from '../../main/memory/find/search.ts';
import { forget } from '../../main/memory/forget/forget.ts';
import { setLimits } from '../../main/memory/forget/retention.ts';
import { Connection } from '../../main/memory/store/connection.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { migrate } from '../../main/memory/store/schema.ts';
import { storeTrigrams } from '../../main/memory/store/trigram-blocks.ts';
import { wipe } from '../../main/memory/store/wipe.ts';
import { Random } from '../../native-models/desk-world/random.ts';
import { checkIntegrity, count, filesWith, narrationRow, noon, session, temporaryFolder } from '../support/memory.ts';
import { momentsKept, seenAt, tracesIn } from '../support/traces.ts';

const forgets = fileURLToPath(new URL('../support/forgets-fast.ts', import.meta.url));
const open = async (folder: string) => {
  const memory = await openMemory({ folder, key: 'none', create: true });
  setLimits(memory, { keepDays: 100_000 });
  return memory;
};
const span = (from: number, to: number) => ({ from: noon + 1000 * from, to: noon + 1000 * to });

// In these histories SQLite leaves copies, which are found if they are not cleared.
test.each([1, 21, 36, 45, 48, 67])('history %i: spans are forgotten while more is written', async (seed) => {
  using folder = temporaryFolder();
  const random = new Random(seed);
  let next = 0;
  const gone = new Set<number>();
  const kept = new Set<number>();
  {
    using memory = await open(folder.path);
    session(memory, { startedAt: 1 }).write([narrationRow(-1, 'The first one.')]);
    memory.run('UPDATE utterances SET id = 1900'); // so that the first block of the index is full before long
  }
  for (const moments of [900, 200, 50, 300]) {
    {
      using memory = await open(folder.path);
      using other = await open(folder.path); // as a window beside the recorder
      const writer = session(memory, { startedAt: 1 });
      for (const end = next + moments; next < end; ) {
        const size = random.pick([1, 2, 40]);
        const seen = Array.from({ length: size }, (_, i) => seenAt(next + i));
        // Out of order now and then, so that rows go between others.
        const order = random.chance(0.5) ? seen.toReversed() : seen;
        writer.write(
          order.flatMap(({ rows }) => rows),
          order.flatMap(({ thumbnails }) => thumbnails),
        );
        for (let i = 0; i < size; i++) kept.add(next++);
      }
      for (let spans = random.int(1, 5); spans > 0; spans--) {
        storeTrigrams(random.pick([memory, other]));
        const length = random.pick([1, 5, 20]);
        const from = random.chance(0.3) ? next - length : random.int(0, next - length);
        forget(random.pick([memory, other]), span(from, from + length), 0);
        for (let moment = from; moment < from + length; moment++) if (kept.delete(moment)) gone.add(moment);
      }
      await wipe(other);
      storeTrigrams(memory);
      expect(count(memory, 'trigram_blocks')).toBe(1);
      checkIntegrity(memory);
      expect(momentsKept(memory)).toEqual([...kept].sort((a, b) => a - b));
    }
    expect(tracesIn(folder.path, gone)).toEqual([]);
  }
  // That a trace would be seen.
  const seen = new Set(tracesIn(folder.path, kept));
  for (const moment of kept) {
    expect(seen).toContain(`at of ${moment}`);
    expect(seen).toContain(`embedding of ${moment}`);
    if (moment % 3 === 0) expect(seen).toContain(`mark of ${moment}`);
  }
});

test('a forgetting that is killed is finished by whoever opens the memory next', { timeout: 60_000 }, async () => {
  using folder = temporaryFolder();
  {
    using memory = await open(folder.path);
    const writer = session(memory, { startedAt: 1 });
    for (let moment = 0; moment < 2000; moment++) {
      const { rows, thumbnails } = seenAt(moment);
      writer.write(rows, thumbnails);
    }
  }
  let begun = 0;
  for (let kill = 0; kill < 12; kill++) {
    const child = spawn(process.execPath, [forgets, folder.path, String(begun)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    while (printed === '') await once(child.stdout, 'data');
    await sleep(Math.random() * 40);
    child.kill('SIGKILL');
    await once(child, 'close');
    begun = Number(printed.trim().split('\n').at(-1));
    let first: number;
    {
      using memory = await open(folder.path);
      [first] = momentsKept(memory) as [number];
      checkIntegrity(memory);
      expect([begun, begun + 10]).toContain(first); // all of the last or nothing of it
      expect(momentsKept(memory)).toHaveLength(2000 - first);
    }
    expect(
      tracesIn(
        folder.path,
        Array.from({ length: first }, (_, i) => i),
      ),
    ).toEqual([]);
  }
});

test('a memory of an earlier version is looked through in steps, others write between them, and a kill is made good', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'memory.db');
  makeOldMemory(path);
  const places = () => ['Zanzibar', 'residuequartz', 'harmless'].map((text) => filesWith(folder.path, text));
  expect(places()).toEqual([['memory.db'], ['memory.db'], ['memory.db']]);
  {
    using memory = await open(folder.path);
    expect(searchText(memory, 'zanzibar')).toHaveLength(1);
    expect(forget(memory, span(0, 10)).utterances).toBe(1);
    const ended = wipe(memory, {
      onProgress() {
        throw new Error('ended');
      },
    });
    await expect(ended).rejects.toThrow('ended');
  }
  expect(places()[1]).toEqual(['memory.db']);
  (await open(folder.path))[Symbol.dispose](); // finishes it
  expect(places()).toEqual([[], [], ['memory.db']]);

  using memory = await open(folder.path);
  memory.run('UPDATE wiping SET swept = 0');
  using other = new Connection(path, { busyMs: 0 }); // does not wait for anybody
  const writer = session(other, { startedAt: 1 });
  const shares: number[] = [];
  await wipe(memory, {
    onProgress(share) {
      shares.push(share);
      writer.write([narrationRow(100 + shares.length, 'Written meanwhile.')]);
    },
  });
  expect(shares).toEqual([expect.closeTo(0.8, 1)]);
  expect(searchText(memory, 'meanwhile')).toHaveLength(1);
  checkIntegrity(memory);
});

/** Version 8, with the words in FTS5's index, and a text in the unallocated space of the last page that has room for it. */
function makeOldMemory(path: string): void {
  using old = new Connection(path);
  old.script('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON');
  migrate(old, 8);
  old.script("INSERT INTO sources VALUES (1, 'screen', 'screen')");
  old.script("INSERT INTO sessions(id, source_id, bundle, fps, started_at) VALUES (1, 1, 'desk-nano', 2, 0)");
  const says = "INSERT INTO utterances(session_id, t, at, kind, text) VALUES (1, ?, ?, 'narration', ?)";
  old.run(says, 5, noon + 5000, 'A secret of Zanzibar.');
  old.run(says, 50, noon + 50_000, 'A harmless cat.');
  const large =
    'INSERT INTO thumbnails(session_id, t, at, width, height, jpeg) VALUES (1, 50, ?, 4, 2, zeroblob(3000))';
  old.transaction(() => {
    for (let i = 0; i < 1850; i++) old.run(large, noon + 50_000);
  });
  const pages = old.all<{ pgno: number; data: Uint8Array }>('SELECT pgno, data FROM sqlite_dbpage ORDER BY pgno DESC');
  for (const { pgno, data } of pages) {
    const view = new DataView(data.buffer);
    const [from, to] = [8 + 2 * view.getUint16(3), view.getUint16(5)];
    if (data[0] !== 13 || to - from < 100) continue; // no leaf of a table
    data.set(Buffer.from('residuequartz'), from + 10);
    old.run('UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?', data, pgno);
    break;
  }
  old.all('PRAGMA wal_checkpoint(TRUNCATE)');
}
