/** Whatever happens to a memory: nothing that was written is lost or overwritten, and the user is told what to do. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OnlookerError } from '../../main/errors.ts';
import { forget, wipe } from '../../main/memory/forget.ts';
import { forgetEverything } from '../../main/memory/forget-everything.ts';
import { openMemory } from '../../main/memory/open-memory.ts';
import { openRecorder } from '../../main/memory/recorder.ts';
import { setLimits } from '../../main/memory/retention.ts';
import { searchText } from '../../main/memory/search.ts';
import { checkIntegrity, count, frameRow, narrationRow, noon, session, temporaryFolder } from '../support/memory.ts';
import { missingPrograms } from '../support/needs.ts';
import { Recording } from '../support/recording.ts';

const makes = fileURLToPath(new URL('../support/makes-memory.ts', import.meta.url));

/**
 * A memory of some hundred pages. It is made by a process of its own: libsql lets go of a file when it likes, and then
 * SQLite would put in order what is damaged here.
 */
const sample = temporaryFolder();
beforeAll(() => {
  const made = spawnSync(process.execPath, [makes, sample.path], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
});
afterAll(() => sample[Symbol.dispose]());

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());
const path = (name = '') => join(folder.path, name);
const copySample = () => cpSync(sample.path, folder.path, { recursive: true });

async function refusal(opening: Promise<unknown>): Promise<OnlookerError> {
  const error = await opening.then(
    () => expect.unreachable('it was opened'),
    (caught: unknown) => caught,
  );
  if (!(error instanceof OnlookerError)) throw error;
  expect(error.message).not.toContain('\n');
  return error;
}

const reopen = () => openMemory({ folder: folder.path, create: true, check: true });
const record = () => openRecorder({ folder: folder.path, source: 'screen', kind: 'screen' });

