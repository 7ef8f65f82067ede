import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { openReader } from '../../main/reading/open-reader.ts';
import type { Picture } from '../../main/reading/picture.ts';
import { embeddedReaders } from '../../main/reading/weights.ts';

const fixtures = join(import.meta.dirname, '../fixtures/reading');
const truth = JSON.parse(readFileSync(join(fixtures, 'truth.json'), 'utf8')) as Record<
  string,
  { readonly width: number; readonly height: number; readonly lines: readonly string[] }
>;
const ffmpeg = await findFfmpeg();
const reader = openReader();
afterAll(() => reader[Symbol.asyncDispose]());
/** For pictures that are to be read to the end, however busy the machine is. */
const patient = { mostMs: 60_000 };

function drawn(name: string): Picture {
  const { width, height } = truth[name]!;
  const input = ['-v', 'error', '-i', join(fixtures, `${name}.png`)];
  const pixels = execFileSync(ffmpeg.path, [...input, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']);
  return { pixels: new Uint8Array(pixels), width, height };
}

function picture(width: number, height: number, fill: (at: number) => number): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = fill(at);
  return { pixels, width, height };
}

describe('what is written', () => {
  for (const name of ['english-light', 'english-dark', 'columns', 'chinese', 'japanese', 'korean']) {
    for (const exactness of ['fast', 'exact'] as const) {
      test(`${name}, ${exactness}: every line, in order`, async () => {
        const { lines, complete } = await reader.read(drawn(name), { ...patient, exactness });
        // The fast recogniser loses a space beside a sign now and then.
        const told = (text: string) => (exactness === 'fast' ? text.replaceAll(' ', '') : text);
        expect(lines.map(({ text }) => told(text))).toEqual(truth[name]!.lines.map(told));
        expect(complete).toBe(true);
        expect(Math.min(...lines.map(({ confidence }) => confidence))).toBeGreaterThan(0.85);
      });
    }
  }

  test('each line has its place, and columns are paragraphs of their own', async () => {
    const { lines } = await reader.read(drawn('columns'), patient);
    expect(lines.map(({ paragraph }) => paragraph)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    for (const { box } of lines) {
      expect(box.height).toBeGreaterThan(12);
      expect(box.height).toBeLessThan(26);
    }
    expect(lines[4]!.box.x).toBeGreaterThan(lines[0]!.box.x + 200);
  });
});

describe('pictures of every kind', () => {
  test('one pixel, and nothing at all, hold no text', async () => {
    expect(await reader.read(picture(1, 1, () => 255))).toEqual({ lines: [], complete: true });
    expect((await reader.read(picture(300, 1, () => 0))).lines).toEqual([]);
  });

  test('the largest picture takes no more than its time and the rest of a step', async () => {
    const started = performance.now();
    const reading = await reader.read(
      picture(7680, 4320, () => 255),
      { mostMs: 200 },
    );
    expect(reading).toEqual({ lines: [], complete: false });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('thousands of tiny glyphs take no more than their time', async () => {
    const noise = picture(1366, 768, (at) => (Math.sin(at * 12.9898) > 0.3 ? 255 : 0));
    const started = performance.now();
    await reader.read(noise, { mostMs: 500 });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('a text upside down is a reading like any other', async () => {
    const { width, height, pixels } = drawn('english-light');
    const turned = picture(width, height, (at) => pixels[pixels.length - 3 - (at - (at % 3)) + (at % 3)]!);
    const { lines, complete } = await reader.read(turned, patient);
    expect(complete).toBe(true);
    expect(lines.map(({ text }) => text)).not.toContain(truth['english-light']!.lines[1]);
  });

  test('bytes that are not of the size are refused', () => {
    expect(() => reader.read({ pixels: new Uint8Array(5), width: 2, height: 1 })).toThrow(RangeError);
    expect(() => reader.read({ pixels: new Uint8Array(0), width: 0, height: 0 })).toThrow(RangeError);
  });
});

describe('weights', () => {
  const damages: readonly (readonly [string, string, (folder: string) => void])[] = [
    ['no manifest', 'bundle-missing', (folder) => rmSync(join(folder, 'readers.json'))],
    ['another manifest', 'bundle-invalid', (folder) => writeFileSync(join(folder, 'readers.json'), '{"format": 1}')],
    ['a missing file', 'bundle-corrupt', (folder) => rmSync(join(folder, 'detector.onnx'))],
    ['a file cut short', 'bundle-corrupt', (folder) => truncateSync(join(folder, 'recogniser-fast.onnx'), 1000)],
    ['a damaged script', 'bundle-corrupt', (folder) => writeFileSync(join(folder, 'tesseract.cjs'), 'process.exit()')],
    ['a graph of another shape', 'bundle-invalid', (folder) => swap(folder, 'detector', 'fastRecogniser')],
  ];
  for (const [what, code, damage] of damages) {
    test(`${what}: ${code}, in one line`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'onlooker-readers-'));
      try {
        cpSync(embeddedReaders, folder, { recursive: true });
        damage(folder);
        await using broken = openReader({ folder });
        const failure = await broken.read(drawn('korean')).catch((error: unknown) => error);
        expect(failure).toMatchObject({ code });
        expect((failure as Error).message).not.toContain('\n');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

/** Has the manifest name each of two files as the other. */
function swap(folder: string, one: string, other: string): void {
  const path = join(folder, 'readers.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const { [one]: first, [other]: second } = manifest.files;
  writeFileSync(path, JSON.stringify({ ...manifest, files: { ...manifest.files, [one]: second, [other]: first } }));
}

describe('a thread that is lost', () => {
  const opened = "import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ type: 'opened' });";
  const scripts = {
    hangs: `${opened} parentPort.on('message', () => { for (;;); });`,
    ends: `${opened} parentPort.on('message', () => process.exit(3));`,
    'never begins': 'setInterval(() => {}, 1000)',
  };
  for (const [what, script] of Object.entries(scripts)) {
    test(`${what}: told in bounded time, and replaced each time`, async () => {
      const url = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
      await using lost = openReader({ script: url, graceMs: 300 });
      for (let i = 0; i < 3; i += 1) {
        const failure = lost.read(
          picture(8, 8, () => 0),
          { mostMs: 0 },
        );
        await expect(failure).rejects.toMatchObject({ code: 'engine-lost' });
      }
    });
  }
});
