/** Live streams of any cadence: in segments, slow, only when something changes, and ones that really die. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import type { Frame, Gap } from '../../main/capture/frame.ts';
import { openSource } from '../../main/capture/source.ts';
import type { SourceOptions } from '../../main/capture/source-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-cadence-'));
const sampling = { fps: 4, width: 32, height: 20 };
/** A picture is brighter than the one before by this, ten times a second. */
const step = 2;
const growing = `nullsrc=s=64x40:r=10,geq=lum=16+N*${step}:cb=128:cr=128`;
const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '10'];
let ffmpeg = '';
let jpegs: Buffer[] = [];

beforeAll(async () => {
  ffmpeg = (await locateFfmpeg()).path;
  jpegs = [0, 1, 2, 3].map((n) =>
    execFileSync(ffmpeg, [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=s=320x200:r=1:d=9`, '-ss', String(2 * n)],
      ...['-frames:v', '1', '-c:v', 'mjpeg', '-f', 'image2pipe', '-'],
    ]),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function running(args: readonly string[], cwd = folder): ChildProcess & Disposable {
  const child = spawn(ffmpeg, ['-v', 'error', '-nostdin', ...args], { cwd, stdio: 'ignore' });
  return Object.assign(child, { [Symbol.dispose]: () => void child.kill('SIGKILL') });
}

async function listening(answer: (path: string, response: ServerResponse) => void) {
  const server = createServer((request, response) => answer(request.url ?? '', response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A camera on the web that sends its nth picture after `pause(n)` seconds; gives none when that is not finite. */
function camera(pause: (n: number) => number) {
  return listening(async (_path, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=next' });
    for (let n = 0; Number.isFinite(pause(n)) && !response.closed; n += 1) {
      await sleep(1000 * pause(n));
      const jpeg = jpegs[n % jpegs.length]!;
      response.write(`--next\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
      response.write(jpeg);
      response.write('\r\n');
    }
  });
}

interface Watched {
  readonly frames: Frame[];
  readonly gaps: Gap[];
  /** Seconds from the first frame to the end. */
  readonly took: number;
}

async function watch(name: string, duration: number, options: Partial<SourceOptions> = {}): Promise<Watched> {
  await using source = await openSource(name, { ...sampling, duration }, { hiding: 'none', ...options });
  const [frames, gaps]: [Frame[], Gap[]] = [[], []];
  let began = 0;
  for await (const item of source.frames()) {
    began ||= performance.now();
    if (item.type === 'frame') frames.push(item.frame);
    else gaps.push(item.gap);
  }
  return { frames, gaps, took: (performance.now() - began) / 1000 };
}

function expectGrid({ frames }: Watched, duration: number): void {
  expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: duration * sampling.fps }, (_, i) => i));
  for (const { index, t } of frames) expect(Math.abs(t - index / sampling.fps)).toBeLessThanOrEqual(0.2);
}

/** How often another picture is shown than before. */
function changes(frames: readonly Frame[]): number {
  return frames.filter(({ pixels }, i) => i > 0 && Buffer.compare(pixels, frames[i - 1]!.pixels) !== 0).length;
}

test.each([
  ['live.m3u8', '.ts', ['-hls_time', '2', '-hls_list_size', '3', '-hls_flags', 'delete_segments', '-f', 'hls']],
  ['live.mpd', '<S ', ['-seg_duration', '2', '-window_size', '3', '-use_timeline', '1', '-f', 'dash']],
])('%s: no gap between two segments, each picture once, at its own time', async (name, segment, list) => {
  using _ = running(['-re', '-f', 'lavfi', '-i', growing, '-pix_fmt', 'yuv420p', ...encode, ...list, name]);
  using server = await listening((path, response) => {
    const file = join(folder, basename(path));
    if (existsSync(file)) createReadStream(file).pipe(response);
    else response.writeHead(404).end();
  });
  const playlist = join(folder, name);
  while (!existsSync(playlist) || !readFileSync(playlist, 'utf8').includes(segment)) await sleep(50);
  // A segment takes longer to come than what is a stall elsewhere.
  const watched = await watch(`${server.address}/${name}`, 7, { stallSeconds: 1 });
  expect(watched.gaps).toEqual([]);
  expectGrid(watched, 7);
  const light = ({ pixels }: Frame) => (pixels[pixels.length >> 1]! * 219) / 255 / step / 10;
  const [first] = watched.frames;
  for (const frame of watched.frames) {
    // Brightness counts pictures, ten a second.
    expect(Math.abs(light(frame) - light(first!) - frame.t)).toBeLessThan(0.25);
  }
});

