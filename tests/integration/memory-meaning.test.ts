/** Search by meaning: what lies nearest is found, by its filters, and nothing of it stays behind when it is forgotten. */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { findMoments } from '../../main/memory/find/find-moments.ts';
import { nearestFrames } from '../../main/memory/find/nearest-frames.ts';
import { meaningOf } from '../../main/memory/find/search-meaning.ts';
import { forget } from '../../main/memory/forget/forget.ts';
import { setLimits } from '../../main/memory/forget/retention.ts';
import type { Row } from '../../main/memory/record/recorder-messages.ts';
import { storeBins } from '../../main/memory/store/bin-blocks.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { dot } from '../../main/memory/store/embedding.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { emptyLog } from '../../main/memory/store/residue.ts';
import { storeStretches, stretchBlocks } from '../../main/memory/store/stretch-blocks.ts';
import { wipe } from '../../main/memory/store/wipe.ts';
import { openTextTower } from '../../main/vision/text-tower.ts';
import {
  checkIntegrity,
  count,
  encoder,
  filesWith,
  narrationRow,
  noon,
  session,
  temporaryFolder,
} from '../support/memory.ts';

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

/** A unit vector of its own for each seed, and `near` of it a little off. */
function direction(seed: number, near = 0): Float32Array {
  const raw = Float32Array.from({ length: 128 }, (_, i) => Math.sin(seed * 37 + i * i) + near * Math.sin(7 * i));
  const norm = Math.hypot(...raw);
  return raw.map((value) => value / norm);
}

function frame(t: number, embedding: Float32Array, at = noon + 1000 * t): Row {
  return { type: 'frame', t, at, pSilent: 0.9, changed: 4, embedding };
}

/** A hundred scenes of 50 frames each, 0.5 s apart. */
const scenes = (from = 0) =>
  Array.from({ length: 5000 }, (_, i) => frame(i / 2, direction(from + Math.floor(i / 50), (i % 50) / 500)));

const meaning = (embedding: Float32Array) => ({ encoder, embedding });

describe('the nearest frames', () => {
  test('are those that comparing all of them gives, stored stretches or not', () => {
    session(memory).write(scenes());
    const wanted = direction(42, 0.03);
    const exact = scenes()
      .map((row) => (row.type === 'frame' ? dot(row.embedding!, wanted) : 0))
      .sort((a, b) => b - a);
    const nearest = () => nearestFrames(memory, meaning(wanted)).slice(0, 50);
    const before = nearest();
    // Half precision moves a cosine a little.
    for (const [i, { likeness }] of before.entries()) expect(likeness).toBeCloseTo(exact[i]!, 3);
    expect(storeStretches(memory)).toBe(2); // the third is not full yet
    expect(storeStretches(memory)).toBe(0);
    expect(nearest()).toEqual(before);
  });

  test('are those of now, whatever another program has forgotten and stored meanwhile', async () => {
    session(memory).write(scenes());
    storeStretches(memory);
    const nearest = (connection: Connection) => nearestFrames(connection, meaning(direction(3))).slice(0, 200);
    const before = nearest(memory);
    using other = await openMemory({ folder: folder.path, key: 'none' });
    forget(other, { from: before[0]!.at, to: before[0]!.at });
    storeStretches(other); // the same block again, without the frame
    const after = nearest(memory);
    expect(after).not.toContainEqual(before[0]);
    expect(after).toEqual(nearest(other));
    forget(other, {});
    session(other).write(scenes(2000)); // under the same ids
    storeStretches(other);
    expect(nearest(memory)).toEqual(nearest(other));
  });

  test('are of sessions of the same encoder, and may run side by side', () => {
    const writers = [session(memory), session(memory, { source: 'camera' }), session(memory, { encoder: 'other' })];
    for (let i = 0; i < 60; i++) for (const writer of writers) writer.write([frame(i / 2, direction(1))]);
    const found = nearestFrames(memory, meaning(direction(1)));
    expect([found.length, new Set(found.map((one) => one.session))]).toEqual([120, new Set([1, 2])]);
    expect([...stretchBlocks(memory)].flatMap(({ facts }) => facts.length / 10)).toEqual([3]);
    expect(nearestFrames(memory, meaning(direction(1)), { source: 'CAM' })).toHaveLength(60);
    expect(nearestFrames(memory, { encoder, embedding: new Float32Array(64).fill(0.125) })).toEqual([]);
  });

  test('by time, and by the program that narrations name', () => {
    session(memory).write([...scenes(), narrationRow(500, 'A text editor opened.')]);
    const all = direction(0);
    const span = nearestFrames(memory, meaning(all), { from: noon + 100_000, before: noon + 200_000 });
    expect([span.length, Math.min(...span.map(({ t }) => t)), Math.max(...span.map(({ t }) => t))]).toEqual([
      ...[200, 100, 199.5],
    ]);
    const named = nearestFrames(memory, meaning(all), { app: 'TEXT editor' });
    expect([Math.min(...named.map(({ t }) => t)), Math.max(...named.map(({ t }) => t))]).toEqual([485, 560]);
    expect(nearestFrames(memory, meaning(all), { app: 'spreadsheet' })).toEqual([]);
  });
});

