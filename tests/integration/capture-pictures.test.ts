import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FfmpegBinary, locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import type { Frame } from '../../main/capture/frame.ts';
import { openFile } from '../../main/capture/open-recording.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import { openOutputs } from '../../main/output/outputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-pictures-'));
const path = (name: string) => join(folder, name);
const frameSize = { width: 96, height: 60 };
const binaries: FfmpegBinary[] = [];

const ffmpeg = (...args: string[]) =>
  execFileSync(binaries[0]!.path, ['-hide_banner', '-loglevel', 'error', '-y', ...args]);

beforeAll(async () => {
  binaries.push(await locateFfmpeg());
  const last = await locateFfmpeg({ PATH: '' }).catch(() => binaries[0]!);
  if (last.path !== binaries[0]!.path) binaries.push(last);
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true }));

async function first(name: string, binary = binaries[0]!): Promise<Frame> {
  await using source = await openFile(path(name), binary, { ...frameSize, fps: 2, duration: 0.5 });
  for await (const item of source.frames()) if (item.type === 'frame') return item.frame;
  throw new Error('no frame');
}

/** Mean difference of two frames, of 255. */
const difference = (a: Frame, b: Frame) =>
  a.pixels.reduce((sum, value, i) => sum + Math.abs(value - b.pixels[i]!), 0) / a.pixels.length;

/** The colour of a frame at a place, both from 0 to 1. */
const colour = ({ pixels }: Frame, x: number, y: number) => {
  const at = (Math.floor(y * frameSize.height) * frameSize.width + Math.floor(x * frameSize.width)) * 3;
  return [...pixels.subarray(at, at + 3)];
};

describe('pixels that are not square', () => {
  const picture = 'testsrc2=s=192x120:r=2:d=1';
  test.each([
    ['narrow by half', 96, 120, '16/10'],
    ['half as high', 192, 60, '16/10'],
    ['an awkward ratio', 160, 120, '16/10'],
  ])('%s: the frame is that of the same picture with square ones', async (_, width, height, shape) => {
    ffmpeg('-f', 'lavfi', '-i', picture, '-c:v', 'ffv1', path('square.mkv'));
    const squeeze = `scale=${width}:${height}:flags=area`;
    const lossless = ['-c:v', 'libx264', '-qp', '0'];
    ffmpeg('-i', path('square.mkv'), '-vf', `${squeeze},setdar=${shape}`, ...lossless, path('squeezed.mp4'));
    // Here only the container tells.
    ffmpeg('-i', path('square.mkv'), '-vf', `${squeeze},setsar=1`, ...lossless, path('raw.mp4'));
    ffmpeg('-i', path('raw.mp4'), '-c', 'copy', '-aspect', shape, path('squeezed.mkv'));
    const square = await first('square.mkv');
    for (const name of ['squeezed.mp4', 'squeezed.mkv']) {
      expect(difference(await first(name), square), name).toBeLessThan(6);
      await using source = await openFile(path(name), binaries[0]!, { ...frameSize, fps: 2 });
      expect(Math.abs(source.size!.width / source.size!.height - 1.6)).toBeLessThan(0.02);
    }
    expect(difference(await first('raw.mp4'), square)).toBeGreaterThan(15);
  });

  test('of an absurd shape still give a frame', async () => {
    for (const shape of ['1/1000', '1000/1']) {
      ffmpeg('-f', 'lavfi', '-i', `${picture},setsar=${shape}`, '-c:v', 'ffv1', path('absurd.mkv'));
      expect((await first('absurd.mkv')).pixels).toHaveLength(96 * 60 * 3);
    }
  });
});