test('of a live address the default video is taken, and HDR becomes the standard range, as of a recording', async () => {
  const hdr = ['-color_trc', 'smpte2084', '-color_primaries', 'bt2020', '-colorspace', 'bt2020nc'];
  const grey = (value: number) => `color=s=64x40:r=10,format=yuv420p10le,geq=lum=${value}:cb=512:cr=512`;
  using server = await listening((_path, response) => {
    // As long as it is read; the length of what it sends is stated nowhere.
    const live = spawn(ffmpeg, [
      ...['-v', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', grey(64), '-re', '-f', 'lavfi', '-i', grey(573)],
      ...['-map', '0:v', '-map', '1:v', '-c:v', 'ffv1', ...hdr, '-disposition:v:0', '0', '-disposition:v:1', 'default'],
      ...['-f', 'matroska', '-live', '1', '-cluster_time_limit', '200', '-flush_packets', '1', 'pipe:1'],
    ]);
    live.stdout.pipe(response);
    response.on('close', () => live.kill('SIGKILL'));
  });
  const { frames } = await watch(`${server.address}/live.mkv`, 1);
  // White of the second one; the first one is black, and without the mapping it is a light grey.
  expect(frames[0]!.pixels[frames[0]!.pixels.length >> 1]).toBeGreaterThan(245);
});

test('one picture a second, five, some when something changes, a slow start: the last one is shown until the next', async () => {
  using slow = await camera(() => 1);
  using quick = await camera(() => 0.2);
  using still = await camera((n) => (n % 3 === 0 ? 2.5 : 0.05));
  using late = await camera((n) => (n === 0 ? 4 : 0.2));
  const [one, five, few, last] = await Promise.all(
    [slow, quick, still, late].map(({ address }) => watch(`${address}/cam`, 4, { stallSeconds: 0.5 })),
  );
  for (const watched of [one, five, few, last]) {
    expect(watched!.gaps).toEqual([]);
    expectGrid(watched!, 4);
  }
  expect(changes(one!.frames)).toBeGreaterThanOrEqual(3);
  expect(changes(five!.frames)).toBeGreaterThanOrEqual(12);
  // Still for two seconds, and in them the third picture of a burst is shown, not the first.
  const shown = Map.groupBy(few!.frames, ({ pixels }) => Buffer.from(pixels).toString('base64'));
  expect(Math.max(...[...shown.values()].map(({ length }) => length))).toBeGreaterThanOrEqual(7);
});

test('a stream that dies is told and taken up again', async () => {
  const port = 20_000 + (process.pid % 10_000);
  const send = () => {
    const target = ['-f', 'mpegts', `udp://127.0.0.1:${port}?pkt_size=1316`];
    const both = ['-f', 'lavfi', '-i', 'color=s=96x60:r=5', '-map', '0:v', '-map', '1:v'];
    return running(['-re', '-f', 'lavfi', '-i', growing, ...both, '-pix_fmt', 'yuv420p', ...encode, ...target]);
  };
  const notices: string[] = [];
  const onNotice = (line: string) => notices.push(line);
  const patience = { stallSeconds: 1, backoffSeconds: 0.1 };
  await using source = await openSource(`udp://127.0.0.1:${port}`, sampling, { hiding: 'none', ...patience, onNotice });
  let sender = send();
  const frames: Frame[] = [];
  const gaps: Gap[] = [];
  let after = 0;
  for await (const item of source.frames()) {
    if (item.type === 'gap') gaps.push(item.gap);
    else frames.push(item.frame);
    if (frames.length === 16 && gaps.length === 0) {
      sender.kill('SIGKILL');
      setTimeout(() => {
        sender = send();
      }, 2500);
    }
    if (gaps.length > 0) after += 1;
    if (after === 5) break;
  }
  sender.kill('SIGKILL');
  // It may have one reader, and so is not looked at beforehand: what is not done for it is told once it comes.
  expect(notices).toEqual([expect.stringContaining('has 2 videos: the first is watched')]);
  expect(gaps).toMatchObject([{ reason: 'stalled', dropped: 0 }]);
  const [{ from, to }] = gaps as [Gap];
  expect(to - from).toBeGreaterThan(1);
  // None is shown again, or made up, while nothing comes.
  expect(frames.filter(({ t }) => t > from && t < to)).toEqual([]);
  expect(frames.filter(({ t }) => t >= to)).toHaveLength(4);
}, 60_000);
