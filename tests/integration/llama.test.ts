import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readGgufHeader } from '../../main/llama/gguf-header.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { ContextOptions, LanguageContext, LanguageModel } from '../../main/llama/types.ts';

const fixture = new URL('../fixtures/tiny-llama.gguf', import.meta.url).pathname;
const adapter = new URL('../fixtures/tiny-adapter.gguf', import.meta.url).pathname;
const width = 64;

let model: LanguageModel;
beforeAll(async () => {
  model = await openLanguageModel(fixture);
});
afterAll(() => model[Symbol.asyncDispose]());

const open = (options: Partial<ContextOptions> = {}): Promise<LanguageContext> =>
  model.openContext({ capacity: 256, batch: 64, threads: 1, ...options });

/** Token ids that look random and are the same every time. */
function someTokens(count: number, seed = 1): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => ((i + seed) * 7919 + seed * 104_729) % 256);
}

/** The rows of the embedding table that belong to `tokens`, read from the file. */
function embeddingsOf(tokens: Int32Array): Float32Array {
  const { offset, bytes } = readGgufHeader(fixture).tensors.get('token_embd.weight')!;
  const table = new Float16Array(new Uint8Array(readFileSync(fixture).subarray(offset, offset + bytes)).buffer);
  const rows = new Float32Array(tokens.length * width);
  tokens.forEach((token, i) => {
    rows.set(table.subarray(token * width, (token + 1) * width), i * width);
  });
  return rows;
}

function furthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

/** Logits after the last of `tokens` in an empty cache. */
async function logitsAfter(tokens: Int32Array, options?: Partial<ContextOptions>): Promise<Float32Array> {
  await using context = await open(options);
  await context.decodeTokens(tokens, 0, [tokens.length - 1]);
  return context.logits(tokens.length - 1);
}

describe('vocabulary', () => {
  test('the model says what it is', () => {
    expect(model).toMatchObject({
      embeddingWidth: width,
      vocabularySize: 276,
      trainedContext: 512,
      quantisation: 'f16',
      beginOfText: 271,
    });
  });

  test.each(['open the terminal', 'Fehler: größer als 3 € — 오류', '', ' \n\t', '\u{feff}x', 'a'.repeat(10_000)])(
    'text %# survives the way to tokens and back',
    (text) => {
      expect(model.detokenize(model.tokenize(text))).toBe(text);
    },
  );

  test('special tokens are made only when asked for, and have no text', () => {
    const special = model.tokenize('the<|silent|>', { special: true });
    expect([...special]).toEqual([257, 272]);
    expect(model.detokenize(special)).toBe('the');
    expect(model.tokenize('<|silent|>')).not.toContain(272);
    expect(model.detokenize(model.tokenize('<|silent|>'))).toBe('<|silent|>');
    expect(model.piece(272)).toHaveLength(0);
  });

  test('pieces join into the text, bytes of a divided character included', () => {
    const tokens = model.tokenize('5 €');
    expect(tokens.length).toBe(5);
    const decoder = new TextDecoder();
    const text = Array.from(tokens, (token) => decoder.decode(model.piece(token), { stream: true })).join('');
    expect(text).toBe('5 €');
    expect(model.detokenize(tokens.subarray(0, 4))).toBe('5 \u{fffd}');
  });

  test.each([-1, 276, 1.5, Number.NaN])('%d is not a token', (token) => {
    expect(() => model.piece(token)).toThrow(RangeError);
    expect(() => model.detokenize([token])).toThrow(RangeError);
  });
});

