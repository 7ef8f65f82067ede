import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FfmpegBinary, locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import type { Captured, Frame, Sampling } from '../../main/capture/frame.ts';
import { openFile } from '../../main/capture/open-recording.ts';
import { openSource } from '../../main/capture/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-capture-'));
const path = (name: string) => join(folder, name);
const sampling = { fps: 2, width: 96, height: 60 };
const binaries: FfmpegBinary[] = [];

/** Picture k of the test recordings is grey of this value, so that a frame tells which picture it shows. */
const grey = (k: number) => 16 + ((k * 37) % 200);
const counted = "geq=lum='16+mod(N*37,200)':cb=128:cr=128";

function make(name: string, filters: string, ...options: string[]): void {
  const ffmpeg = binaries[0]!.path;
  const args = ['-loglevel', 'error', '-y', '-f', 'lavfi', '-i', filters, ...options, path(name)];
  execFileSync(ffmpeg, args);
}

beforeAll(async () => {
  binaries.push(await locateFfmpeg());
  const last = await locateFfmpeg({ PATH: '' });
  if (last.path !== binaries[0]!.path) binaries.push(last);

  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '10', '-pix_fmt', 'yuv420p'];
  const tiny = `color=s=64x40:r=10:d=40,${counted}`;
  make('steady.mp4', tiny, ...h264, '-bf', '3', '-g', '70', '-b_strategy', '0');
  // Picture k lasts 0.1 s up to second 10, where 9 seconds pass without one; then again 0.1 s each.
  const gaps = `${tiny.replace('d=40', 'd=30')},setpts='if(lt(N,100),N/10,N/10+9)/TB'`;
  for (const name of ['gaps.mp4', 'gaps.mkv']) make(name, gaps, '-vsync', 'vfr', ...h264, '-bf', '2', '-g', '40');
  make('gaps.webm', gaps, '-vsync', 'vfr', '-c:v', 'libvpx', '-g', '40', '-b:v', '1M', '-deadline', 'realtime');
  make('fragments.mp4', tiny, ...h264, '-g', '25', '-movflags', 'frag_keyframe+empty_moov');
  make('late.ts', tiny, ...h264, '-bf', '2', '-g', '25', '-output_ts_offset', '100');
  make('late.mkv', tiny, ...h264, '-bf', '2', '-g', '25', '-output_ts_offset', '100');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

async function capture(name: string, options: Partial<Sampling> = {}, ffmpeg = binaries[0]!): Promise<Captured[]> {
  await using source = await openFile(path(name), ffmpeg, { ...sampling, ...options });
  return await Array.fromAsync(source.frames());
}

const framesOf = (items: readonly Captured[]): Frame[] =>
  items.flatMap((item) => (item.type === 'frame' ? [item.frame] : []));
const prints = (items: readonly Captured[]) =>
  framesOf(items).map(({ index, t, pixels }) => `${index} ${t} ${createHash('sha1').update(pixels).digest('hex')}`);
/** The grey in the middle of a frame, on the scale of `grey`. */
const shown = ({ pixels }: Frame) => ((pixels[(30 * 96 + 48) * 3 + 1] ?? 0) * 219) / 255 + 16;

/** A white picture of `size` lies whole and centred on black. */
function expectFitted({ pixels, t }: Frame, size: string): void {
  const [w = 0, h = 0] = size.split('x').map(Number);
  const scale = Math.min(96 / w, 60 / h);
  const lit = (x: number, y: number) => pixels[(y * 96 + x) * 3]! > 128;
  const columns = Array.from({ length: 96 }, (_, x) => lit(x, 30)).filter(Boolean).length;
  const rows = Array.from({ length: 60 }, (_, y) => lit(48, y)).filter(Boolean).length;
  expect(Math.abs(columns - w * scale), `columns of ${size} at ${t} s`).toBeLessThanOrEqual(1);
  expect(Math.abs(rows - h * scale), `rows of ${size} at ${t} s`).toBeLessThanOrEqual(1);
  expect(lit(48, 30)).toBe(true);
  if (columns < 94) expect([lit(0, 30), lit(95, 30)]).toEqual([false, false]);
  if (rows < 58) expect([lit(48, 0), lit(48, 59)]).toEqual([false, false]);
}

describe('recordings', () => {
  test('the grid is exact: frame i shows the picture of second i / fps', async () => {
    const frames = framesOf(await capture('steady.mp4'));
    expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: 80 }, (_, i) => i));
    for (const frame of frames) {
      expect(frame.t).toBe(frame.index / 2);
      expect(Math.abs(shown(frame) - grey(frame.index * 5))).toBeLessThan(4);
    }
  });

  test.each(['gaps.mp4', 'gaps.mkv', 'gaps.webm'])('%s: a picture stays up until the next one', async (name) => {
    const frames = framesOf(await capture(name));
    expect(frames).toHaveLength(78); // 39 s
    for (const frame of frames) {
      const picture = frame.t < 10 ? frame.t * 10 : frame.t < 19 ? 99 : (frame.t - 9) * 10;
      expect(Math.abs(shown(frame) - grey(picture)), `at ${frame.t} s`).toBeLessThan(name.endsWith('webm') ? 14 : 4);
    }
  });

  test.each(['late.ts', 'late.mkv'])(
    '%s: media time starts with the recording, not at its first stamp',
    async (name) => {
      const frames = framesOf(await capture(name));
      expect(frames).toHaveLength(80);
      expect(Math.abs(shown(frames[3]!) - grey(15))).toBeLessThan(4);
    },
  );

  const recordings = ['steady.mp4', 'gaps.mp4', 'gaps.mkv', 'gaps.webm', 'fragments.mp4', 'late.ts', 'late.mkv'];
  test.each(recordings)('%s: from the middle come exactly the frames of a run from the start', async (name) => {
    // The oldest ffmpeg that may be met, and an awkward rate, on fewer places: each costs a start of ffmpeg.
    const newest = { ffmpeg: binaries[0]!, fps: 2, starts: [0.5, 7.3, 14, 18.9, 19.1, 36] };
    const oldest = { ffmpeg: binaries.at(-1)!, fps: 3, starts: [7.3, 14, 19.1, 27.77] };
    for (const { ffmpeg, fps, starts } of [newest, oldest]) {
      const all = prints(await capture(name, { fps }, ffmpeg));
      for (const from of starts) {
        const first = Math.ceil(from * fps);
        const some = prints(await capture(name, { fps, from, duration: 2 }, ffmpeg));
        expect(some, `${ffmpeg.version}, ${fps} fps, from ${from} s`).toEqual(all.slice(first, first + some.length));
        expect(some.length).toBe(Math.ceil((from + 2) * fps) - first);
      }
    }
  });

  test.each(['60x96', '80x60', '200x60'])('a picture of %s is fitted whole, centred on black', async (size) => {
    make('shape.nut', `color=white:s=${size}:r=2:d=1`, '-c:v', 'rawvideo', '-pix_fmt', 'bgr24');
    const [frame] = framesOf(await capture('shape.nut'));
    expectFitted(frame!, size);
  });

  test('a picture that changes its size and its pixel format in mid-stream: the clock goes on, each is fitted', async () => {
    const parts = [
      ['96x60', 'yuv420p'],
      ['60x96', 'yuv420p'],
      ['320x64', 'yuv444p10le'],
      ['40x24', 'yuv420p'],
      ['640x400', 'yuv422p'],
    ] as const;
    const names = parts.map(([size, format], i) => {
      const options = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', format, '-output_ts_offset', `${2 * i}`];
      make(`part-${i}.ts`, `color=white:s=${size}:r=10:d=2`, ...options);
      return `part-${i}.ts`;
    });
    writeFileSync(path('sizes.ts'), Buffer.concat(names.map((name) => readFileSync(path(name)))));
    for (const ffmpeg of binaries) {
      await using source = await openFile(path('sizes.ts'), ffmpeg, sampling);
      expect(source.size).toEqual({ width: 96, height: 60 });
      const items = await Array.fromAsync(source.frames());
      // Where a mask lies in a picture of unknown shape is unknown, and more is covered.
      if (!ffmpeg.outdated) expect(source.size).toBeUndefined();
      const frames = framesOf(items);
      expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
      for (const frame of frames) expectFitted(frame, parts[Math.floor(frame.t / 2)]![0]);
      expect(prints(await capture('sizes.ts', { from: 5, duration: 2 }, ffmpeg))).toEqual(prints(items).slice(10, 14));
    }
  });

  test('ffmpeg waits for a slow reader', async () => {
    make('long.mp4', 'testsrc2=s=320x200:r=10:d=300', '-c:v', 'libx264', '-preset', 'ultrafast');
    await using source = await openFile(path('long.mp4'), binaries[0]!, { ...sampling, width: 384, height: 240 });
    expect(source.duration).toBe(300);
    const before = process.memoryUsage().arrayBuffers;
    let count = 0;
    for await (const item of source.frames()) {
      count += 1;
      if (count === 2) await new Promise((resolve) => setTimeout(resolve, 1500));
      if (count === 3 && item.type === 'frame') expect(item.frame.index).toBe(2);
      if (count === 3) break;
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000); // 598 frames would be 165 MB
  });

  test('realtime hands frames out no faster than they were recorded', async () => {
    const started = performance.now();
    const frames = framesOf(await capture('steady.mp4', { realtime: true, from: 20, duration: 1.5 }));
    expect(frames.map(({ t }) => t)).toEqual([20, 20.5, 21]);
    expect(performance.now() - started).toBeGreaterThan(1000);
    expect(frames[2]!.capturedAt - frames[0]!.capturedAt).toBeGreaterThan(990);
  });
});

