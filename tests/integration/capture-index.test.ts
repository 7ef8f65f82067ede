import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { indexIsLast } from '../../main/capture/mp4-index.ts';
import { lookAhead } from '../../main/capture/piped-recording.ts';
import { openSource } from '../../main/capture/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-index-'));
const path = (name: string) => join(folder, name);
const sampling = { fps: 2, width: 96, height: 60 };
let ffmpeg = '';
let server: Server;
let address = '';

beforeAll(async () => {
  ffmpeg = (await locateFfmpeg()).path;
  const make = (...args: string[]) => execFileSync(ffmpeg, ['-loglevel', 'error', '-y', ...args]);
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10'];
  make('-f', 'lavfi', '-i', 'testsrc2=s=320x200:r=10:d=8', ...x264, path('last.mp4'));
  make('-i', path('last.mp4'), '-c', 'copy', '-movflags', '+faststart', path('first.mp4'));
  make('-i', path('last.mp4'), '-c', 'copy', '-movflags', 'frag_keyframe+empty_moov', path('fragments.mp4'));
  make('-i', path('last.mp4'), '-c', 'copy', path('last.mov'));
  make('-i', path('last.mp4'), '-c', 'copy', path('plain.ts'));
  make('-f', 'lavfi', '-i', 'sine=d=1', path('sound.wav'));
  writeFileSync(path('nothing'), '');
  const hdr = ['-color_trc', 'smpte2084', '-color_primaries', 'bt2020', '-colorspace', 'bt2020nc'];
  const white = 'color=s=96x60:r=2:d=2,format=yuv420p10le,geq=lum=573:cb=512:cr=512';
  make('-f', 'lavfi', '-i', white, '-c:v', 'ffv1', ...hdr, path('hdr.mkv'));
  // From the beginning only, as the simplest servers do.
  server = createServer((request, response) => {
    const file = path(request.url!.slice(1));
    response.writeHead(200, { 'content-length': statSync(file).size });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** What a program gets of a recording that is piped into it: "frame INDEX RED" lines, or the failure. */
async function piped(name: string, options: object = {}): Promise<string[]> {
  const script = `
    import { openSource } from ${JSON.stringify(resolve(import.meta.dirname, '../../main/capture/source.ts'))};
    try {
      await using source = await openSource('-', ${JSON.stringify({ ...sampling, ...options })}, { hiding: 'none' });
      for await (const item of source.frames()) console.log(item.type, item.frame?.index, item.frame?.pixels[8640]);
    } catch (error) { console.log(error.code, error.message); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const written = pipeline(createReadStream(path(name)), child.stdin).catch(() => {});
  await once(child, 'close');
  await written;
  return said.trim().split('\n');
}

const unreachable = /^source-unreadable The index of "-" is at its end, .*Name the file itself.*\+faststart/;

test('the boxes of an mp4 tell where its index is', () => {
  const places = ['last.mp4', 'last.mov', 'first.mp4', 'fragments.mp4', 'plain.ts'];
  expect(places.filter((name) => indexIsLast(readFileSync(path(name)).subarray(0, 3000)))).toEqual([
    'last.mp4',
    'last.mov',
  ]);
  const box = (type: string, size: number) => Buffer.from([0, 0, 0, size, ...Buffer.from(type)]);
  const large = Buffer.concat([box('ftyp', 8), box('free', 1), Buffer.from([0, 0, 0, 0, 0, 0, 0, 16]), box('mdat', 0)]);
  expect(indexIsLast(large)).toBe(true);
  for (const odd of [box('mdat', 9), box('ftyp', 2), box('ftyp', 1), Buffer.from('RIFF....AVI '), Buffer.alloc(0)]) {
    expect(indexIsLast(odd)).toBe(false);
  }
});

test.each(['last.mp4', 'last.mov'])('%s through a pipe: where the index is, and what to do', async (name) => {
  expect((await piped(name)).join()).toMatch(unreachable);
});

test.each(['first.mp4', 'fragments.mp4', 'plain.ts'])('%s through a pipe: all of it', async (name) => {
  expect(await piped(name)).toHaveLength(16);
  expect(await piped(name, { from: 3, duration: 1 })).toHaveLength(2);
});

test.each([
  ['sound.wav', /^source-unreadable "-" holds no video\. Name a recording with video\.$/],
  ['nothing', /^source-unreadable Nothing came through standard input\. Pipe a recording into it\.$/],
])('%s through a pipe: why there is no picture', async (name, said) => {
  expect((await piped(name)).join()).toMatch(said);
});

test('what is piped is looked at: HDR is in the standard range', async () => {
  const frames = await piped('hdr.mkv');
  expect(frames).toHaveLength(4);
  for (const frame of frames) expect(Number(frame.split(' ')[2])).toBeGreaterThan(250);
});

test('the beginning is looked at without waiting for more, and nothing is lost', async () => {
  async function* slowly() {
    yield Buffer.from('ab');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    yield Buffer.from('cd');
  }
  const started = performance.now();
  using seen = await lookAhead(Readable.from(slowly()));
  expect(performance.now() - started).toBeLessThan(1400);
  expect(Buffer.from(seen.head).toString()).toBe('ab');
  expect(Buffer.concat(await Array.fromAsync(seen.all())).toString()).toBe('abcd');
  using none = await lookAhead(Readable.from([]));
  expect([none.head.length, await Array.fromAsync(none.all())]).toEqual([0, []]);
});

test('from a server that cannot go back: where the index is, and what to do', async () => {
  await expect(openSource(`${address}/last.mp4`, sampling, { hiding: 'none' })).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringMatching(/index of "http.*is at its end.*without Range.*Download it.*\+faststart/),
  });
  await using source = await openSource(`${address}/first.mp4`, sampling, { hiding: 'none' });
  expect(await Array.fromAsync(source.frames())).toHaveLength(16);
});
