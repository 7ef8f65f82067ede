/** Keys and damage: nothing is overwritten, and the user is told what to do. */
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
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OnlookerError } from '../../main/base/errors.ts';
import { findMoments } from '../../main/memory/find/find-moments.ts';
import { forgetEverything } from '../../main/memory/forget/forget-everything.ts';
import { openRecorder } from '../../main/memory/record/recorder.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { findSource } from '../../main/memory/store/sources.ts';
import { count, frameRow, noon, session, temporaryFolder } from '../support/memory.ts';

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

  /** Damages a page that opening does not read, so that only a look at all of them finds it. */
  async function overwriteUnread(): Promise<void> {
    const original = readFileSync(path('memory.db'));
    for (let page = Math.floor(original.length / 4096) - 1; page > 0; page--) {
      writeFileSync(path('memory.db'), original);
      overwrite(path('memory.db'), page * 4096);
      const opens = async (check: boolean) => {
        try {
          using _memory = await openMemory({ folder: folder.path, check });
          return true;
        } catch {
          return false;
        }
      };
      if ((await opens(false)) && !(await opens(true))) return;
    }
    throw new Error('opening reads every page');
  }

  test('a large database is checked while rows wait: the stream goes on, and the user is told', async () => {
    await overwriteUnread();
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

  test('a text that is damaged is shown as far as it goes', async () => {
    using memory = await openMemory({ folder: folder.path });
    memory.run("UPDATE utterances SET text = CAST(x'4120ff20776f7264' AS TEXT)"); // no UTF-8
    memory.run("UPDATE sources SET name = CAST(x'73ff' AS TEXT)");
    const [moment] = findMoments(memory, 'word');
    expect([moment?.source, moment?.utterances[0]?.text]).toEqual(['s\ufffd', 'A \ufffd word']);
    expect(() => findSource(memory, ['screen'])).toThrow(/There is "s\ufffd"/);
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

  test('a disk that is full before there is a key is called so', async (context) => {
    const disk = path('disk');
    mkdirSync(disk);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', disk]);
    if (mount.status !== 0) context.skip('mounting a file system is not permitted here');
    try {
      writeFileSync(join(disk, 'large'), Buffer.alloc(8192));
      expect(await refusal(openMemory({ folder: join(disk, 'memory'), create: true }))).toMatchObject({
        code: 'memory-unwritable',
        message: expect.stringMatching(/memory\.key cannot be written: the disk is full\. /),
      });
    } finally {
      spawnSync('umount', [disk]);
    }
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