test('a video with its subtitles keeps the size it begins with: what has another shape is not stretched', async () => {
  const sizes = ['320x180', '180x320'];
  sizes.forEach((size, i) => {
    const white = ['-f', 'lavfi', '-i', `color=white:s=${size}:r=10:d=1`, '-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
    ffmpeg(...white, '-output_ts_offset', `${i}`, path(`${i}.ts`));
  });
  writeFileSync(path('sizes.ts'), Buffer.concat([0, 1].map((i) => readFileSync(path(`${i}.ts`)))));
  const outputs = await openOutputs([path('sizes.mp4')], { source: path('sizes.ts') });
  await outputs.write({ type: 'started', source: 'sizes.ts', bundle: 'b', fps: 2, tokensPerFrame: 10 });
  for (const t of [0, 0.5, 1, 1.5]) await outputs.write({ type: 'frame', index: 2 * t, t } as LiveEvent);
  await outputs.close();
  await using source = await openFile(path('sizes.mp4'), binaries[0]!, { ...frameSize, fps: 2 });
  expect(source.size).toEqual({ width: 320, height: 180 });
  const frames = (await Array.fromAsync(source.frames())).flatMap((item) =>
    item.type === 'frame' ? [item.frame] : [],
  );
  const sides = (frame: Frame) => [0.2, 0.5, 0.8].map((x) => colour(frame, x, 0.5)[0]! > 128);
  expect(sides(frames[0]!)).toEqual([true, true, true]);
  expect(sides(frames[3]!)).toEqual([false, true, false]);
});

describe('HDR', () => {
  /** Light of an SDR number (ITU-R BT.1886), as cd/m2 where white has 203, and as HDR numbers, all of one channel. */
  const nits = (sdr: number) => 203 * (sdr / 255) ** 2.4;
  const pq = (light: number) => {
    const y = (light / 10_000) ** 0.1593017578125;
    return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375;
  };
  const hlg = (light: number) => {
    const scene = (light / 1000) ** (1 / 1.2);
    return scene <= 1 / 12 ? Math.sqrt(3 * scene) : 0.17883277 * Math.log(12 * scene - 0.28466892) + 0.55991073;
  };
  const greys = [0, 30, 90, 160, 255];
  /** One second of five grey fields, side by side; the last, brighter than white, gives 255, too. */
  const fields = (number: (light: number) => number) => {
    const codes = [...greys.slice(0, 4).map(nits), 203].map((light) => Math.round(64 + 876 * number(light)));
    const chosen = codes.map((code, i) => `eq(floor(X/32),${i})*${code}`).join('+');
    return `color=s=160x100:r=2:d=1,format=yuv420p10le,geq=lum='${chosen}':cb=512:cr=512`;
  };
  const tags = (transfer: string) => ['-color_trc', transfer, '-color_primaries', 'bt2020', '-colorspace', 'bt2020nc'];
  const shown = async (name: string, binary: FfmpegBinary) => {
    const frame = await first(name, binary);
    return greys.map((_, i) => colour(frame, (i + 0.5) / 5, 0.5));
  };
  const near = (value: number) => expect.toSatisfy((actual: number) => Math.abs(actual - value) <= 4, `${value} or so`);
  const asSdr = greys.map((grey) => [near(grey), near(grey), near(grey)]);

  test.each([
    ['PQ', 'smpte2084', pq],
    ['HLG', 'arib-std-b67', hlg],
  ])(
    '%s: white is white, and greys are those of the standard range, with every ffmpeg',
    async (_, transfer, number) => {
      ffmpeg('-f', 'lavfi', '-i', fields(number), '-c:v', 'ffv1', ...tags(transfer), path('hdr.mkv'));
      for (const binary of binaries) expect(await shown('hdr.mkv', binary), binary.version).toEqual(asSdr);
    },
  );

  test('colours are those of the standard range', async () => {
    const [red, other] = [pq(203 * 0.6274), [pq(203 * 0.0691), pq(203 * 0.0164)]];
    const plane = (value: number) => Math.round(1023 * value);
    const source = `color=s=160x100:r=2:d=1,format=gbrp10le,geq=r=${plane(red)}:g=${plane(other[0]!)}:b=${plane(other[1]!)}`;
    const matrix = 'scale=out_color_matrix=bt2020:flags=accurate_rnd,format=yuv444p10le';
    ffmpeg('-f', 'lavfi', '-i', `${source},${matrix}`, '-c:v', 'ffv1', ...tags('smpte2084'), path('red.mkv'));
    for (const binary of binaries) {
      const [r, g, b] = colour(await first('red.mkv', binary), 0.5, 0.5);
      expect([r! > 245, g! < 25, b! < 25], `${binary.version}: ${r} ${g} ${b}`).toEqual([true, true, true]);
    }
  });

  test.each([
    ['1', pq],
    ['0', pq],
    ['4', hlg],
  ])("Dolby Vision's base layer, of kind %s, where nothing else tells what it is", async (kind, number) => {
    ffmpeg('-f', 'lavfi', '-i', fields(number), '-c:v', 'libx264', '-qp', '1', path('plain.mp4'));
    writeFileSync(path('dolby.mp4'), withDolbyVision(readFileSync(path('plain.mp4')), Number(kind)));
    expect(await shown('dolby.mp4', binaries[0]!)).toEqual(asSdr);
  });

  /** Adds the record of Dolby Vision to the only track of an mp4 whose index is last. */
  function withDolbyVision(file: Buffer, kind: number): Buffer {
    const record = Buffer.alloc(32);
    record.writeUInt32BE(32);
    record.write('dvcC', 4);
    record.set([1, 0, (8 << 1) | 0, (4 << 3) | 0b101, kind << 4], 8);
    const end = (at: number) => at + file.readUInt32BE(at);
    const entry = file.indexOf('avc1', file.indexOf('stsd')) - 4;
    const out = Buffer.concat([file.subarray(0, end(entry)), record, file.subarray(end(entry))]);
    const boxes = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'];
    let at = 0;
    for (const box of boxes) {
      at = file.indexOf(box, at);
      out.writeUInt32BE(file.readUInt32BE(at - 4) + 32, at - 4);
    }
    out.writeUInt32BE(file.readUInt32BE(entry) + 32, entry);
    return out;
  }
});

describe('of several streams', () => {
  const input = (color: string, size: string) => ['-f', 'lavfi', '-i', `color=${color}:s=${size}:r=10:d=1`];
  const x264 = (i: number) => [`-c:v:${i}`, 'libx264', `-preset:v:${i}`, 'ultrafast'];

  beforeAll(() => {
    const tone = (hertz: number) => ['-f', 'lavfi', '-i', `sine=f=${hertz}:d=1`];
    const maps = (count: number) => Array.from({ length: count }, (_, i) => ['-map', `${i}`]).flat();
    const two = [...input('red', '64x40'), ...input('blue', '160x100')];
    ffmpeg(...input('lime', '300x300'), '-frames:v', '1', path('cover.png'));
    const marked = (v0: string, v1: string) => ['-disposition:v:0', v0, '-disposition:v:1', v1];
    ffmpeg(...two, ...maps(2), ...x264(0), ...x264(1), ...marked('default', 'default'), path('largest.mp4'));
    ffmpeg(...two, ...maps(2), ...x264(0), ...x264(1), ...marked('default', '0'), path('default.mkv'));
    // A cover in front, as cameras and music programs put it, and two sounds.
    const all = ['-i', path('cover.png'), ...input('blue', '160x100'), ...tone(300), ...tone(600)];
    const cover = ['-c:v:0', 'mjpeg', '-disposition:v:0', 'attached_pic', ...x264(1), '-c:a', 'aac'];
    ffmpeg(...all, ...maps(4), ...cover, path('cover.mp4'));
    writeFileSync(path('cover.mp4'), withCoverFirst(readFileSync(path('cover.mp4'))));
    // A codec nobody knows, twice: the first video, and the only sound.
    const three = [...input('red', '320x200'), ...input('blue', '160x100'), ...tone(300)];
    ffmpeg(...three, ...maps(3), ...x264(0), ...x264(1), '-c:a', 'aac', path('known.mp4'));
    const file = readFileSync(path('known.mp4'));
    file.write('zzzz', file.indexOf('avc1', file.indexOf('stsd')));
    for (const name of ['mp4a', 'esds']) file.write('yyyy', file.lastIndexOf(name));
    writeFileSync(path('unknown.mp4'), file);
    // One that is known, and holds nothing that can be decoded.
    const broken = readFileSync(path('known.mp4'));
    broken.fill(
      0xff,
      broken.indexOf('avcC', broken.indexOf('stsd')) + 4,
      broken.indexOf('avcC', broken.indexOf('stsd')) + 40,
    );
    writeFileSync(path('broken.mp4'), broken);
  }, 60_000);

  /** Puts the box that holds the cover before the tracks of an mp4 whose index is last: ffmpeg counts it as stream 0. */
  function withCoverFirst(file: Buffer): Buffer {
    const boxes: Buffer[] = [];
    const index = file.indexOf('moov') - 4;
    for (let at = index + 8; at < file.length; ) {
      const box = file.subarray(at, at + file.readUInt32BE(at));
      boxes.push(box);
      at += box.length;
    }
    const [header, ...rest] = boxes;
    const last = rest.pop()!;
    expect(last.toString('latin1', 4, 8)).toBe('udta');
    return Buffer.concat([file.subarray(0, index + 8), header!, last, ...rest]);
  }

  const isRed = ([r, , b]: number[]) => r! > 150 && b! < 80;
  const isBlue = ([r, , b]: number[]) => b! > 150 && r! < 80;

  test.each(['largest.mp4', 'cover.mp4', 'unknown.mp4', 'broken.mp4'])('%s: the large blue one', async (name) => {
    expect(colour(await first(name), 0.5, 0.5)).toSatisfy(isBlue);
    await using source = await openFile(path(name), binaries[0]!, { ...frameSize, fps: 2 });
    expect(source.size).toEqual({ width: 160, height: 100 });
  });

  test('default.mkv: the red one, which is marked', async () => {
    expect(colour(await first('default.mkv'), 0.5, 0.5)).toSatisfy(isRed);
  });

  test('a video of a kind that is not known is called so, not missing', async () => {
    const file = readFileSync(path('squeezed.mp4'));
    file.write('zzzz', file.indexOf('avc1', file.indexOf('stsd')));
    writeFileSync(path('alien.mp4'), file);
    await expect(openFile(path('alien.mp4'), binaries[0]!, { ...frameSize, fps: 2 })).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringContaining('does not know'),
    });
  });

  const events: LiveEvent[] = [
    { type: 'started', source: 'x', bundle: 'b', fps: 2, tokensPerFrame: 10 },
    { type: 'frame', index: 0, t: 0, pSilent: 1, encoded: true, changed: 0, reason: 'spoke', latencyMs: 1 },
    { type: 'narration', t: 0, text: 'A terminal opened.', pSilent: 0.1, latencyMs: 5 },
  ];
  const burn = async (name: string) => {
    const said: string[] = [];
    const context = { source: path(name), notify: (line: string) => said.push(line) };
    const outputs = await openOutputs([path('out.mp4')], context);
    for (const event of events) await outputs.write(event);
    await outputs.close();
    return said.join('\n');
  };

  test.each([
    ['cover.mp4', 1],
    ['unknown.mp4', 0],
    ['largest.mp4', 0],
  ])('%s: the same one is burnt in, with %i sound, and no word about fonts', async (name, sounds) => {
    expect(await burn(name)).not.toContain('cannot draw');
    expect(colour(await first('out.mp4'), 0.5, 0.2)).toSatisfy(isBlue);
    const { audio } = await import('../../main/capture/probe.ts').then(({ probe }) =>
      probe(binaries[0]!.path, { url: `file:${path('out.mp4')}`, options: [] }, 10_000),
    );
    expect(audio).toHaveLength(sounds);
  });

  test('a recording that cannot be encoded is no want of a font', async () => {
    writeFileSync(path('gone.mp4'), readFileSync(path('cover.mp4')).subarray(0, 3000));
    const outcome = await burn('gone.mp4').catch((error: Error) => error.message);
    expect(outcome).toMatch(/Cannot encode/);
  });
});
