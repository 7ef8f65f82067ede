/** What was forgotten is in no byte of any file, whatever was written, deleted and moved before. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { forget } from '../../main/memory/forget/forget.ts';
import { setLimits } from '../../main/memory/forget/retention.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { wipe } from '../../main/memory/store/wipe.ts';
import { Random } from '../../native-models/desk-world/random.ts';
import { checkIntegrity, noon, session, temporaryFolder } from '../support/memory.ts';
import { momentsKept, seenAt, tracesIn } from '../support/traces.ts';

const forgets = fileURLToPath(new URL('../support/forgets-fast.ts', import.meta.url));
const open = async (folder: string) => {
  const memory = await openMemory({ folder, key: 'none', create: true });
  setLimits(memory, { keepDays: 100_000 });
  return memory;
};
const span = (from: number, to: number) => ({ from: noon + 1000 * from, to: noon + 1000 * to });

// In these histories SQLite leaves copies, which are found if they are not cleared.
test.each([1, 8, 11, 21, 22, 23])('history %i: spans are forgotten while more is written', async (seed) => {
  using folder = temporaryFolder();
  const random = new Random(seed);
  let next = 0;
  const gone = new Set<number>();
  const kept = new Set<number>();
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
        const length = random.pick([1, 5, 20]);
        const from = random.chance(0.3) ? next - length : random.int(0, next - length);
        forget(random.pick([memory, other]), span(from, from + length), 0);
        for (let moment = from; moment < from + length; moment++) if (kept.delete(moment)) gone.add(moment);
      }
      await wipe(other);
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