test('a memory from before there were stretches gets them', async () => {
  session(memory).write(scenes());
  asBeforeEncoders();
  memory.script('DROP TRIGGER frame_added; DROP TRIGGER frame_removed; DROP TABLE stretch_blocks');
  memory.script('PRAGMA user_version = 1');
  memory[Symbol.dispose]();
  memory = await openMemory({ folder: folder.path, key: 'none' });
  // Nobody knows any more which encoder it was: it is not compared with any.
  expect(findMoments(memory, '', { meaning: meaning(direction(7)) })).toEqual([]);
  expect(count(memory, 'stretch_blocks')).toBe(2);
});

test('two bundles of the same name: only pictures of the same encoder are compared', async () => {
  const { manifest } = await openBundle();
  session(memory).write([...scenes(), narrationRow(1, 'A terminal opened.')]);
  asBeforeEncoders();
  memory[Symbol.dispose]();
  memory = await openMemory({ folder: folder.path, key: 'none' });
  checkIntegrity(memory);
  const problem = 'the encoder of the bundle desk-nano is another one now, and none of the pictures are of it';
  expect(await meaningOf(memory, 'a terminal')).toEqual({ problem });
  expect(findMoments(memory, 'terminal')).toHaveLength(1);
  session(memory, { encoder: manifest.files.vision.sha256 }).write(scenes());
  const { meaning: terminal } = await meaningOf(memory, 'a terminal');
  const { distinct: _, ...nearest } = terminal!; // these frames show nothing
  expect(new Set(nearestFrames(memory, nearest).map((one) => one.session))).toEqual(new Set([2]));
});

/** The tables as they were when sessions had no encoder. */
function asBeforeEncoders(): void {
  memory.script('DROP TRIGGER frame_removed_ages; DROP TABLE ages; DROP TABLE used_time');
  memory.script('ALTER TABLE sessions DROP COLUMN stream');
  memory.script('ALTER TABLE sessions DROP COLUMN encoder; PRAGMA user_version = 2');
}

test('an embedding that is damaged is called that', () => {
  session(memory).write(scenes().slice(0, 10));
  memory.run("UPDATE frames SET embedding = x'0102' WHERE id = 3");
  expect(() => findMoments(memory, '', { meaning: meaning(direction(0)) })).toThrow(/is damaged/);
});

