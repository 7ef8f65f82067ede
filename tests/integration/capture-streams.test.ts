import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import type { Captured } from '../../main/capture/frame.ts';
import { openSource } from '../../main/capture/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-streams-'));
const recording = join(folder, 'a.mkv');
const sampling = { fps: 2, width: 32, height: 20 };
let server: Server;
let address = '';

beforeAll(async () => {
  const { path } = await locateFfmpeg();
  const make = ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x40:r=10:d=6'];
  execFileSync(path, [...make, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', recording]);
  server = createServer((request, response) => {
    if (request.url === '/a.mkv') {
      response.writeHead(200, { 'content-length': statSync(recording).size });
      createReadStream(recording).pipe(response);
    } else if (request.url === '/live.ts') {
      response.writeHead(200, { 'content-type': 'video/mp2t' });
      const args = ['-nostdin', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=s=64x40:r=25'];
      const encode = [
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-tune',
        'zerolatency',
        '-g',
        '10',
        '-f',
        'mpegts',
        '-',
      ];
      const child = spawn(path, [...args, ...encode], { stdio: ['ignore', 'pipe', 'ignore'] });
      child.stdout.pipe(response);
      response.once('close', () => child.kill());
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

test('a recording on the web is a recording', async () => {
  await using source = await openSource(`${address}/a.mkv`, { ...sampling, from: 2 }, { hiding: 'none' });
  expect(source).toMatchObject({ kind: 'file', duration: 4 });
  const items = await Array.fromAsync(source.frames());
  expect(items.map((item) => item.type === 'frame' && item.frame.index)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
});

test('a stream on the web is live, and thinned out to the sampling rate', async () => {
  await using source = await openSource(`${address}/live.ts`, sampling, { hiding: 'none' });
  expect(source).toMatchObject({ kind: 'live', duration: undefined });
  const items: Captured[] = [];
  const times: number[] = [];
  for await (const item of source.frames()) {
    items.push(item);
    times.push(performance.now());
    if (items.length === 12) break;
  }
  expect(items.every(({ type }) => type === 'frame')).toBe(true);
  // The server may send a first burst; what follows comes at its pace.
  expect((times[11]! - times[7]!) / 4).toBeGreaterThan(300);
});

test('nothing there, or nobody: said before the first frame', async () => {
  await expect(openSource(`${address}/gone.mp4`, sampling, { hiding: 'none' })).rejects.toMatchObject({
    code: 'source-not-found',
  });
  await expect(openSource('http://127.0.0.1:9/a.mp4', sampling, { hiding: 'none' })).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringContaining('refused'),
  });
  const door = await openSource('rtsp://127.0.0.1:9/door', sampling, { hiding: 'none' });
  await expect(Array.fromAsync(door.frames())).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringContaining('refused'),
  });
});

test('standard input is read as it comes', async () => {
  const script = `
    import { openSource } from ${JSON.stringify(resolve(import.meta.dirname, '../../main/capture/source.ts'))};
    try {
      await using source = await openSource('-', ${JSON.stringify({ ...sampling, from: 3 })}, { hiding: 'none' });
      for await (const item of source.frames()) console.log(item.frame.index);
    } catch (error) { console.log(error.code, error.message); }`;
  const node = [process.execPath, ['--input-type=module', '-e', script]] as const;
  const run = (stdin: number) => execFileSync(...node, { stdio: [stdin, 'pipe', 'inherit'], encoding: 'utf8' });
  expect(run(openSync(recording, 'r')).trim().split('\n')).toEqual(['6', '7', '8', '9', '10', '11']);
  expect(run(openSync(import.meta.filename, 'r'))).toMatch(/^source-unreadable No picture of "-"/);
});