describe('decoding', () => {
  test('embeddings of tokens give the same logits as the tokens', async () => {
    const tokens = someTokens(50);
    await using context = await open();
    await context.decodeEmbeddings(embeddingsOf(tokens), 0, [0, 20, 49]);
    const fed = [0, 20, 49].map((offset) => context.logits(offset));
    await using other = await open();
    await other.decodeTokens(tokens, 0, [0, 20, 49]);
    [0, 20, 49].forEach((offset, i) => {
      expect(furthest(fed[i]!, other.logits(offset))).toBeLessThan(1e-5);
    });
  });

  test('what comes out depends on what came before', async () => {
    const tokens = someTokens(30);
    const changed = tokens.with(3, 9);
    expect(furthest(await logitsAfter(tokens), await logitsAfter(changed))).toBeGreaterThan(0.1);
  });

  test('one batch and one by one agree', async () => {
    const embeddings = embeddingsOf(someTokens(40));
    await using together = await open();
    const all = [...Array(40).keys()];
    await together.decodeEmbeddings(embeddings, 0, all);
    await using single = await open();
    for (const i of all) {
      await single.decodeEmbeddings(embeddings.subarray(i * width, (i + 1) * width), i, [0]);
      expect(furthest(single.logits(0), together.logits(i))).toBeLessThan(0.05);
      expect(single.argmax(0)).toBe(together.argmax(i));
    }
    expect(together.counters).toEqual({ decodes: 1, embeddings: 40, tokens: 0 });
    expect(single.counters).toEqual({ decodes: 40, embeddings: 40, tokens: 0 });
  });

  test('more than one batch holds is divided, and every asked-for row is kept', async () => {
    const tokens = someTokens(150);
    await using divided = await open({ batch: 32 });
    await divided.decodeTokens(tokens, 0, [10, 31, 32, 149]);
    await using whole = await open({ batch: 256 });
    await whole.decodeTokens(tokens, 0, [10, 31, 32, 149]);
    for (const offset of [10, 31, 32, 149]) {
      expect(furthest(divided.logits(offset), whole.logits(offset))).toBeLessThan(0.05);
    }
    expect(divided.counters).toEqual({ decodes: 5, embeddings: 0, tokens: 150 });
  });

  test('the same calls give the same logits, bit for bit', async () => {
    const tokens = someTokens(60);
    expect(await logitsAfter(tokens)).toEqual(await logitsAfter(tokens));
  });

  test('on all cores, wide calls and narrow ones in turn give the logits of one thread, bit for bit', async () => {
    const tokens = someTokens(200);
    const walk = async (options: Partial<ContextOptions>) => {
      await using context = await open(options);
      const rows: Float32Array[] = [];
      const feed = async (from: number, to: number, position = from) => {
        await context.decodeTokens(tokens.subarray(from, to), position, [to - from - 1]);
        rows.push(context.logits(to - from - 1));
      };
      await feed(0, 60);
      await feed(60, 61);
      await feed(61, 70);
      await feed(70, 160);
      await context.remove(10, 50);
      await context.shift(50, 160, -40);
      await feed(160, 200, 120);
      return rows;
    };
    expect(await walk({ threads: undefined, sharesCpu: false })).toEqual(await walk({}));
  });

  test('probabilities and the most probable token are those of the logits', async () => {
    await using context = await open();
    await context.decodeTokens(someTokens(20), 0, [19]);
    const logits = context.logits(19);
    const best = logits.indexOf(Math.max(...logits));
    expect(context.argmax(19)).toBe(best);
    expect(context.argmax(19, new Set([best]))).not.toBe(best);
    const sum = logits.reduce((total, value) => total + Math.exp(value - logits[best]!), 0);
    expect(context.probability(19, best)).toBeCloseTo(1 / sum, 12);
    expect(() => context.probability(19, 276)).toThrow(RangeError);
  });

  test('only rows of the last decode that were asked for are there', async () => {
    await using context = await open();
    await context.decodeTokens(someTokens(5), 0, [2]);
    expect(() => context.logits(4)).toThrow(/kept no logits/);
    await context.decodeTokens(someTokens(5), 5, []);
    expect(() => context.logits(2)).toThrow(/kept no logits/);
  });

  test('nothing fed is nothing done', async () => {
    await using context = await open();
    await context.decodeTokens(new Int32Array(0), 0, []);
    expect(context.counters).toEqual({ decodes: 0, embeddings: 0, tokens: 0 });
  });

  test('two contexts on one model do not disturb each other', async () => {
    const [a, b] = [someTokens(40, 1), someTokens(40, 2)];
    await using first = await open();
    await using second = await open();
    for (let i = 0; i < 40; i += 10) {
      await Promise.all([
        first.decodeTokens(a.subarray(i, i + 10), i, [9]),
        second.decodeTokens(b.subarray(i, i + 10), i, [9]),
      ]);
    }
    expect(furthest(first.logits(9), await logitsAfter(a))).toBeLessThan(0.05);
    expect(furthest(second.logits(9), await logitsAfter(b))).toBeLessThan(0.05);
  });

  test('calls that were not waited for take turns', async () => {
    const tokens = someTokens(60);
    await using context = await open();
    const calls = [0, 20, 40].map((from) => context.decodeTokens(tokens.subarray(from, from + 20), from, [19]));
    const refused = context.decodeTokens(tokens, 7, []);
    const last = context.decodeTokens(someTokens(1, 5), 60, [0]);
    await Promise.all([...calls, last]);
    await expect(refused).rejects.toThrow(/does not follow/);
    expect(context.counters.tokens).toBe(61);
  });

  test('an adapter changes what the model says', async () => {
    await using adapted = await openLanguageModel(fixture, { adapter });
    await using context = await adapted.openContext({ capacity: 256, batch: 64, threads: 1 });
    await context.decodeTokens(someTokens(30), 0, [29]);
    expect(furthest(context.logits(29), await logitsAfter(someTokens(30)))).toBeGreaterThan(0.1);
  });
});