describe('forgetting', () => {
  test('takes the bins along: no byte of them is left in any file', async () => {
    session(memory).write(scenes());
    expect(storeBins(memory)).toBe(2);
    emptyLog(memory);
    const rows = memory.all<{ means: Uint8Array }>('SELECT substr(means, 1, 128) AS means FROM bin_blocks');
    const places = () => rows.map(({ means }) => filesWith(folder.path, means));
    expect(places()).toEqual([['memory.db'], ['memory.db']]);
    forget(memory, { from: noon + 100_000, to: noon + 110_000 });
    expect(count(memory, 'bin_blocks')).toBe(1);
    await wipe(memory);
    expect(places()).toEqual([[], ['memory.db']]);
  });

  test('takes the stretches along: no byte of them is left in any file', async () => {
    session(memory).write(scenes());
    storeStretches(memory);
    emptyLog(memory);
    const [first, second] = [...stretchBlocks(memory)].map(({ means }) => new Uint8Array(means.buffer, 0, 128));
    const places = (bytes: Uint8Array) => filesWith(folder.path, bytes);
    expect([places(first!), places(second!)]).toEqual([['memory.db'], ['memory.db']]);
    forget(memory, { from: noon + 100_000, to: noon + 110_000 }); // within the first 2048 frames
    expect(count(memory, 'stretch_blocks')).toBe(1);
    await wipe(memory);
    checkIntegrity(memory);
    expect([places(first!), places(second!)]).toEqual([[], ['memory.db']]);
    expect(nearestFrames(memory, meaning(direction(0)), { before: noon + 120_000 })).toHaveLength(219);
    forget(memory, {});
    await wipe(memory);
    expect([count(memory, 'stretch_blocks'), places(second!)]).toEqual([0, []]);
  });

  test('and going on under the same ids finds what is new', () => {
    session(memory).write(scenes());
    storeStretches(memory);
    forget(memory, { from: noon + 500_000 });
    session(memory).write(scenes(1000));
    const nearest = () => nearestFrames(memory, meaning(direction(1000)))[0]!;
    const before = nearest();
    expect([before.session, before.t < 25, before.likeness > 0.99]).toEqual([2, true, true]);
    storeStretches(memory);
    expect(nearest()).toEqual(before);
  });
});

