/** Recording and what may come between: other programs, kills, a full disk, a clock that is set. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { searchText } from '../../main/memory/find/search.ts';
import { forget } from '../../main/memory/forget/forget.ts';
import { setLimits } from '../../main/memory/forget/retention.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { wipe } from '../../main/memory/store/wipe.ts';
import { checkIntegrity, count, frameRow, narrationRow, noon, session, temporaryFolder } from '../support/memory.ts';
import { missingPrograms } from '../support/needs.ts';
import { Recording } from '../support/recording.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const reopen = () => openMemory({ folder: folder.path, create: true, check: true });

describe('two programs', () => {
  test('a lock that is held for long is waited for, and then named', async () => {
    using memory = await openMemory({ folder: folder.path, create: true });
    setLimits(memory, { keepDays: 100_000 });
    session(memory).write([frameRow(1), narrationRow(1, 'Number 77 happened.')]);
    using other = await openMemory({ folder: folder.path });
    other.script('BEGIN IMMEDIATE');
    expect(() => forget(memory, {})).toThrow(expect.objectContaining({ code: 'memory-busy', exitCode: 5 }));
    expect(searchText(memory, 'number 77 happened')).not.toEqual([]); // reading goes on
    other.script('ROLLBACK');
    expect(forget(memory, {}).frames).toBe(1);
  });

  test('two record at once, each its own session', async () => {
    await using first = new Recording(folder.path);
    await using second = new Recording(folder.path);
    await first.until(({ written }) => written >= 100);
    await second.until(({ written }) => written >= 100);
    await Promise.all([first.end(), second.end()]);
    expect([first.notices, second.notices]).toEqual([[], []]);
    using memory = await reopen();
    checkIntegrity(memory);
    const sessions = [1, 2].map((id) =>
      memory
        .all<{ text: string }>('SELECT text FROM utterances WHERE session_id = ? ORDER BY id', id)
        .map(({ text }) => text),
    );
    for (const texts of sessions) expect(texts).toEqual(texts.map((_, i) => `Event ${i}`));
    const lengths = sessions.map(({ length }) => 2 * length);
    expect(lengths.toSorted()).toEqual([first.recorded, second.recorded].toSorted());
  });

  test('one records while another searches and forgets', async () => {
    await using recording = new Recording(folder.path);
    await recording.until(({ written }) => written >= 100);
    {
      using memory = await openMemory({ folder: folder.path });
      expect(searchText(memory, '"Event 3"')).not.toEqual([]);
      const all = forget(memory, {});
      expect(all.frames).toBeGreaterThanOrEqual(50);
      await wipe(memory);
    }
    const { written } = recording;
    await recording.until((now) => now.written >= written + 400);
    await recording.end();
    using memory = await reopen();
    checkIntegrity(memory);
    expect(
      searchText(memory, '"Event 3"').flatMap(({ utterances }) => utterances.map(({ text }) => text)),
    ).not.toContain('Event 3');
    const kept = memory.all<{ text: string }>('SELECT text FROM utterances ORDER BY id').map(({ text }) => text);
    const first = Number(kept[0]!.slice(6));
    expect(kept).toEqual(Array.from({ length: recording.recorded / 2 - first }, (_, i) => `Event ${first + i}`));
  });
});

test('killed at random moments, nothing committed is lost and nothing is damaged', async () => {
  let left = Number(process.env.ONLOOKER_KILLS ?? 20);
  let most = 0;
  const killOn = async () => {
    using own = temporaryFolder();
    while (left-- > 0) {
      const { written, session: number } = await killedRecording(own.path);
      using memory = await openMemory({ folder: own.path, create: true, check: true });
      checkIntegrity(memory);
      const texts = memory.all<{ text: string }>(
        'SELECT text FROM utterances WHERE session_id = ? ORDER BY id',
        ...[number],
      );
      const frames = memory.all<{ t: number }>('SELECT t FROM frames WHERE session_id = ? ORDER BY id', number);
      // In order, without holes, and at least as many as it said were safe.
      expect(texts.map(({ text }) => text)).toEqual(texts.map((_, i) => `Event ${i}`));
      expect(frames.map(({ t }) => t)).toEqual(frames.map((_, i) => i / 2));
      expect(texts.length + frames.length).toBeGreaterThanOrEqual(written);
      most = Math.max(most, written);
    }
  };
  // Four memories at a time: a recording that is killed after seconds spends them waiting.
  await Promise.all(Array.from({ length: 4 }, killOn));
  expect(most).toBeGreaterThan(0); // some were killed in the midst of it
}, 600_000);

describe.skipIf(missingPrograms('prlimit'))('a full disk', () => {
  test('recording stops, the user is told once, and it goes on when there is room', async () => {
    // A limit on the size of files is a disk that is full for this one program.
    await using recording = new Recording(folder.path, { limitBlocks: 300 });
    await recording.until(({ notices }) => notices.length > 0);
    expect(recording.notices).toEqual([expect.stringMatching(/^Cannot write the memory in .*Watching goes on/)]);
    const { written } = recording;
    await sleep(1500); // tried again in vain, without a word
    expect([recording.notices.length, recording.written]).toEqual([1, written]);
    {
      using memory = await reopen(); // and whole, as far as it goes
      checkIntegrity(memory);
    }
    spawnSync('prlimit', ['--pid', String(recording.pid), '--fsize=unlimited']);
    // That there is room is said right after the rows are safe: wait for both.
    await recording.until((now) => now.written > written + 100 && now.notices.length > 1);
    expect(recording.notices.slice(1)).toEqual(['There is room again: the memory goes on recording.']);
    await recording.end();
    using memory = await reopen();
    checkIntegrity(memory);
    // What was seen while there was no room was kept for later.
    const texts = memory.all<{ text: string }>('SELECT text FROM utterances ORDER BY id').map(({ text }) => text);
    expect(texts).toEqual(Array.from({ length: recording.recorded / 2 }, (_, i) => `Event ${i}`));
  });

  test('from the first byte on: an error that says so', async () => {
    await using recording = new Recording(folder.path, { limitBlocks: 8 });
    await recording.ended;
    expect(recording.stderr).toMatch(/memory-unwritable|Cannot write the memory/);
  });
});

describe('a clock that is set', () => {
  test('back: order is that of what happened, durations are those of the stream', async () => {
    using memory = await openMemory({ folder: folder.path, create: true });
    setLimits(memory, { keepDays: 100_000 });
    const hour = 3_600_000;
    session(memory).write([
      narrationRow(10, 'The build started.', noon),
      narrationRow(12, 'The build failed.', noon - hour), // two seconds later, says the stream
      narrationRow(3600, 'The build was repeated.', noon),
    ]);
    session(memory).write([narrationRow(0, 'A build in the next run.', noon - 2 * hour)]);
    const moments = searchText(memory, 'build');
    const first = moments.find(({ session: number, from }) => number === 1 && from === 10)!;
    expect([first.to, first.utterances.map(({ text }) => text)]).toEqual([
      12,
      ['The build started.', 'The build failed.'],
    ]);
    const inOrder = memory.all<{ text: string }>('SELECT text FROM utterances ORDER BY id').map(({ text }) => text);
    expect(inOrder.at(-1)).toBe('A build in the next run.');
  });

  test('back while it records: what was seen since is recorded after a forgetting, too', async () => {
    using memory = await openMemory({ folder: folder.path, create: true });
    setLimits(memory, { keepDays: 100_000 });
    const hour = 3_600_000;
    session(memory).write([narrationRow(1, 'Before the clock was set.', noon)]);
    expect(forget(memory, { from: noon - hour - 300_000 }, noon - hour).utterances).toBe(1);
    session(memory).write([narrationRow(2, 'After it was set.', noon - hour + 1000)]);
    expect(count(memory, 'utterances')).toBe(1);
  });
});
/** Runs `records.ts` for a random while and kills it. */
async function killedRecording(into: string): Promise<{ written: number; session: number }> {
  await using recording = new Recording(into);
  await recording.until(({ recording: ready }) => ready);
  await sleep(500 + Math.random() * 2500); // the first rows are written after a second
  recording.kill();
  await recording.ended;
  using memory = await openMemory({ folder: into });
  const { session: number } = memory.get<{ session: number }>('SELECT max(id) AS session FROM sessions')!;
  return { written: recording.written, session: number };
}
