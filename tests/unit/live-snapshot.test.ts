import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSnapshot, type Snapshot, writeSnapshot } from '../../main/live/snapshot.ts';

const snapshot: Snapshot = {
  bundle: 'abc',
  source: 'desk.mp4',
  clock: { index: 41, t: 20.5, lastEncoded: 40, stillRun: 1, pSilent: 0.97 },
  session: {
    instruction: 'Tell me what happens.',
    spans: [{ kind: 'frame', tokens: 10, t: 20.5, frame: 41 }],
    policy: { armed: false, recent: [{ t: 19, text: 'A menu was opened.' }] },
  },
  cache: Uint8Array.from({ length: 5_000 }, (_, i) => i % 251),
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-snapshot-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('comes back as it was, and leaves no temporary file', async () => {
  const path = join(folder, 'a.snapshot');
  await writeSnapshot(path, snapshot);
  await writeSnapshot(path, snapshot);
  const read = await readSnapshot(path, 'abc');
  expect({ ...read, cache: Uint8Array.from(read.cache) }).toEqual(snapshot);
  expect(await readdir(folder)).toEqual(['a.snapshot']);
});

test('refuses what is cut short, changed, foreign or missing, each in its own words', async () => {
  const path = join(folder, 'a.snapshot');
  await writeSnapshot(path, snapshot);
  const whole = await readFile(path);
  const attempt = async (bytes: Uint8Array) => {
    await writeFile(path, bytes);
    return readSnapshot(path, 'abc').catch((error: unknown) => error);
  };
  const unusable = (words: RegExp) =>
    expect.objectContaining({ code: 'snapshot-unusable', message: expect.stringMatching(words) });

  for (const length of [0, 7, 30, whole.length >> 1, whole.length - 1]) {
    expect(await attempt(whole.subarray(0, length))).toEqual(unusable(/only the beginning|cut short/));
  }
  const flipped = Uint8Array.from(whole);
  flipped[200]! ^= 1;
  expect(await attempt(flipped)).toEqual(unusable(/damaged/));
  expect(await attempt(Buffer.from('just some text, long enough to be looked at as a whole header'))).toEqual(
    unusable(/not a snapshot/),
  );
  await writeFile(path, whole);
  await expect(readSnapshot(path, 'another')).rejects.toEqual(unusable(/another model bundle/));
  await expect(readSnapshot(join(folder, 'none'), 'abc')).rejects.toEqual(unusable(/cannot be read/));
});

test('a snapshot that cannot be written says where to put it, and the old one stays', async () => {
  await expect(writeSnapshot(join(folder, 'no/such/a.snapshot'), snapshot)).rejects.toMatchObject({
    code: 'output-unwritable',
    exitCode: 5,
  });
});
