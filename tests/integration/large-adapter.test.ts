import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { narrate } from '../../main/live/narrate.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import { openVisionEncoder } from '../../main/vision/open-encoder.ts';
import { trainingPython } from '../support/needs.ts';

/**
 * What native-models/training/large writes (a Llama, a LoRA over it, a vision tower and its connector) is loaded by the
 * program and computes what plain PyTorch does. The engines are tiny and their weights random.
 */
const tiny = fileURLToPath(new URL('../../native-models/training/large/tiny.py', import.meta.url));
const desk = fileURLToPath(new URL('../fixtures/desk.mp4', import.meta.url));
const python = trainingPython({ large: true });

interface Expected {
  readonly pixels: number[];
  readonly tokens: number[];
  /** Logits after the words without the adapter. */
  readonly base: number[];
  readonly bundle: Outputs;
  readonly merged: Outputs;
}

interface Outputs {
  readonly vision: number[];
  readonly embedding: number[];
  readonly afterWords: number[];
  /** Logits at the ends of three frames that follow the words. */
  readonly afterFrames: number[][];
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe.skipIf(python.missing)(`bundles of the large training code ${python.missing ?? ''}`, () => {
  let folder: string;
  let expected: Expected;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onlooker-large-'));
    const made = spawnSync(python.path, [tiny, '--out', folder, '--bundles'], { encoding: 'utf8' });
    expect(made.status, made.stderr).toBe(0);
    expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  // llama.cpp rounds activations and the cache to f16; logits go up to about 4.
  const close = 0.02;

  // A SigLIP tower, with the LoRA as an adapter; a CLIP tower, with the LoRA in the weights.
  test.each(['bundle', 'merged'] as const)('"%s" computes what PyTorch does', async (name) => {
    const bundle = await openBundle(join(folder, name));
    const outputs = expected[name];
    await using encoder = await openVisionEncoder(bundle, { providers: ['cpu'] });
    const size = expected.pixels.length / 3;
    const frames = [0, 1, 2].map((i) => Uint8Array.from(expected.pixels.slice(i * size, (i + 1) * size)));
    const seen = await encoder.encode(frames);
    const vision = Float32Array.from(seen.flatMap(({ tokens }) => [...tokens]));
    expect(furthest(vision, outputs.vision)).toBeLessThan(1e-4);
    expect(
      furthest(
        seen.flatMap(({ embedding }) => [...embedding]),
        outputs.embedding,
      ),
    ).toBeLessThan(1e-4);

    const adapter = bundle.path('adapter');
    expect(adapter === undefined).toBe(name === 'merged');
    await using model = await openLanguageModel(bundle.path('language'), adapter === undefined ? {} : { adapter });
    await using context = await model.openContext({ capacity: 256, batch: 64, threads: 1 });
    const words = Int32Array.from(expected.tokens);
    await context.decodeTokens(words, 0, [words.length - 1]);
    expect(furthest(context.logits(words.length - 1), outputs.afterWords)).toBeLessThan(close);
    await context.decodeEmbeddings(vision, words.length, [9, 19, 29]);
    for (const [i, logits] of outputs.afterFrames.entries()) {
      expect(furthest(context.logits(10 * i + 9), logits)).toBeLessThan(close);
    }
  });

  test('without the adapter it is the base model, which says something else', async () => {
    const bundle = await openBundle(join(folder, 'bundle'));
    await using model = await openLanguageModel(bundle.path('language'));
    await using context = await model.openContext({ capacity: 256, batch: 64, threads: 1 });
    const words = Int32Array.from(expected.tokens);
    await context.decodeTokens(words, 0, [words.length - 1]);
    const logits = context.logits(words.length - 1);
    expect(furthest(logits, expected.base)).toBeLessThan(close);
    expect(furthest(logits, expected.bundle.afterWords)).toBeGreaterThan(20 * close);
  });

  test('the program narrates a recording with it', async () => {
    const events = await Array.fromAsync(
      narrate({ hiding: 'none', source: desk, bundle: join(folder, 'bundle'), duration: 5 }),
    );
    const decided = events.flatMap((event) => (event.type === 'frame' ? [event.pSilent] : []));
    expect(decided).toHaveLength(10);
    expect(decided.every((p) => p >= 0 && p <= 1)).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'finished', frames: 10 });
  });
});
