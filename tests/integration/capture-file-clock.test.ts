import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FfmpegBinary, locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import type { FileSource } from '../../main/capture/file-source.ts';
import type { Captured, Sampling } from '../../main/capture/frame.ts';
import { openFile } from '../../main/capture/open-recording.ts';
import { openSource } from '../../main/capture/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-clock-'));
const path = (name: string) => join(folder, name);
let ffmpeg: FfmpegBinary;
let counted: readonly number[];

/** ffmpeg's arguments for a recording of `seconds` at ten pictures a second, each of its own grey. */
function make(name: string, seconds: number, ...options: string[]): void {
  const grey = `color=s=64x40:r=10:d=${seconds},geq=lum='16+mod(N*37,200)':cb=128:cr=128`;
  execFileSync(ffmpeg.path, ['-loglevel', 'error', '-y', '-f', 'lavfi', '-i', grey, ...options, path(name)]);
}

/** The same pictures with other stamps or in another container. */
function copy(from: string, to: string, ...options: string[]): void {
  execFileSync(ffmpeg.path, ['-loglevel', 'error', '-y', '-i', path(from), '-c', 'copy', ...options, path(to)]);
}

function join2(name: string, ...parts: string[]): void {
  writeFileSync(path(name), Buffer.concat(parts.map((part) => readFileSync(path(part)))));
}

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '10', '-pix_fmt', 'yuv420p', '-bf', '2', '-g', '20'];

