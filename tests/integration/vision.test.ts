import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BundleManifest } from '../../main/bundle/manifest.ts';
import type { FrameTokens, VisionEncoder } from '../../main/vision/frame-tokens.ts';
import { openVisionEncoder } from '../../main/vision/open-encoder.ts';
import { tinyManifest } from '../support/tiny-bundle.ts';

const tinyVision = fileURLToPath(new URL('../fixtures/tiny-vision.onnx', import.meta.url));
const tinyCloseUp = fileURLToPath(new URL('../fixtures/tiny-close-up.onnx', import.meta.url));
const tinyConnector = fileURLToPath(new URL('../fixtures/tiny-connector.onnx', import.meta.url));
const size = 48 * 27 * 3;
/** A frame of one colour, so that features are known. */
const plain = (value: number) => new Uint8Array(size).fill(value);
/** Reproducible noise. */
const noise = (seed: number) =>
  Uint8Array.from({ length: size }, (_, i) => (Math.imul(i + 1, 2654435761) >>> seed) & 255);

function furthest(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

describe('the vision encoder', () => {
  let folder: string;
  let encoder: VisionEncoder;
  const open = (manifest: BundleManifest = tinyManifest()) => openVisionEncoder({ folder, manifest });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onlooker-vision-'));
    await copyFile(tinyVision, join(folder, 'vision.onnx'));
    encoder = await open();
  });
  afterEach(async () => {
    await encoder[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test('says which provider it uses', () => {
    expect(encoder.provider).toMatch(/^(CPU|CUDA|WebGPU|CoreML|DirectML)/);
  });

  test('gives one result a frame, of the shapes in the manifest, embeddings of unit length', async () => {
    const results = await encoder.encode([plain(10), noise(3), noise(9)]);
    expect(results).toHaveLength(3);
    for (const { tokens, stillTokens, embedding } of results) {
      expect(tokens).toHaveLength(640);
      expect(stillTokens).toHaveLength(640);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    }
    expect(await encoder.encode([])).toEqual([]);
  });

  test('a batch gives what its frames give one by one: the state goes from call to call', async () => {
    const frames = [noise(1), noise(5), plain(0), noise(9), noise(2)];
    const batched = await encoder.encode(frames);
    encoder.reset();
    const single: FrameTokens[] = [];
    for (const frame of frames) single.push(...(await encoder.encode([frame])));
    for (const [i, result] of batched.entries()) {
      expect(furthest(result.tokens, single[i]!.tokens)).toBeLessThan(1e-5);
      expect(furthest(result.embedding, single[i]!.embedding)).toBeLessThan(1e-5);
    }
  });

  test('tokens show change; a first frame, and one after reset, shows none', async () => {
    const [first] = await encoder.encode([plain(20)]);
    expect(furthest(first!.tokens, first!.stillTokens)).toBe(0);
    const [changed] = await encoder.encode([plain(220)]);
    expect(furthest(changed!.tokens, changed!.stillTokens)).toBeGreaterThan(0.1);
    encoder.reset();
    const [again] = await encoder.encode([plain(220)]);
    expect(furthest(again!.tokens, again!.stillTokens)).toBe(0);
  });

  test('calls take turns, and a reset falls between the calls around it', async () => {
    const before = encoder.encode([plain(20)]);
    const changed = encoder.encode([plain(220)]);
    encoder.reset();
    const after = encoder.encode([plain(20)]);
    const [[a], [b], [c]] = await Promise.all([before, changed, after]);
    expect(furthest(b!.tokens, b!.stillTokens)).toBeGreaterThan(0.1);
    expect(furthest(a!.tokens, c!.tokens)).toBe(0);
  });

  test('results are copies: later calls do not change them, and the frames stay the caller’s', async () => {
    const frame = noise(4);
    const kept = frame.slice();
    const [first] = await encoder.encode([frame]);
    const copy = first!.tokens.slice();
    await encoder.encode([noise(7)]);
    expect(first!.tokens).toEqual(copy);
    expect(frame).toEqual(kept);
  });

  test('a frame of another size is refused before it reaches the graph, and spoils neither state nor later calls', async () => {
    await encoder.encode([plain(20)]);
    await expect(encoder.encode([plain(220), new Uint8Array(size - 3)])).rejects.toThrow(
      /3885 bytes; 48 x 27 RGB has 3888/,
    );
    const [next] = await encoder.encode([plain(20)]);
    expect(furthest(next!.tokens, next!.stillTokens)).toBe(0); // still compared with plain(20)
  });

  test('closing waits for what was asked; afterwards calls are refused', async () => {
    const pending = encoder.encode([noise(1)]);
    await encoder[Symbol.asyncDispose]();
    expect(await pending).toHaveLength(1);
    await expect(encoder.encode([noise(1)])).rejects.toThrow(/closed/);
  });

  test('a provider that is not to be had is passed over, and the line says why', async () => {
    await using fallen = await openVisionEncoder({ folder, manifest: tinyManifest() }, { providers: ['cuda', 'cpu'] });
    expect(fallen.provider).toMatch(/^(CUDA$|CPU \(CUDA: .+\)$)/);
    expect(await fallen.encode([plain(1)])).toHaveLength(1);
  });

  test('without a provider that works the error names the file', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml';
    await expect(
      openVisionEncoder({ folder, manifest: tinyManifest() }, { providers: [absent] }),
    ).rejects.toMatchObject({
      code: 'model-unloadable',
      message: expect.stringMatching(/vision\.onnx cannot be loaded \((CoreML|DirectML): /),
    });
  });

  test('a connector stands between the graph and the language model', async () => {
    await copyFile(tinyConnector, join(folder, 'connector.onnx'));
    const manifest = tinyManifest();
    manifest.files.connector = { ...manifest.files.vision, path: 'connector.onnx' };
    await using connected = await open(manifest);
    const [plainly] = await encoder.encode([noise(3)]);
    const [doubled] = await connected.encode([noise(3)]);
    const twice = (values: Float32Array) => values.map((value) => 2 * value);
    expect(furthest(doubled!.tokens, twice(plainly!.tokens))).toBe(0);
    expect(furthest(doubled!.stillTokens, twice(plainly!.stillTokens))).toBe(0);
    manifest.vision.tokenWidth = 128;
    await expect(open(manifest)).rejects.toMatchObject({
      code: 'bundle-invalid',
      message: expect.stringMatching(/^connector\.onnx .*shape \[N, 10, 64\], but bundle\.json wants \[N, 10, 128\]/),
    });
  });

  describe('a closer look', () => {
    const withCloseUp = () => {
      const manifest = tinyManifest();
      manifest.files.closeUp = { ...manifest.files.vision, path: 'close-up.onnx' };
      return manifest;
    };
    beforeEach(() => copyFile(tinyCloseUp, join(folder, 'close-up.onnx')));

    test('gives the tokens of one frame, whatever was seen before, and leaves what comes after as it is', async () => {
      await using looking = await open(withCloseUp());
      const [first, second, third] = [noise(3), noise(9), plain(40)];
      const near = await looking.lookClosely(third);
      expect(near).toHaveLength(640);
      const seen = [...(await looking.encode([first])), ...(await looking.encode([second]))];
      const kept = third.slice();
      expect(await looking.lookClosely(third)).toEqual(near);
      expect(third).toEqual(kept);
      expect(await looking.lookClosely(first)).not.toEqual(near);
      seen.push(...(await looking.encode([third])));
      const plainly = await encoder.encode([first, second, third]);
      for (const [i, { tokens }] of plainly.entries()) expect(furthest(seen[i]!.tokens, tokens)).toBeLessThan(1e-5);
    });

    test('a bundle without one has none to give', async () => {
      expect(await encoder.lookClosely(plain(10))).toBeUndefined();
    });

    test('a frame of another size is refused', async () => {
      await using looking = await open(withCloseUp());
      await expect(looking.lookClosely(new Uint8Array(size + 3))).rejects.toThrow(/3891 bytes; 48 x 27 RGB has 3888/);
    });

    test('one that cannot be loaded fails the question, and no frame', async () => {
      await writeFile(join(folder, 'close-up.onnx'), 'not a graph');
      await using looking = await open(withCloseUp());
      await expect(looking.lookClosely(plain(10))).rejects.toMatchObject({
        code: 'model-unloadable',
        message: expect.stringContaining('close-up.onnx'),
      });
      expect(await looking.encode([plain(10)])).toHaveLength(1);
    });

    test('one that does not take a frame fails the question', async () => {
      const manifest = withCloseUp();
      await writeFile(join(folder, 'close-up.onnx'), await readFile(tinyConnector));
      await using looking = await open(manifest);
      await expect(looking.lookClosely(plain(10))).rejects.toMatchObject({ code: 'model-unloadable' });
    });
  });

  test('a graph that is cut short is model-unloadable', async () => {
    const whole = await readFile(tinyVision);
    await writeFile(join(folder, 'vision.onnx'), whole.subarray(0, whole.length / 2));
    await expect(open()).rejects.toMatchObject({
      code: 'model-unloadable',
      message: expect.stringContaining('vision.onnx'),
    });
  });

  test('a graph of another shape is bundle-invalid', async () => {
    const manifest = tinyManifest();
    manifest.vision.tokenWidth = 128;
    await expect(open(manifest)).rejects.toMatchObject({ code: 'bundle-invalid' });
  });
});