describe('what cannot be read says why, before the first frame', () => {
  beforeAll(() => {
    mkdirSync(path('folder'));
    writeFileSync(path('empty.mp4'), '');
    execFileSync('mkfifo', [path('pipe.mp4')]);
    writeFileSync(path('text.mp4'), 'This is not a video, whatever its name says.\n'.repeat(50));
    writeFileSync(path('notes.txt'), 'This is text.\n'.repeat(50));
    for (const name of ['still.jpg', 'still.png', 'still.webp']) {
      make(name, 'testsrc=s=320x240:r=1:d=1', '-frames:v', '1');
    }
    copyFileSync(path('still.jpg'), path('still'));
    make('sound.m4a', 'sine=d=2', '-c:a', 'aac');
    const whole = readFileSync(path('steady.mp4'));
    writeFileSync(path('headless.mp4'), whole.subarray(0, whole.length - 20_000));
  });

  test.each([
    ['nowhere.mp4', 'source-not-found', 'There is no file'],
    ['with\0nul.mp4', 'source-not-found', 'No file can be called'],
    ['still.jpg', 'source-unreadable', 'is a picture, not a video'],
    ['still.png', 'source-unreadable', 'is a picture, not a video'],
    ['still.webp', 'source-unreadable', 'is a picture, not a video'],
    ['still', 'source-unreadable', 'is a picture, not a video'],
    ['folder', 'source-unreadable', 'is a folder'],
    ['pipe.mp4', 'source-unreadable', 'is a device or a pipe'],
    ['empty.mp4', 'source-unreadable', 'is empty'],
    ['text.mp4', 'source-unreadable', 'is not a video that ffmpeg can read'],
    ['notes.txt', 'source-unreadable', /text|not a video/],
    ['sound.m4a', 'source-unreadable', 'has sound but no picture'],
    ['headless.mp4', 'source-unreadable', 'moov atom not found'],
  ])('%s', async (name, code, words) => {
    const message = typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words);
    await expect(openFile(path(name), binaries[0]!, sampling)).rejects.toMatchObject({ code, message });
  });

  test.each(['moving.mjpeg', 'moving.png', 'moving.gif'])('%s is no picture: it has several', async (name) => {
    make(name, 'testsrc2=s=320x240:r=10:d=2', ...(name.endsWith('png') ? ['-f', 'apng'] : []));
    expect(framesOf(await capture(name)).length).toBeGreaterThan(1);
  });

  test('a server that does not answer is not said to have no video', async () => {
    const refused = expect.stringMatching(/cannot be reached \(.*refused.*\)\. Check the address/);
    await expect(openSource('http://127.0.0.1:9/x.mp4', sampling, { hiding: 'none' })).rejects.toMatchObject({
      code: 'source-unreadable',
      message: refused,
    });
  });

  test('a start past the end', async () => {
    await expect(capture('steady.mp4', { from: 60 })).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringContaining('ends after 40 s'),
    });
  });
});

