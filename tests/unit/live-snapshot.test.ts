import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSnapshot, type Snapshot, writeSnapshot } from '../../main/live/snapshot.ts';

const snapshot: Snapshot = {
  bundle: 'abc',
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

/** The file with another header, and the checksum that fits it. */
function resealed(file: Buffer, header: (json: string) => string, claim?: number): Buffer {
  const length = file.readUInt32LE(12);
  const head = Buffer.from(header(file.subarray(16, 16 + length).toString()));
  const prefix = Buffer.from(file.subarray(0, 16));
  prefix.writeUInt32LE(claim ?? head.length, 12);
  const body = Buffer.concat([prefix, head, file.subarray(16 + length, -32)]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

test('a header that cannot be meant is refused, though its checksum fits', async () => {
  const path = join(folder, 'a.snapshot');
  await writeSnapshot(path, snapshot);
  const whole = await readFile(path);
  const changes: readonly ((json: string) => string)[] = [
    () => '{"bundle":',
    () => 'null',
    (json) => json.replace('"t":20.5', '"t":NaN'),
    (json) => json.replace('"t":20.5', '"t":1e999'),
    (json) => json.replace('"t":20.5', '"t":-1'),
    (json) => json.replace('"lastEncoded":40', '"lastEncoded":42'),
    (json) => json.replace('"index":41', '"index":1e300'),
    (json) => json.replace('"pSilent":0.97', '"pSilent":7'),
    (json) => json.replace('"tokens":10', '"tokens":-10'),
    (json) => json.replace('"armed":false', `"armed":${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    (json) => json.replace('"bundle"', `"more":${'['.repeat(100_000)}${']'.repeat(100_000)},"bundle"`),
    (json) => json.replace('A menu was opened.', 'word '.repeat(100_000)),
    (json) => json.replace('"bundle"', '"more":1,"bundle"'),
    (json) => json.replace('"tokens":10', '"tokens":10,"more":1'),
    (json) => json.replace('"armed":false', '"armed":false,"more":1'),
  ];
  for (const change of changes) {
    await writeFile(path, resealed(whole, change));
    await expect(readSnapshot(path, 'abc')).rejects.toMatchObject({ code: 'snapshot-unusable' });
  }
  await writeFile(path, resealed(whole, String, 0xffff_fff0));
  await expect(readSnapshot(path, 'abc')).rejects.toThrow(/longer than itself/);
  await writeFile(path, resealed(whole, String));
  await readSnapshot(path, 'abc');
});

test('a snapshot of an earlier version, which names its source, is read', async () => {
  const path = join(folder, 'a.snapshot');
  await writeSnapshot(path, snapshot);
  const older = resealed(await readFile(path), (json) => json.replace('"bundle"', '"source":"s","batch":1,"bundle"'));
  await writeFile(path, older);
  const { cache, ...rest } = await readSnapshot(path, 'abc');
  expect({ ...rest, cache: Uint8Array.from(cache) }).toEqual(snapshot);
});

test('a snapshot that cannot be written says where to put it, and the old one stays', async () => {
  await expect(writeSnapshot(join(folder, 'no/such/a.snapshot'), snapshot)).rejects.toMatchObject({
    code: 'output-unwritable',
    exitCode: 5,
  });
});

test('sealed, nothing of it can be read without its key, and nothing of it changed', async () => {
  const path = join(folder, 'a.snapshot');
  const key = randomBytes(32);
  await writeSnapshot(path, snapshot, key);
  const bytes = await readFile(path);
  for (const text of ['Tell me what happens.', 'A menu was opened.', 'ONLKSNAP'])
    expect(bytes.includes(text)).toBe(false);
  const { cache, ...rest } = await readSnapshot(path, 'abc', async () => key);
  expect({ ...rest, cache: Uint8Array.from(cache) }).toEqual(snapshot);

  const refused = (given?: Buffer) =>
    expect(readSnapshot(path, 'abc', given && (async () => given))).rejects.toMatchObject({
      code: 'snapshot-unusable',
    });
  await refused();
  await refused(randomBytes(32));
  for (const length of [0, 8, 20, 35, bytes.length - 1]) {
    await writeFile(path, bytes.subarray(0, length));
    await refused(key);
  }
  for (const at of [0, 9, 30, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    await writeFile(path, changed);
    await refused(key);
  }
});