beforeAll(async () => {
  ffmpeg = await locateFfmpeg();
  mkdirSync(folder, { recursive: true });
  make('two.ts', 2, ...h264);
  make('two.mkv', 2, ...h264);
  make('two.mpg', 2, '-c:v', 'mpeg2video', '-q:v', '1');
  make('eight.mp4', 8, ...h264);
  make('eight.mkv', 8, ...h264);
  counted = (await capture('two.ts')).frames.map(({ grey }) => grey);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

interface Capture {
  readonly frames: readonly { readonly index: number; readonly t: number; readonly grey: number }[];
  readonly gaps: readonly (Captured & { type: 'gap' })['gap'][];
  readonly source: FileSource;
}

async function capture(name: string, options: Partial<Sampling> = {}): Promise<Capture> {
  await using source = await openFile(path(name), ffmpeg, { fps: 2, width: 96, height: 60, ...options });
  const items = await Array.fromAsync(source.frames());
  return {
    frames: items.flatMap((item) =>
      item.type === 'frame'
        ? [{ index: item.frame.index, t: item.frame.t, grey: item.frame.pixels[(30 * 96 + 48) * 3]! }]
        : [],
    ),
    gaps: items.flatMap((item) => (item.type === 'gap' ? [item.gap] : [])),
    source,
  };
}

const places = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
const indexes = ({ frames }: Capture) => frames.map(({ index }) => index);
const greys = ({ frames }: Capture) => frames.map(({ grey }) => grey);
const joint = { from: 2, to: 2, reason: 'discontinuity', dropped: 0 };

describe('where the clock of a recording jumps, both parts are seen and a gap says so', () => {
  beforeAll(() => {
    join2('joined.ts', 'two.ts', 'two.ts');
    join2('joined.mkv', 'two.mkv', 'two.mkv');
    join2('joined.mpg', 'two.mpg', 'two.mpg');
    // From 500 s back to 100 s, which a counter of 33 bits shows as a day ahead; and an hour ahead.
    copy('two.ts', 'late.ts', '-output_ts_offset', '500');
    copy('two.ts', 'early.ts', '-output_ts_offset', '100');
    copy('two.ts', 'hour.ts', '-output_ts_offset', '3602');
    join2('back.ts', 'late.ts', 'early.ts');
    join2('ahead.ts', 'two.ts', 'hour.ts');
  });

  test.each(['joined.ts', 'joined.mkv', 'joined.mpg', 'back.ts', 'ahead.ts'])('%s', async (name) => {
    const whole = await capture(name);
    expect(indexes(whole)).toEqual(places(8));
    expect(whole.gaps).toEqual([joint]);
    for (const [i, grey] of greys(whole).entries()) expect(Math.abs(grey - counted[i % 4]!)).toBeLessThan(5);
    // What the container says of its length is no longer said.
    expect(whole.source.duration).toBeUndefined();
    expect(whole.source.end).toBeCloseTo(4, 1);

    const across = await capture(name, { from: 1, duration: 2 });
    expect(indexes(across)).toEqual(places(4, 2));
    expect(greys(across)).toEqual(greys(whole).slice(2, 6));
    expect(across.gaps).toEqual([joint]);
    const behind = await capture(name, { from: 2.5 });
    expect(indexes(behind)).toEqual(places(3, 5));
    expect(greys(behind)).toEqual(greys(whole).slice(5));
    expect(behind.gaps).toEqual([]);
  });

  test('a recording whose stamps begin below 0 has no jump where they come to 0, and those behind it', async () => {
    copy('two.mkv', 'below.mkv', '-output_ts_offset', '-1', '-avoid_negative_ts', 'disabled');
    join2('below-joined.mkv', 'below.mkv', 'two.mkv');
    const below = await capture('below.mkv');
    expect(below.gaps).toEqual([]);
    expect(greys(below)).toEqual(counted);
    const joined = await capture('below-joined.mkv');
    expect(joined.gaps).toEqual([joint]);
    expect(indexes(joined)).toEqual(places(8));
  });

  test('a short hole in a stream has its true length', async () => {
    copy('two.ts', 'seven.ts', '-output_ts_offset', '7.2');
    join2('hole.ts', 'two.ts', 'seven.ts');
    const { frames, gaps, source } = await capture('hole.ts');
    expect(gaps).toHaveLength(1);
    const { from, to, dropped } = gaps[0]!;
    expect(to - from).toBeGreaterThan(4);
    expect(to - from).toBeLessThanOrEqual(5);
    expect(dropped).toBe((to - from) * 2);
    expect(frames.filter(({ t }) => t >= from && t < to)).toEqual([]);
    expect(frames.filter(({ t }) => t >= to).map(({ grey }) => grey)).toEqual(counted);
    expect(source.end).toBeGreaterThan(8.5);

    // Cut off in the hole, and beginning in it.
    const cut = await capture('hole.ts', { duration: 4 });
    expect(cut.gaps.at(-1)?.to).toBe(4);
    expect(cut.frames.length + cut.gaps[0]!.dropped).toBe(8);
    const late = await capture('hole.ts', { from: 4 });
    expect(late.gaps.at(-1)?.to).toBe(to);
    expect(greys(late).slice(-4)).toEqual(counted);
  });

  test('a recording that held still for an hour is not told picture by picture', async () => {
    const list = "file 'two.mkv'\nduration 3602\nfile 'two.mkv'\n";
    writeFileSync(path('list.txt'), list);
    const concat = ['-f', 'concat', '-i', path('list.txt'), '-c', 'copy', path('hour.mkv')];
    execFileSync(ffmpeg.path, ['-loglevel', 'error', '-y', ...concat]);
    const { frames, gaps, source } = await capture('hour.mkv');
    expect(gaps).toEqual([{ from: 2, to: 3602, reason: 'discontinuity', dropped: 7200 }]);
    expect(frames.map(({ t }) => t)).toEqual([0, 0.5, 1, 1.5, 3602, 3602.5, 3603, 3603.5]);
    expect(source.duration).toBeCloseTo(3604, 1);
  });
});

describe('where ffmpeg stops before the file ends, nobody is told that this was all', () => {
  const codecs = {
    'part.flv': ['-c:v', 'flv1'],
    'part.ogv': ['-c:v', 'libtheora'],
    'part.wmv': ['-c:v', 'wmv2'],
    'part.mp4': h264,
    'part.mkv': h264,
    'part.ts': ['-c:v', 'mpeg2video', '-r', '25'],
    'part.nut': ['-c:v', 'mpeg4'],
    'part.ivf': ['-c:v', 'libvpx'],
  };
  test.each(Object.entries(codecs))('%s', async (name, options) => {
    make(name, 2, ...options, '-pix_fmt', 'yuv420p');
    // Transport streams are read on in the same codec, Matroska once.
    if (name.endsWith('.ts')) join2(`more-${name}`, name, 'two.ts');
    else join2(`more-${name}`, name, name, name);
    const part = await capture(name);
    expect(part.gaps).toEqual([]);
    const { frames, gaps } = await capture(`more-${name}`);
    expect(frames.length).toBeGreaterThanOrEqual(part.frames.length);
    expect(gaps.at(-1)).toMatchObject({ reason: 'unread', from: gaps.at(-1)?.to, dropped: 0 });
    // What was not asked for is not missed.
    expect((await capture(`more-${name}`, { duration: 1 })).gaps).toEqual([]);
  });

  test('a second part in another codec, either way', async () => {
    const hevc = ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p'];
    make('first.avi', 2, '-c:v', 'mpeg4');
    make('second.avi', 2, ...h264);
    make('second.mkv', 2, ...hevc);
    make('second.ts', 2, ...hevc);
    // Large enough to be seen in a sample of a megabyte.
    const noise = ['-vf', 'scale=640:360,noise=alls=40:allf=t', '-r', '25'];
    make('first.mpg', 2, ...noise, '-c:v', 'mpeg2video', '-q:v', '2');
    make('second.mpg', 2, ...noise, '-c:v', 'libx264', '-preset', 'ultrafast', '-f', 'vob');
    for (const [first, second] of [
      ['two.ts', 'second.ts'],
      ['two.mkv', 'second.mkv'],
      ['first.avi', 'second.avi'],
      ['first.mpg', 'second.mpg'],
      ['first.avi', 'two.mkv'],
    ] as const) {
      for (const parts of [
        [first, second],
        [second, first],
      ] as const) {
        const name = `other-${parts[0]}`;
        join2(name, ...parts);
        expect((await capture(name)).gaps.at(-1), parts.join(' ')).toMatchObject({ reason: 'unread' });
      }
    }
    join2('same.avi', 'first.avi', 'first.avi');
    join2('same.mpg', 'first.mpg', 'first.mpg');
    for (const name of ['same.avi', 'same.mpg']) {
      const { frames, gaps } = await capture(name);
      expect(frames.length).toBeGreaterThanOrEqual(8);
      expect(gaps.filter(({ reason }) => reason === 'unread')).toEqual([]);
    }
  });
});

/** An MP4 whose boxes all state `seconds`; its edit list only where that is 0. */
function stated(seconds: number): void {
  const bytes = readFileSync(path('eight.mp4'));
  const scale = bytes.readUInt32BE(bytes.indexOf('mvhd') + 16);
  bytes.writeUInt32BE(seconds * scale, bytes.indexOf('mvhd') + 20);
  bytes.writeUInt32BE(seconds * scale, bytes.indexOf('tkhd') + 24);
  bytes.writeUInt32BE(seconds * bytes.readUInt32BE(bytes.indexOf('mdhd') + 16), bytes.indexOf('mdhd') + 20);
  if (seconds === 0) bytes.writeUInt32BE(0, bytes.indexOf('elst') + 12);
  writeFileSync(path(`${seconds}.mp4`), bytes);
  // Matroska: milliseconds, as a double.
  const matroska = readFileSync(path('eight.mkv'));
  matroska.writeDoubleBE(1000 * seconds, matroska.indexOf(Buffer.from([0x44, 0x89, 0x88])) + 3);
  writeFileSync(path(`${seconds}.mkv`), matroska);
}

describe('a header that states a wrong length', () => {
  test.each([0, 3, 100])('%i s instead of 8: all of it is seen', async (seconds) => {
    stated(seconds);
    for (const name of [`${seconds}.mp4`, `${seconds}.mkv`]) {
      const whole = await capture(name);
      expect(indexes(whole), name).toEqual(places(16));
      expect(whole.gaps).toEqual([]);
      expect(whole.source.end).toBeCloseTo(8, 1);
      // A progress bar that could only be wrong is none.
      expect(whole.source.duration).toBe(seconds === 100 ? 100 : undefined);
      const part = await capture(name, { from: 5, duration: 2 });
      expect(part.frames, name).toEqual(whole.frames.slice(10, 14));
      expect(part.source.duration).toBe(2);
      await expect(capture(name, { from: 20 })).rejects.toMatchObject({
        code: 'source-unreadable',
        message: expect.stringMatching(/there is nothing from 20 s on|has no picture at 20 s/),
      });
    }
  });
});

test('on the web a file is a recording, whatever its header states; what has no size goes on for ever', async () => {
  copy('two.mkv', 'unknown.mkv', '-f', 'matroska', '-live', '1');
  join2('joined.mkv', 'two.mkv', 'two.mkv');
  stated(0);
  await using server = createServer((request, response) => {
    const name = request.url!.slice(1);
    if (name === 'moved') return void response.writeHead(302, { location: '/joined.mkv' }).end();
    const sized = name === 'stream' ? {} : { 'content-length': statSync(path(name)).size };
    response.writeHead(200, sized);
    createReadStream(path(name === 'stream' ? 'unknown.mkv' : name)).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const open = (name: string, from: number) => {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
    return openSource(address, { fps: 2, width: 96, height: 60, from }, { hiding: 'none' });
  };
  for (const [name, from, count] of [
    ['unknown.mkv', 1, 2],
    ['0.mp4', 3, 10],
    ['moved', 1, 6],
  ] as const) {
    await using source = await open(name, from);
    const items = await Array.fromAsync(source.frames());
    expect(items.filter(({ type }) => type === 'frame').length, name).toBe(count);
  }
  await expect(open('stream', 1)).rejects.toThrow('--from');
}, 30_000);