describe('keys', () => {
  beforeEach(copySample);

  test('another key: nothing is touched, and the right one opens it again', async () => {
    const before = readFileSync(path('memory.db'));
    const key = readFileSync(path('memory.key'));
    writeFileSync(path('memory.key'), `${'0123456789abcdef'.repeat(4)}\n`);
    expect(await refusal(reopen())).toMatchObject({ code: 'memory-locked', exitCode: 4 });
    expect(readFileSync(path('memory.db')).equals(before)).toBe(true);
    writeFileSync(path('memory.key'), key);
    using memory = await reopen();
    expect(count(memory, 'frames')).toBe(1000);
  });

  test('another key, and nothing that tells keys apart: nothing is moved', async () => {
    rmSync(path('memory.check'));
    writeFileSync(path('memory.key'), `${'f'.repeat(64)}\n`);
    const error = await refusal(reopen());
    expect([error.code, error.message]).toEqual(['memory-locked', expect.stringMatching(/damaged, or the key is an/)]);
    expect(existsSync(path('memory.db'))).toBe(true);
  });

  test('a key that is gone is not replaced by a new one', async () => {
    rmSync(path('memory.key'));
    const error = await refusal(reopen());
    expect([error.code, error.message]).toEqual(['memory-locked', expect.stringMatching(/memory\.key does not exist/)]);
    expect(existsSync(path('memory.key'))).toBe(false);
  });

  test.each([0o640, 0o604, 0o660])('a key file that others can read (%o) is refused', async (mode) => {
    chmodSync(path('memory.key'), mode);
    expect(await refusal(reopen())).toMatchObject({
      code: 'memory-locked',
      message: expect.stringMatching(/can be read by other users\. Run "chmod 600 /),
    });
  });

  test('a key file that holds something else is refused', async () => {
    writeFileSync(path('memory.key'), 'hello\n');
    expect(await refusal(reopen())).toMatchObject({ code: 'memory-locked' });
  });

  test('what cannot be read can still be forgotten, and a new memory begins', async () => {
    writeFileSync(path('memory.key'), `${'0'.repeat(64)}\n`);
    await forgetEverything({ folder: folder.path });
    expect(readdirSync(folder.path)).toEqual([]);
    using memory = await reopen();
    expect(count(memory, 'frames')).toBe(0);
  });

  test('two programs that start at once agree on one key', async () => {
    using other = temporaryFolder();
    const openings = Array.from({ length: 8 }, () => openMemory({ folder: other.path, create: true }));
    const opened = await Promise.all(openings);
    session(opened[0]!).write([frameRow(noon)]);
    expect(opened.map((memory) => count(memory, 'frames'))).toEqual(Array.from({ length: 8 }, () => 1));
    for (const memory of opened) memory[Symbol.dispose]();
  });
});

describe('damage', () => {
  beforeEach(copySample);

  const asideFile = () => readdirSync(folder.path).find((name) => name.startsWith('memory.damaged-'));

  test.each<[string, (size: number) => void]>([
    ['cut to half', (size) => truncateSync(path('memory.db'), Math.floor(size / 2))],
    ['cut in the middle of a page', (size) => truncateSync(path('memory.db'), size - 6000)],
    ['cut to its first bytes', () => truncateSync(path('memory.db'), 700)],
    ['with bytes flipped at its beginning', () => flip(path('memory.db'), [0, 1, 2, 40, 41, 100, 101])],
    ['with a page of something else', (size) => overwrite(path('memory.db'), Math.floor(size / 8192) * 4096)],
    ['that is something else', () => writeFileSync(path('memory.db'), 'hello '.repeat(10_000))],
  ])('a database %s is set aside as it is, and a new one begins', async (_name, damage) => {
    damage(statSync(path('memory.db')).size);
    const damaged = readFileSync(path('memory.db'));
    expect(await refusal(reopen())).toMatchObject({ code: 'memory-damaged', exitCode: 4 });
    expect(asideFile()).toBeUndefined(); // that is for those who want to record
    const error = await refusal(record());
    expect(error).toMatchObject({ code: 'memory-damaged', exitCode: 4 });
    expect(error.message).toContain(path(asideFile()!));
    expect(readFileSync(path(asideFile()!)).equals(damaged)).toBe(true);
    using memory = await reopen();
    session(memory).write([frameRow(1)]);
    expect(count(memory, 'frames')).toBe(1);
  });

  test('a large database is checked while rows wait: the stream goes on, and the user is told', async () => {
    overwrite(path('memory.db'), Math.floor(statSync(path('memory.db')).size / 8192) * 4096);
    const notices: string[] = [];
    const options = { folder: folder.path, source: 'screen', kind: 'screen', checkFirstBytes: 0 };
    const recorder = await openRecorder({ ...options, onNotice: (line) => notices.push(line) });
    recorder.record({ type: 'started', source: 'screen', bundle: 'desk-nano', fps: 2, tokensPerFrame: 10 });
    recorder.record({ type: 'narration', t: 1, text: 'A window opened.', pSilent: 0.1, latencyMs: 1 });
    await recorder[Symbol.asyncDispose]();
    expect(notices[0]).toMatch(/^Nothing more of this run is remembered\. The memory is damaged/);
    expect(asideFile()).toBeDefined();
    expect(existsSync(path('memory.db'))).toBe(false);
  });

  test('wherever bytes are flipped, it opens or says what is wrong; never a defect', async () => {
    const original = readFileSync(path('memory.db'));
    const random = randomNumbers(1);
    const codes = new Set<string>();
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(original);
      const where = round % 2 === 0 ? 4096 : bytes.length; // half of them in the header and the schema
      for (let i = 0; i < 8; i++) bytes[Math.floor(random() * where)]! ^= 1 + Math.floor(random() * 255);
      using copy = temporaryFolder();
      cpSync(folder.path, copy.path, { recursive: true });
      writeFileSync(join(copy.path, 'memory.db'), bytes);
      try {
        using _memory = await openMemory({ folder: copy.path, check: true });
        codes.add('opened');
      } catch (error) {
        if (!(error instanceof OnlookerError)) throw error;
        codes.add(error.code);
      }
    }
    expect(codes).toContain('memory-damaged');
    for (const code of codes) expect(['memory-damaged', 'memory-newer', 'opened']).toContain(code);
  });

  test('set aside, it is gone when everything is forgotten', async () => {
    truncateSync(path('memory.db'), 10_000);
    await refusal(record());
    expect(asideFile()).toBeDefined();
    await forgetEverything({ folder: folder.path });
    expect(asideFile()).toBeUndefined();
  });

  test('a database of a newer version is left as it is', async () => {
    {
      using memory = await openMemory({ folder: folder.path });
      memory.script('PRAGMA user_version = 1000');
    }
    const before = readFileSync(path('memory.db'));
    const error = await refusal(reopen());
    expect([error.code, error.message]).toEqual([
      'memory-newer',
      expect.stringMatching(/version 1000.*Update Onlooker/),
    ]);
    expect(readFileSync(path('memory.db')).equals(before)).toBe(true);
  });

  test('a folder that cannot be made, a file where a folder should be', async () => {
    writeFileSync(path('file'), '');
    const opening = openMemory({ folder: path('file/memory'), create: true });
    expect(await refusal(opening)).toMatchObject({ code: 'memory-unwritable', exitCode: 5 });
    mkdirSync(path('odd/memory.db'), { recursive: true });
    copyFileSync(path('memory.key'), path('odd/memory.key'));
    const odd = openMemory({ folder: path('odd'), create: true });
    expect(await refusal(odd)).toMatchObject({ code: 'memory-unwritable' });
    expect(await refusal(openMemory({ folder: path('none') }))).toMatchObject({ code: 'memory-missing', exitCode: 4 });
  });
});

describe('two programs', () => {
  test('a lock that is held for long is waited for, and then named', async () => {
    copySample();
    using memory = await openMemory({ folder: folder.path });
    using other = await openMemory({ folder: folder.path });
    other.script('BEGIN IMMEDIATE');
    expect(() => forget(memory, {})).toThrow(expect.objectContaining({ code: 'memory-busy', exitCode: 5 }));
    expect(searchText(memory, 'number 77 happened')).not.toEqual([]); // reading goes on
    other.script('ROLLBACK');
    expect(forget(memory, {}).frames).toBe(1000);
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
  const kills = Number(process.env.ONLOOKER_KILLS ?? 20);
  let most = 0;
  for (let kill = 0; kill < kills; kill++) {
    const { written, session: number } = await killedRecording(folder.path);
    using memory = await reopen();
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
    await recording.until((now) => now.written > written + 100);
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

function flip(file: string, offsets: readonly number[]): void {
  const bytes = readFileSync(file);
  for (const offset of offsets) bytes[offset]! ^= 0xff;
  writeFileSync(file, bytes);
}

/** The same numbers every time, 0 to 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function overwrite(file: string, offset: number): void {
  const bytes = readFileSync(file);
  bytes.fill('not a page of this database ', offset, offset + 4096);
  writeFileSync(file, bytes);
}

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