describe('damaged recordings', () => {
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20'];

  test('cut short: what is there, then a gap to where it should have ended', async () => {
    make('whole.mp4', 'testsrc2=s=320x200:r=10:d=40', ...h264, '-movflags', '+faststart');
    const size = statSync(path('whole.mp4')).size;
    writeFileSync(path('cut.mp4'), readFileSync(path('whole.mp4')).subarray(0, Math.round(size / 2)));
    const items = await capture('cut.mp4');
    const frames = framesOf(items);
    expect(frames.length).toBeGreaterThan(20);
    expect(frames.length).toBeLessThan(60);
    expect(items.at(-1)).toEqual({
      type: 'gap',
      gap: { from: frames.at(-1)!.t + 0.5, to: 40, reason: 'ended', dropped: 0 },
    });
  });

  test('cut short, and stating a length that cannot be: a gap of unknown length', async () => {
    make('whole.mkv', 'testsrc2=s=320x200:r=10:d=40', ...h264);
    const bytes = readFileSync(path('whole.mkv'));
    const length = bytes.indexOf(Buffer.from([0x44, 0x89, 0x88])) + 3; // milliseconds, as a double
    for (const [seconds, to] of [
      [40, 40],
      [1e9, undefined],
    ] as const) {
      bytes.writeDoubleBE(1000 * seconds, length);
      for (const part of [2, 10]) {
        writeFileSync(path('cut.mkv'), bytes.subarray(0, Math.round(bytes.length / part)));
        const items = await capture('cut.mkv');
        const from = framesOf(items).at(-1)!.t + 0.5;
        expect(items.at(-1)).toEqual({ type: 'gap', gap: { from, to: to ?? from, reason: 'ended', dropped: 0 } });
      }
    }
  });

  test('bits flipped: the grid stays whole', async () => {
    make('flipped.mp4', 'testsrc2=s=320x200:r=10:d=40', ...h264, '-movflags', '+faststart');
    const bytes = readFileSync(path('flipped.mp4'));
    for (let i = bytes.length >> 2; i < bytes.length - 5000; i += 9973) bytes[i]! ^= 0x55;
    writeFileSync(path('flipped.mp4'), bytes);
    const frames = framesOf(await capture('flipped.mp4'));
    expect(frames.map(({ index }) => index)).toEqual(frames.map((_, i) => i));
    expect(frames.length).toBeGreaterThan(60);
  });

  test('nothing decodable: an error with the cause', async () => {
    copyFileSync(path('whole.mp4'), path('noise.mp4'));
    const bytes = readFileSync(path('noise.mp4'));
    const media = bytes.indexOf('mdat') + 8;
    bytes.fill(0xa7, media);
    writeFileSync(path('noise.mp4'), bytes);
    await expect(capture('noise.mp4')).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringContaining('No picture of'),
    });
  });
});
