import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frameState, unframeState } from '../../main/llama/cache-state.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { LanguageContext, LanguageModel } from '../../main/llama/types.ts';

const fixture = new URL('../fixtures/tiny-llama.gguf', import.meta.url).pathname;
const adapter = new URL('../fixtures/tiny-adapter.gguf', import.meta.url).pathname;
const whole = readFileSync(fixture);
const folder = mkdtempSync(join(tmpdir(), 'onlooker-llama-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(bytes: Uint8Array | string): string {
  const path = join(folder, 'language.gguf');
  writeFileSync(path, bytes);
  return path;
}

/** The model file with one text replaced by another of the same length, wherever it occurs. */
function renamed(from: string, to: string): Buffer {
  expect(to).toHaveLength(from.length);
  return Buffer.from(whole.toString('latin1').replaceAll(from, to), 'latin1');
}

const zeros = (count: number) => new Int32Array(count);

describe('files', () => {
  test.each<[string, () => string, string, RegExp]>([
    ['missing', () => join(folder, 'none.gguf'), 'bundle-missing', /none\.gguf cannot be opened/],
    ['text', () => file('<!doctype html>'.repeat(1000)), 'bundle-corrupt', /language\.gguf.*not a GGUF file/],
    ['cut short', () => file(whole.subarray(0, 100_000)), 'bundle-corrupt', /language\.gguf.*cut short/],
    ['of an unknown architecture', () => file(renamed('llama', 'lxxxx')), 'model-unloadable', /language\.gguf/],
    [
      'short of a tensor',
      () => file(renamed('ffn_down', 'ffn_dxxx')),
      'bundle-invalid',
      /has no tensor blk\.0\.ffn_down/,
    ],
    ['of an unknown tokenizer', () => file(renamed('gpt2', 'gptx')), 'model-unloadable', /llama\.cpp refused it/],
    ['an adapter', () => adapter, 'bundle-invalid', /tiny-adapter\.gguf/],
  ])('a model file that is %s is refused', async (_name, path, code, message) => {
    const opening = openLanguageModel(path());
    await expect(opening).rejects.toMatchObject({ name: 'OnlookerError', code });
    await expect(opening).rejects.toThrow(message);
  });

  test("llama.cpp's own words are kept as the cause", async () => {
    const error = await openLanguageModel(file(renamed('gpt2', 'gptx'))).catch((caught: Error) => caught);
    expect(String((error as Error).cause)).toMatch(/gptx/);
  });

  test('an adapter file that is something else is refused', async () => {
    await expect(openLanguageModel(fixture, { adapter: fixture })).rejects.toMatchObject({ code: 'bundle-invalid' });
    const cut = file(readFileSync(adapter).subarray(0, 3000));
    await expect(openLanguageModel(fixture, { adapter: cut })).rejects.toMatchObject({ code: 'bundle-corrupt' });
    const other = file(Buffer.from(readFileSync(adapter).toString('latin1').replace('llama', 'gemma'), 'latin1'));
    await expect(openLanguageModel(fixture, { adapter: other })).rejects.toThrow(/adapter for gemma.*model is llama/);
  });

  test('a model outlives its file being cut short', async () => {
    const path = join(folder, 'replaced.gguf');
    copyFileSync(fixture, path);
    await using model = await openLanguageModel(path);
    await using context = await model.openContext({ capacity: 64 });
    truncateSync(path, 100);
    await context.decodeTokens(zeros(10), 0, [9]);
    expect(context.probability(9, 0)).toBeGreaterThanOrEqual(0);
  });
});

describe('calls', () => {
  let model: LanguageModel;
  let context: LanguageContext;
  beforeAll(async () => {
    model = await openLanguageModel(fixture);
    context = await model.openContext({ capacity: 64, batch: 32, threads: 1 });
    await context.decodeTokens(Int32Array.of(1, 2, 3), 0, [2]);
  });
  afterAll(async () => {
    await context[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['a token past the vocabulary', () => context.decodeTokens(Int32Array.of(276), 3, []), /276 is not a token/],
    ['a negative token', () => context.decodeTokens(Int32Array.of(5, -1), 3, []), /-1 is not a token/],
    ['half an embedding', () => context.decodeEmbeddings(new Float32Array(96), 3, []), /not whole embeddings of 64/],
    ['a position with a gap before it', () => context.decodeTokens(zeros(1), 4, []), /ends at 3/],
    ['a position in use', () => context.decodeTokens(zeros(1), 2, []), /ends at 3/],
    ['more than fits', () => context.decodeTokens(zeros(62), 3, []), /3 of 64 cells/],
    ['logits past the end', () => context.decodeTokens(zeros(2), 3, [2]), /offset 2 of 2/],
    ['logits before the start', () => context.decodeTokens(zeros(2), 3, [-1]), /offset -1 of 2/],
    ['a range that runs backwards', () => context.remove(2, 1), /not a range/],
    ['a range before the start', () => context.remove(-3, 1), /not a range/],
    ['a shift onto other tokens', () => context.shift(1, 3, -1), /two tokens/],
    ['a shift below zero', () => context.shift(0, 3, -1), /negative/],
    ['a shift by half', () => context.shift(0, 3, 0.5), /by 0\.5/],
    ['no cells', () => model.openContext({ capacity: 0 }), /capacity is 0/],
    ['half a thread', () => model.openContext({ capacity: 8, threads: 0.5 }), /threads is 0\.5/],
  ])('%s is refused, and the cache is as it was', async (_name, call, message) => {
    const { decodes } = context.counters;
    const before = context.logits(2);
    await expect(call()).rejects.toThrow(message);
    expect(context.counters.decodes).toBe(decodes);
    expect(context.logits(2)).toEqual(before);
  });

  test('a full cache is filled to its last cell', async () => {
    await using full = await model.openContext({ capacity: 64, batch: 32, threads: 1 });
    await full.decodeTokens(zeros(64), 0, [63]);
    await expect(full.decodeTokens(zeros(1), 64, [])).rejects.toThrow(/64 of 64 cells/);
    await full.remove(63, -1);
    await full.decodeTokens(zeros(1), 63, [0]);
  });

  test.each<[string, (state: Uint8Array) => Uint8Array]>([
    ['empty', () => new Uint8Array(0)],
    ['cut short', (state) => state.subarray(0, state.length - 100)],
    ['damaged', (state) => state.with(100, state[100]! ^ 1)],
    ['something else', () => new Uint8Array(5000).fill(7)],
  ])('a state that is %s is refused, and the cache is as it was', async (_name, damage) => {
    const state = await context.saveState();
    await expect(context.loadState(damage(state))).rejects.toMatchObject({ code: 'snapshot-unusable' });
    expect(await context.saveState()).toEqual(state);
  });

  test('a state of more positions than the cache has is refused', async () => {
    await using large = await model.openContext({ capacity: 100, threads: 1 });
    await large.decodeTokens(zeros(65), 0, []);
    const state = await large.saveState();
    await expect(context.loadState(state)).rejects.toThrow(/65 positions.*64/);
  });
});

test('a state that llama.cpp itself refuses leaves an empty cache that can be used', async () => {
  await using model = await openLanguageModel(fixture);
  await using context = await model.openContext({ capacity: 64, threads: 1 });
  await context.decodeTokens(zeros(10), 0, []);
  const { cells, payload } = unframeState(await context.saveState());
  for (const wrong of [payload.with(0, 1), payload.with(12, 200), payload.subarray(0, 300), new Uint8Array(0)]) {
    await expect(context.loadState(frameState(cells, wrong))).rejects.toMatchObject({ code: 'snapshot-unusable' });
    await context.decodeTokens(zeros(5), 0, [4]);
  }
  await expect(context.loadState(frameState(cells - 1, payload))).rejects.toThrow(/number of positions/);
  await context.loadState(frameState(cells, payload));
  await context.decodeTokens(zeros(1), 10, [0]);
});

test('a state whose sizes, positions or values are made up never reaches llama.cpp', async () => {
  await using model = await openLanguageModel(fixture);
  await using context = await model.openContext({ capacity: 4000, threads: 1 });
  await context.decodeTokens(Int32Array.of(3, 4, 5), 0, []);
  const { payload } = unframeState(await context.saveState());
  const word = (offset: number, value: number) => {
    const changed = payload.slice();
    new DataView(changed.buffer).setUint32(offset, value, true);
    return changed;
  };
  // 3 cells: their number at 12, the cells at 16, 28 and 40, then layers at 56, the first layer's keys at 60.
  const made: readonly [cells: number, payload: Uint8Array, why: RegExp][] = [
    [3, word(8, 0x7fff_ffff), /streams/],
    [3000, word(12, 3000), /number of positions/],
    [3, word(16, 2), /positions do not follow/],
    [3, word(28, 0xffff_ffff), /positions do not follow/],
    [3, word(20, 1e9), /several sequences/],
    [3, word(24, 1), /several sequences/],
    [3, word(56, 1e9), /sizes do not fit/],
    [3, word(60, 0), /another type/],
    [3, word(68, 0x7fff_ffff), /sizes do not fit/],
    [3, word(72, 0x7c00_7e00), /not numbers/],
    [3, word(0, 1), /another model/],
    [3, Buffer.concat([payload, new Uint8Array(100)]), /streams/],
  ];
  for (const [cells, bytes, why] of made) {
    const loading = context.loadState(frameState(cells, bytes));
    await expect(loading).rejects.toMatchObject({ code: 'snapshot-unusable' });
    await expect(loading).rejects.toThrow(why);
  }
  await context.loadState(frameState(3, payload));
});

test('a program that ends without closing anything ends cleanly', async () => {
  const path = join(folder, 'unclosed.ts');
  const main = new URL('../../main/llama/model.ts', import.meta.url).href;
  writeFileSync(
    path,
    `import { openLanguageModel } from ${JSON.stringify(main)};
    const model = await openLanguageModel(${JSON.stringify(fixture)});
    const context = await model.openContext({ capacity: 64, threads: 1 });
    await context.decodeTokens(Int32Array.of(1, 2, 3), 0, [2]);
    console.log(context.argmax(2));`,
  );
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--no-warnings', path]);
  expect(stdout).toMatch(/^\d+\n$/);
  expect(stderr).toBe('');
});
