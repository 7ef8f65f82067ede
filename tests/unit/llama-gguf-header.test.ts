import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readGgufHeader } from '../../main/llama/gguf-header.ts';

const fixture = new URL('../fixtures/tiny-llama.gguf', import.meta.url).pathname;
const whole = readFileSync(fixture);
const folder = mkdtempSync(join(tmpdir(), 'onlooker-gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(bytes: Uint8Array | string): string {
  const path = join(folder, 'model.gguf');
  writeFileSync(path, bytes);
  return path;
}

test('the header of a whole file says what the model is', () => {
  const header = readGgufHeader(fixture);
  expect(header).toMatchObject({
    architecture: 'llama',
    quantisation: 'f16',
    vocabularySize: 276,
    embeddingWidth: 64,
    contextLength: 512,
    multiAxisRope: false,
  });
  expect(header.metadata.get('general.name')).toBe('tiny-llama');
  expect(header.metadata.get('tokenizer.ggml.add_bos_token')).toBe(true);
  expect(header.tensors.size).toBe(20);
  const embeddings = header.tensors.get('token_embd.weight')!;
  expect(embeddings).toMatchObject({ type: 'f16', shape: [64, 276], bytes: 64 * 276 * 2 });
  const last = Math.max(...[...header.tensors.values()].map(({ offset, bytes }) => offset + bytes));
  expect(last).toBeLessThanOrEqual(whole.length);
});

test('a missing file is told apart from a broken one', () => {
  expect(() => readGgufHeader(join(folder, 'none.gguf'))).toThrow(expect.objectContaining({ code: 'bundle-missing' }));
});

test.each<[string, Uint8Array | string]>([
  ['empty', ''],
  ['two bytes long', 'GG'],
  ['text', 'You are looking at a page that says the file was not found.\n'.repeat(50)],
  ['only a magic number', 'GGUF'],
  ['cut in its metadata', whole.subarray(0, 700)],
  ['cut in its vocabulary', whole.subarray(0, 3000)],
  ['cut in its weights', whole.subarray(0, whole.length - 40_000)],
  ['short of its last byte', whole.subarray(0, whole.length - 1)],
  ['promising more tensors than it has', whole.with(8, 200)],
  ['promising a text longer than itself', whole.with(24 + 6, 1)],
])('a file that is %s is corrupt', (_name, bytes) => {
  expect(() => readGgufHeader(file(bytes))).toThrow(expect.objectContaining({ code: 'bundle-corrupt' }));
});

test('the file and what is wrong with it are named', () => {
  expect(() => readGgufHeader(file(whole.subarray(0, -4096)))).toThrow(/model\.gguf.*cut short: tensor .* of \d+/);
  expect(() => readGgufHeader(file('<html>'))).toThrow(/model\.gguf.*not a GGUF file/);
});

test('a newer format and an unknown tensor type are not usable, but not corrupt', () => {
  expect(() => readGgufHeader(file(whole.with(4, 9)))).toThrow(expect.objectContaining({ code: 'bundle-invalid' }));
  const name = 'blk.1.ffn_down.weight';
  const typeAt = whole.indexOf(name) + name.length + 4 + 16;
  expect(() => readGgufHeader(file(whole.with(typeAt, 99)))).toThrow(/ffn_down.*type.*99/);
});

test('positions with several axes are seen', () => {
  const key = (text: string) => Buffer.concat([uint64(text.length), Buffer.from(text)]);
  const uint32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  const text = (value: string) => Buffer.concat([uint32(8), uint64(value.length), Buffer.from(value)]);
  const bytes = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(0),
    uint64(2),
    key('general.architecture'),
    text('qwen2vl'),
    key('qwen2vl.rope.dimension_sections'),
    uint32(9),
    uint32(5),
    uint64(4),
    ...[16, 24, 24, 0].map(uint32),
  ]);
  expect(readGgufHeader(file(bytes)).multiAxisRope).toBe(true);
});

function uint64(value: number): Buffer {
  return Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
}