describe('the cache', () => {
  test('a removed tail that is fed again gives identical logits', async () => {
    const tokens = someTokens(60);
    await using context = await open();
    await context.decodeTokens(tokens.subarray(0, 40), 0, []);
    await context.decodeTokens(tokens.subarray(40), 40, [19]);
    const before = context.logits(19);
    await context.remove(40, -1);
    await context.decodeTokens(someTokens(10, 3), 40, []);
    await context.remove(40, 50);
    await context.decodeTokens(tokens.subarray(40), 40, [19]);
    expect(context.logits(19)).toEqual(before);
  });

  test('positions that were shifted are as if the tokens had been fed there', async () => {
    // RoPE is relative: what the next token sees does not depend on where the sequence starts.
    const tokens = someTokens(30, 2);
    const next = someTokens(1, 9);
    const expected = await logitsAfter(Int32Array.of(...tokens, ...next));
    await using context = await open();
    await context.decodeTokens(tokens, 0, []);
    await context.shift(0, 30, 20);
    await context.decodeTokens(next, 50, [0]);
    expect(furthest(context.logits(0), expected)).toBeLessThan(0.1);
    await context.remove(50, -1);
    await context.shift(20, 50, -20);
    await context.decodeTokens(next, 30, [0]);
    expect(furthest(context.logits(0), expected)).toBeLessThan(0.1);
  });

  test('closing the hole that an eviction leaves at the front changes nothing that the next token sees', async () => {
    const next = someTokens(1, 9);
    const evicted = async (close: boolean) => {
      await using context = await open();
      await context.decodeTokens(someTokens(50, 3), 0, []);
      await context.remove(0, 20);
      if (close) await context.shift(20, -1, -20);
      await context.decodeTokens(next, close ? 30 : 50, [0]);
      return context.logits(0);
    };
    const closed = await evicted(true);
    expect(furthest(closed, await evicted(false))).toBeLessThan(0.1);
    expect(furthest(closed, await logitsAfter(Int32Array.of(...someTokens(50, 3), ...next)))).toBeGreaterThan(0.1);
  });

  test('removing a block and shifting the rest keeps decoding for ever in a bounded cache', async () => {
    await using context = await open({ capacity: 64 });
    let end = 0;
    for (let i = 0; i < 100; i++) {
      if (end + 10 > 64) {
        await context.remove(4, 24);
        await context.shift(24, -1, -20);
        end -= 20;
      }
      await context.decodeEmbeddings(embeddingsOf(someTokens(10, i)), end, [9]);
      end += 10;
      expect(Number.isFinite(context.logits(9)[0])).toBe(true);
    }
    expect(context.counters.embeddings).toBe(1000);
  });

  test('a saved cache continues identically, in this context and in another', async () => {
    const tokens = someTokens(50);
    await using context = await open();
    await context.decodeEmbeddings(embeddingsOf(tokens), 0, []);
    const state = await context.saveState();
    await context.decodeTokens(someTokens(3, 8), 50, [2]);
    const expected = context.logits(2);

    await context.loadState(state);
    await context.decodeTokens(someTokens(3, 8), 50, [2]);
    expect(context.logits(2)).toEqual(expected);

    await using other = await open({ capacity: 128 });
    await other.loadState(state);
    await other.decodeTokens(someTokens(3, 8), 50, [2]);
    expect(other.logits(2)).toEqual(expected);
  });

  test('a cache saved right after a shift continues as the one that goes on', async () => {
    await using context = await open();
    await context.decodeTokens(someTokens(60), 0, []);
    await context.remove(5, 25);
    await context.shift(25, -1, -20);
    const state = await context.saveState();
    await context.decodeTokens(someTokens(2, 4), 40, [1]);
    await using other = await open();
    await other.loadState(state);
    await other.decodeTokens(someTokens(2, 4), 40, [1]);
    // The loaded cache has no gaps between its cells, so sums are made in another order.
    expect(furthest(other.logits(1), context.logits(1))).toBeLessThan(0.1);
    expect(context.counters).toEqual({ decodes: 2, embeddings: 0, tokens: 62 });
  });

  test('an empty cache can be saved and loaded', async () => {
    await using context = await open();
    const state = await context.saveState();
    await context.decodeTokens(someTokens(9), 0, []);
    await context.loadState(state);
    await context.decodeTokens(someTokens(9), 0, [8]);
    expect(context.logits(8)).toEqual(await logitsAfter(someTokens(9)));
  });

  test('clearing leaves nothing behind', async () => {
    await using context = await open();
    await context.decodeTokens(someTokens(70, 3), 0, []);
    await context.clear();
    await context.decodeTokens(someTokens(30), 0, [29]);
    expect(furthest(context.logits(29), await logitsAfter(someTokens(30)))).toBeLessThan(1e-5);
  });
});

