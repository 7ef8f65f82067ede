/** What a source itself shows, beside the frames: the same instants, at its own size, whatever happens to ffmpeg. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FfmpegBinary, locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { FileSource } from '../../main/capture/file-source.ts';
import type { Captured, Frame, Sampling } from '../../main/capture/frame.ts';
import { openFile } from '../../main/capture/open-recording.ts';
import { tileSize } from '../../main/capture/screen-picture.ts';
import { NarrationControl } from '../../main/live/control.ts';
import { narrate } from '../../main/live/narrate.ts';
import type { SeenFrame } from '../../main/live/vision-stage.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-unscaled-'));
const path = (name: string) => join(folder, name);
const sampling: Sampling = { fps: 2, width: 96, height: 60, unscaled: true };
const binaries: FfmpegBinary[] = [];

const ffmpeg = (...args: string[]) =>
  execFileSync(binaries[0]!.path, ['-hide_banner', '-loglevel', 'error', '-y', ...args]);
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '10', '-pix_fmt', 'yuv420p'];

beforeAll(async () => {
  binaries.push(await locateFfmpeg());
  const last = await locateFfmpeg({ PATH: '' });
  if (last.path !== binaries[0]!.path) binaries.push(last);
  // Picture k is full of a grey of its own: it tells which one a frame shows.
  const counted = "color=s=64x40:r=10:d=20,geq=lum='16+mod(N*37,200)':cb=128:cr=128,scale=640:400";
  ffmpeg('-f', 'lavfi', '-i', counted, ...x264, '-bf', '2', '-g', '40', path('counted.mp4'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const framesOf = (items: readonly Captured[]): Frame[] =>
  items.flatMap((item) => (item.type === 'frame' ? [item.frame] : []));

async function capture(name: string, options: Partial<Sampling> = {}, binary = binaries[0]!): Promise<Frame[]> {
  await using source = await openFile(path(name), binary, { ...sampling, ...options });
  return framesOf(await Array.fromAsync(source.frames()));
}

/** A pixel in the middle of the frame, and the one there of the unscaled picture. */
function middles({ pixels, unscaled }: Frame, { width, height } = sampling): readonly [number, number] {
  const middle = { x: unscaled!.width >> 1, y: unscaled!.height >> 1, width: 1, height: 1 };
  return [pixels[3 * ((height >> 1) * width + (width >> 1))]!, unscaled!.crop(middle).pixels[0]!];
}

function expectSameInstants(frames: readonly Frame[]): void {
  for (const frame of frames) {
    const [small, large] = middles(frame);
    expect(Math.abs(small - large), `at ${frame.t} s`).toBeLessThan(4);
  }
}

describe('recordings', () => {
  test('every frame has the unscaled picture of its own instant, from the start and from the middle', async () => {
    for (const binary of binaries) {
      for (const from of [0, 7.3]) {
        const frames = await capture('counted.mp4', { from }, binary);
        expect(frames).toHaveLength(40 - Math.ceil(from * 2));
        expect(frames[0]!.unscaled).toMatchObject({ width: 640, height: 400 });
        expectSameInstants(frames);
        expect(new Set(frames.map((frame) => middles(frame)[1])).size).toBeGreaterThan(10);
      }
    }
    const [plain, both] = [await capture('counted.mp4', { unscaled: false }), await capture('counted.mp4')];
    expect(both.map(({ pixels }) => pixels)).toEqual(plain.map(({ pixels }) => pixels));
    expect(plain[0]!.unscaled).toBeUndefined();
  });

  test('its pixels are those of the source: square, turned as it is shown, and halved beyond 3840 x 2160', async () => {
    const size = async (picture: string) => {
      ffmpeg('-f', 'lavfi', '-i', `${picture},format=gray`, '-frames:v', '1', '-c:v', 'rawvideo', path('size.nut'));
      const [frame] = await capture('size.nut');
      return [frame!.unscaled!.width, frame!.unscaled!.height];
    };
    expect(await size('color=s=322x202:r=2,scale=321:201,setsar=1')).toEqual([321, 201]);
    expect(await size('color=s=320x200:r=2,setsar=3/2')).toEqual([480, 200]);
    expect(await size('color=s=3840x2160:r=2')).toEqual([3840, 2160]);
    expect(await size('color=s=2160x3840:r=2')).toEqual([2160, 3840]);
    expect(await size('color=s=5120x2880:r=2')).toEqual([2560, 1440]);
  });

  test('a stream that changes its size is fitted into the first one, and goes on', async () => {
    for (const [i, size] of ['320x200', '200x320', '640x400'].entries()) {
      const grey = `color=0x${i + 1}0${i + 1}0${i + 1}0:s=${size}:r=10:d=2`;
      ffmpeg('-f', 'lavfi', '-i', grey, ...x264, '-output_ts_offset', `${2 * i}`, path(`part-${i}.ts`));
    }
    writeFileSync(path('sizes.ts'), Buffer.concat([0, 1, 2].map((i) => readFileSync(path(`part-${i}.ts`)))));
    for (const binary of binaries) {
      const frames = await capture('sizes.ts', {}, binary);
      expect(frames.length).toBeGreaterThanOrEqual(11);
      expect(frames.every(({ unscaled }) => unscaled?.width === 320 && unscaled.height === 200)).toBe(true);
      expectSameInstants(frames);
    }
  });

  test('while the picture is still, frames share one unscaled picture', async () => {
    ffmpeg('-f', 'lavfi', '-i', 'color=gray:s=320x200:r=2:d=4', '-c:v', 'ffv1', path('still.mkv'));
    const frames = await capture('still.mkv');
    expect(frames).toHaveLength(8);
    expect(new Set(frames.map(({ unscaled }) => unscaled)).size).toBe(1);
  });
});

