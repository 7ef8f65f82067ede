import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FfmpegBinary, locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { openFile } from '../../main/capture/open-recording.ts';
import { openSource } from '../../main/capture/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-disguise-'));
const path = (name: string) => join(folder, name);
const sampling = { fps: 2, width: 32, height: 20 };
let ffmpeg: FfmpegBinary;
let server: Server;
let address = '';
let requests: string[] = [];

const hls = '#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:2,\nsecret.ts\n#EXT-X-ENDLIST\n';
const dash = (base: string) =>
  `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" type="static"
  mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="0" bandwidth="1">
  <BaseURL>${base}</BaseURL></Representation></AdaptationSet></Period></MPD>`;
const sdp =
  'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n';

beforeAll(async () => {
  ffmpeg = await locateFfmpeg();
  const make = (...args: string[]) => execFileSync(ffmpeg.path, ['-loglevel', 'error', '-y', ...args]);
  const input = ['-f', 'lavfi', '-i', 'testsrc2=s=64x40:r=5:d=2'];
  make(...input, '-c:v', 'libx264', '-preset', 'ultrafast', path('secret.ts'));
  make('-i', path('secret.ts'), '-c', 'copy', '-movflags', '+faststart', path('plain.mp4'));
  make(...input, '-frames:v', '3', path('shot%03d.png'));
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const answer = (type: string, body: string | Buffer) => response.writeHead(200, { 'content-type': type }).end(body);
    if (request.url?.startsWith('/secret.ts')) return answer('video/mp2t', readFileSync(path('secret.ts')));
    if (request.url?.startsWith('/moved')) return response.writeHead(302, { location: '/list.m3u8' }).end();
    if (request.url?.endsWith('.mpd.mp4')) return answer('application/dash+xml', dash(`${address}/secret.ts`));
    return answer(request.url?.startsWith('/video') ? 'video/mp4' : 'application/vnd.apple.mpegurl', hls);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);
beforeEach(() => {
  requests = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const refused = {
  code: 'source-unreadable',
  message: expect.stringMatching(/is a (playlist|list of files).* not named/),
};

describe('a playlist that calls itself a video', () => {
  const disguises = ['mp4', 'mkv', 'ts', 'avi', 'webm', 'mov', 'txt', ''].map((extension) => `film.${extension}`);
  test.each(disguises)('%s is not opened', async (name) => {
    for (const content of [hls, 'ffconcat version 1.0\nfile secret.ts\n', dash('secret.ts')]) {
      writeFileSync(path(name), content);
      await expect(openFile(path(name), ffmpeg, sampling)).rejects.toMatchObject(refused);
    }
  });

  test('nor are other texts that lead elsewhere, or blanks and marks in front of them', async () => {
    const texts = [sdp, `\ufeff${hls}`, `\n\n\n${hls}`, 'WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n', 'file secret.ts\n'];
    for (const text of texts) {
      writeFileSync(path('film.mp4'), text);
      await expect(openFile(path('film.mp4'), ffmpeg, sampling)).rejects.toMatchObject({ code: 'source-unreadable' });
    }
  });

  test('nor are the numbered pictures that a name stands for', async () => {
    writeFileSync(path('shot%03d.png'), readFileSync(path('shot001.png')));
    await expect(openFile(path('shot%03d.png'), ffmpeg, sampling)).rejects.toMatchObject({ code: 'source-unreadable' });
  });

  test('nor is one on standard input', () => {
    writeFileSync(path('list'), hls.replace('secret.ts', path('secret.ts')));
    const script = `
      import { openSource } from ${JSON.stringify(resolve(import.meta.dirname, '../../main/capture/source.ts'))};
      try {
        await using source = await openSource('-', ${JSON.stringify(sampling)}, { hiding: 'none' });
        for await (const item of source.frames()) console.log(item.type);
      } catch (error) { console.log(error.message); }`;
    const stdio = [openSync(path('list'), 'r'), 'pipe', 'pipe'] as const;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: [...stdio] });
    expect(String(stdout)).toMatch(/playlist \(HLS\)/);
    expect(String(stdout)).not.toMatch(/frame/);
  });

  test.each(['video.mp4', 'video', 'moved.mp4', 'list', 'list.mp4?x=.m3u8', 'x.mpd.mp4'])(
    'nor is one on the web: /%s',
    async (name) => {
      await expect(openSource(`${address}/${name}`, sampling, { hiding: 'none' })).rejects.toMatchObject(refused);
      expect(requests.filter((url) => url.startsWith('/secret'))).toEqual([]);
    },
  );
});

describe('a playlist that is named as one', () => {
  test.each([
    ['list.m3u8', hls],
    ['LIST.M3U8', hls],
    ['list.ffconcat', 'ffconcat version 1.0\nfile secret.ts\n'],
  ])('%s opens other local files', async (name, content) => {
    writeFileSync(path(name), content);
    await using source = await openFile(path(name), ffmpeg, sampling);
    expect((await Array.fromAsync(source.frames())).length).toBeGreaterThan(2);
  });

  test('but no address, and nothing of another kind', async () => {
    writeFileSync(path('web.m3u8'), hls.replace('secret.ts', `${address}/secret.ts`));
    await expect(openFile(path('web.m3u8'), ffmpeg, sampling)).rejects.toMatchObject({ code: 'source-unreadable' });
    expect(requests).toEqual([]);
    writeFileSync(path('dash.m3u8'), dash('secret.ts'));
    await expect(openFile(path('dash.m3u8'), ffmpeg, sampling)).rejects.toMatchObject({ code: 'source-unreadable' });
  });

  test.each(['list.m3u8', 'list.m3u8?token=1', 'list#.m3u8'])('on the web: /%s', async (name) => {
    await using source = await openSource(`${address}/${name}`, sampling, { hiding: 'none' });
    expect((await Array.fromAsync(source.frames())).length).toBeGreaterThan(2);
    expect(requests.join()).not.toContain('#');
  });
});

describe('an ffmpeg that nobody mends any more', () => {
  test('opens no address, no playlist, and only the commonest containers', async () => {
    const outdated = { ...ffmpeg, outdated: true };
    writeFileSync(path('list.m3u8'), hls);
    await expect(openFile(path('list.m3u8'), outdated, sampling)).rejects.toMatchObject({
      message: expect.stringContaining('outdated ffmpeg'),
    });
    execFileSync(ffmpeg.path, ['-loglevel', 'error', '-i', path('secret.ts'), '-c', 'copy', path('plain.flv')]);
    await expect(openFile(path('plain.flv'), outdated, sampling)).rejects.toMatchObject({ code: 'source-unreadable' });
    await using plain = await openFile(path('plain.mp4'), outdated, sampling);
    expect(plain.duration).toBe(2);
  });

  test('whatever its origin', async () => {
    const { path: last } = await locateFfmpeg({ PATH: '' }).catch(() => ffmpeg);
    const named = await locateFfmpeg({ FFMPEG_PATH: last });
    expect(named.outdated).toBe(last !== ffmpeg.path);
    expect(named.note?.includes('nobody mends') ?? false).toBe(named.outdated);
  });
});