describe('living together', () => {
  test("Node's loop turns while a decode runs", async () => {
    await using context = await open({ capacity: 4096, batch: 2048 });
    let running = true;
    let turns = 0;
    const decode = context.decodeTokens(someTokens(4096), 0, []).finally(() => {
      running = false;
    });
    while (running) {
      await turnOfTheLoop();
      turns++;
    }
    await decode;
    expect(turns).toBeGreaterThan(100);
  });

  test('memory does not grow over 20,000 decodes', async () => {
    await using context = await open({ capacity: 64 });
    const embeddings = embeddingsOf(someTokens(2));
    const run = async (decodes: number) => {
      for (let i = 0; i < decodes; i++) {
        if (i % 20 === 0) await context.clear();
        await context.decodeEmbeddings(embeddings, (i % 20) * 2, [1]);
      }
      return process.memoryUsage().rss / 2 ** 20;
    };
    const warm = await run(4000);
    expect((await run(20_000)) - warm).toBeLessThan(16);
  });

  test('a context keeps its model alive; closing twice is harmless; use after closing is refused', async () => {
    const own = await openLanguageModel(fixture);
    const context = await own.openContext({ capacity: 64 });
    await own[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
    expect(() => own.tokenize('x')).toThrow(/closed/);
    await expect(own.openContext({ capacity: 64 })).rejects.toThrow(/closed/);

    await context.decodeTokens(someTokens(10), 0, [9]);
    expect(context.logits(9)).toEqual(await logitsAfter(someTokens(10)));
    const pending = context.decodeTokens(someTokens(10), 10, []);
    await Promise.all([context[Symbol.asyncDispose](), context[Symbol.asyncDispose]()]);
    await context[Symbol.asyncDispose]();
    await expect(pending).rejects.toThrow(/closed/);
    expect(() => context.logits(9)).toThrow(/closed/);
    await expect(context.saveState()).rejects.toThrow(/closed/);
  });

  test.skipIf(process.platform !== 'linux' || availableParallelism() < 2)(
    'the threads of a context that has all cores end with it',
    async () => {
      const threads = () => readdirSync('/proc/self/task').length;
      const before = threads();
      const context = await open({ threads: undefined, sharesCpu: false });
      expect(threads()).toBeGreaterThan(before);
      await context[Symbol.asyncDispose]();
      expect(threads()).toBe(before);
    },
  );

  test('models come and go without leaving memory behind', async () => {
    const round = async () => {
      await using own = await openLanguageModel(fixture);
      await using context = await own.openContext({ capacity: 512 });
      await context.decodeTokens(someTokens(10), 0, [9]);
    };
    for (let i = 0; i < 10; i++) await round();
    const warm = process.memoryUsage().rss;
    for (let i = 0; i < 60; i++) await round();
    expect((process.memoryUsage().rss - warm) / 2 ** 20).toBeLessThan(24);
  });
});
