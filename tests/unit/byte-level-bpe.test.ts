import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ByteLevelBpe } from '../../main/vision/byte-level-bpe.ts';

const embedded = new URL('../../native-models/bundles/desk-nano/tokenizer.json', import.meta.url);
let folder: string;
// biome-ignore lint/suspicious/noExplicitAny: changed at will
let good: any;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'onlooker-bpe-'));
  good = JSON.parse(await readFile(embedded, 'utf8'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(file: unknown): Promise<ByteLevelBpe> {
  const path = join(folder, 'tokenizer.json');
  writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
  return ByteLevelBpe.open(path);
}
const withModel = (change: object) => ({ ...good, model: { ...good.model, ...change } });

test.each<[string, () => unknown]>([
  ['ids below zero', () => withModel({ vocab: { ...good.model.vocab, the: -1 } })],
  ['ids that are texts', () => withModel({ vocab: { ...good.model.vocab, the: '1' } })],
  ['no tokens', () => withModel({ vocab: {} })],
  ['no token for some byte', () => withModel({ vocab: { ...good.model.vocab, a: undefined } })],
  ['a vocabulary that is a list', () => withModel({ vocab: [] })],
  ['merges of three', () => withModel({ merges: [['a', 'b', 'c']] })],
  ['merges that are numbers', () => withModel({ merges: [7] })],
  ['another type', () => withModel({ type: 'Unigram' })],
  ['a file cut short', () => JSON.stringify(good).slice(0, -9)],
  ['a file that is nested without end', () => `{"x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`],
  ['a file that is larger than any', () => ({ ...good, junk: 'x'.repeat(17e6) })],
])('%s: it is no such tokenizer', async (_, file) => {
  await expect(open(file())).rejects.toMatchObject({ code: 'bundle-corrupt' });
});