describe('moments', () => {
  test('are found by words and by what their pictures show, with what was said then', async () => {
    await using tower = await openTextTower(await openBundle());
    const picture = await tower!.embed('a computer screen: a web browser');
    const other = await tower!.embed('an empty desktop');
    const { manifest } = await openBundle();
    session(memory, { encoder: manifest.files.vision.sha256 }).write([
      ...Array.from({ length: 240 }, (_, i) => frame(i / 2, i < 200 ? other : picture)),
      ...[narrationRow(20, 'A web browser opened.'), narrationRow(110, 'Something was typed.')],
    ]);
    const { meaning: browser } = await meaningOf(memory, 'a web browser');
    const found = findMoments(memory, 'web browser', { meaning: browser });
    expect(found.map(({ matched }) => matched.map((one) => one.in))).toEqual([['picture'], ['narration']]);
    expect(found[0]).toMatchObject({ utterances: [{ text: 'Something was typed.' }] });
    expect(found[0]!.matched).toEqual([{ in: 'picture', likeness: expect.closeTo(1, 2) }]);
    expect(findMoments(memory, 'web browser', { meaning: browser, words: false })).toHaveLength(1);
    expect(findMoments(memory, 'web browser')).toHaveLength(1);
  });

  test('what was never learned, or never shown, finds no picture; what is there is found by its name', async () => {
    const bundle = await openBundle();
    await using tower = await openTextTower(bundle);
    const like = (name: string) => tower!.embed(`a computer screen: ${name}`);
    const [terminal, player] = [await like('a terminal'), await like('a video player')];
    session(memory, { encoder: bundle.manifest.files.vision.sha256 }).write([
      ...Array.from({ length: 240 }, (_, i) => frame(i / 2, i < 120 ? terminal : player)),
      ...[narrationRow(20, 'A terminal opened.'), narrationRow(90, 'A video player opened.')],
    ]);
    const found = async (text: string) => {
      const { meaning } = await meaningOf(memory, text);
      return findMoments(memory, text, { meaning }).flatMap(({ from, matched }) =>
        matched.map((one) => `${one.in} ${Math.floor(from / 60)}`),
      );
    };
    for (const text of [
      'submarine',
      'a submarine',
      'terminal with a submarine',
      '잠수함',
      '터미널 잠수함',
      'U-Boot',
      'ein Terminal',
      // Nothing is named: captions of everything have such words.
      ...['%', '...', '🙂', '1', 'of', 'the', 'OR'],
    ]) {
      expect(
        (await found(text)).filter((place) => place.startsWith('picture')),
        text,
      ).toEqual([]);
    }
    // Learned, and never shown.
    for (const text of ['spreadsheet', 'a mail program', 'presentation', '스프레드시트']) {
      expect(await found(text), text).toEqual([]);
    }
    expect(await found('terminal')).toEqual(expect.arrayContaining(['picture 0', 'narration 0']));
    expect(await found('video player')).toEqual(expect.arrayContaining(['picture 1', 'narration 1']));
    expect(await found('터미널')).toEqual(['picture 0']);
    expect((await meaningOf(memory, 'a submarine')).problem).toMatch(/"submarine"/);
    // One line, however many there are.
    const { problem } = await meaningOf(memory, `${'ab '.repeat(500)} cd ef gh ij`);
    expect(problem).toContain('"ab", "cd", "ef" (and 2 more)');
  });

  test('a memory names bundles, and no folder: none of its files is loaded', async () => {
    const { folder: embedded, manifest } = await openBundle();
    const elsewhere = join(folder.path, 'elsewhere');
    symlinkSync(embedded, elsewhere);
    session(memory, { bundle: elsewhere, encoder: manifest.files.vision.sha256 }).write(scenes().slice(0, 10));
    expect(await meaningOf(memory, 'a terminal')).toEqual({ problem: expect.stringContaining('is not installed') });
  });

  test('the text tower is loaded only as its bundle says it is', async () => {
    const { folder: embedded, manifest } = await openBundle();
    const altered = join(folder.path, 'onlooker', 'bundles', 'altered');
    mkdirSync(altered, { recursive: true });
    for (const name of readdirSync(embedded)) symlinkSync(join(embedded, name), join(altered, name));
    const text = join(altered, manifest.files.text!.path);
    const bytes = readFileSync(text);
    bytes[bytes.length - 1]! ^= 1;
    rmSync(text);
    writeFileSync(text, bytes);
    vi.stubEnv('XDG_DATA_HOME', folder.path);
    try {
      session(memory, { bundle: 'altered', encoder: manifest.files.vision.sha256 }).write(scenes().slice(0, 10));
      await expect(meaningOf(memory, 'a terminal')).rejects.toMatchObject({ code: 'bundle-corrupt' });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('many searches at once take no more memory than one after the other, and one without words none', async () => {
    const { manifest } = await openBundle();
    session(memory, { encoder: manifest.files.vision.sha256 }).write(scenes().slice(0, 10));
    expect(await meaningOf(memory, ' " ')).toEqual({ problem: 'there is no word in it' });
    await meaningOf(memory, 'a terminal');
    const before = process.memoryUsage.rss();
    const found = await Promise.all(Array.from({ length: 20 }, (_, i) => meaningOf(memory, `window ${i}`)));
    expect(found.every(({ meaning }) => meaning !== undefined)).toBe(true);
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(200); // all at once took 424
  });

  test('a memory of a bundle that is not there is searched by words, and says so', async () => {
    expect(await meaningOf(memory, 'a')).toEqual({ problem: 'the memory is empty' });
    session(memory, { bundle: 'gone' }).write([narrationRow(1, 'A terminal opened.')]);
    expect(await meaningOf(memory, 'a')).toEqual({ problem: expect.stringContaining('gone, which it was recorded') });
  });
});