describe('an ffmpeg that stops', () => {
  test('because it was killed: what came is whole, and its end is told', async () => {
    const source = await openFile(path('counted.mp4'), binaries[0]!, { ...sampling, realtime: true });
    const frames: Frame[] = [];
    await expect(async () => {
      for await (const item of source.frames()) {
        if (item.type === 'frame') frames.push(item.frame);
        if (frames.length === 3) killFfmpegOf(path('counted.mp4'));
      }
    }).rejects.toMatchObject({ code: 'source-lost' });
    expect(frames.length).toBeGreaterThanOrEqual(3);
    expectSameInstants(frames);
  });

  test('because the recording ends in the middle of a picture', async () => {
    ffmpeg('-i', path('counted.mp4'), '-c', 'copy', path('counted.ts'));
    const whole = readFileSync(path('counted.ts'));
    writeFileSync(path('cut.ts'), whole.subarray(0, whole.length * 0.6));
    const frames = await capture('cut.ts');
    expect(frames.length).toBeGreaterThan(10);
    expect(frames.length).toBeLessThan(40);
    expectSameInstants(frames);
  });

  test('because nobody wants more: whoever leaves early takes it along, after a pause as well', async () => {
    const source = await openFile(path('counted.mp4'), binaries[0]!, sampling);
    const frames: Frame[] = [];
    for await (const item of source.frames()) {
      if (item.type === 'frame') frames.push(item.frame);
      if (frames.length === 3) {
        source.pause();
        setTimeout(() => source.resume(), 300);
      }
      if (frames.length === 6) break;
    }
    await source[Symbol.asyncDispose]();
    expectSameInstants(frames);
    expect(runningOn(path('counted.mp4'))).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('two pipes', () => {
  /** Frames of the stand-in that writes in this order. */
  async function written(order: string): Promise<number[][]> {
    const program = resolve(import.meta.dirname, '../fixtures/programs/two-pipes.js');
    const tiny = { ...sampling, width: 32, height: 20 };
    await using source = new FileSource({
      ...{ name: 'two pipes', ffmpeg: program, args: [order, 'pipe:3'], length: undefined, sampling: tiny },
    });
    return framesOf(await Array.fromAsync(source.frames())).map((frame) => [...middles(frame, tiny)]);
  }
  const pairs = (count: number) => Array.from({ length: count }, (_, k) => [k, k]);

  test.each([
    ['in turn', 'FUFUFU', 3],
    ['unscaled pictures far ahead', 'UUUUUFFFFF', 5],
    ['frames far ahead', `${'F'.repeat(200)}${'U'.repeat(200)}`, 200],
    ['one ahead, then the other', 'FFUUUUFFFU', 5],
    ['an unscaled picture too few', 'FUFUF', 2],
    ['a frame too few', 'FUFUU', 2],
    ['the last one in half', 'FUFUFu', 2],
    ['no more unscaled pictures, and many frames', `FUFU!${'F'.repeat(500)}`, 2],
  ])('are read in step: %s', async (_, order, count) => {
    expect(await written(order)).toEqual(pairs(count));
  });
});

test('masks are painted into the unscaled picture before it is given on; what changes behind them is no change', async () => {
  await writeTinyBundle(path('bundle'));
  const changing = "color=gray:s=320x200:r=2:d=4,format=gray,geq=lum='if(gt(X,160),mod(N*50,250),128)'";
  ffmpeg('-f', 'lavfi', '-i', changing, '-c:v', 'ffv1', path('half.mkv'));
  const seen: SeenFrame[] = [];
  const control = new NarrationControl([{ x: 0.5, y: 0, width: 0.5, height: 1 }]);
  const options = { source: path('half.mkv'), hiding: 'none', bundle: path('bundle'), control } as const;
  const onSeen = (frame: SeenFrame) => {
    seen.push(frame);
    if (frame.index === 4) control.cover([]);
  };
  for await (const _ of narrate({ ...options, unscaled: true, realtime: true, onSeen }));
  expect(seen).toHaveLength(8);
  const right = { x: 160, y: 0, width: 160, height: 200 };
  const masked = seen.filter(({ unscaled }) => unscaled!.crop(right).pixels.every((value) => value === 0));
  expect(masked.length).toBeGreaterThanOrEqual(5);
  expect(masked.length).toBeLessThan(8);
  expect(new Set(masked.map(({ unscaled }) => unscaled)).size).toBe(1);
  expect(masked[0]!.unscaled!.crop({ ...right, x: 0 }).pixels.every((value) => value > 100)).toBe(true);
  // Pixels of one frame apart, the picture shares its tiles.
  expect(seen.at(-1)!.unscaled!.changedSince(seen.at(-2)!.unscaled)[0]!.x).toBeGreaterThan(160 - tileSize.width);
});

/** Processes of ffmpeg that read a file. */
function runningOn(file: string): number[] {
  const list = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  const readers = list.split('\n').filter((line) => line.includes(file) && line.includes('pipe:3'));
  return readers.map((line) => Number.parseInt(line, 10));
}

function killFfmpegOf(file: string): void {
  for (const pid of runningOn(file)) process.kill(pid, 'SIGKILL');
}
