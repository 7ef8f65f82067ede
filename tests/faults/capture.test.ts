import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { OnlookerError } from '../../main/base/errors.ts';
import { locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { FfmpegFeed } from '../../main/capture/ffmpeg-feed.ts';
import { FfmpegProcess } from '../../main/capture/ffmpeg-process.ts';
import { FileSource } from '../../main/capture/file-source.ts';
import type { Captured } from '../../main/capture/frame.ts';
import type { Pace } from '../../main/capture/live-feed.ts';
import { LiveSource } from '../../main/capture/live-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));

const program = (name: string) => resolve(import.meta.dirname, '../fixtures/programs', `${name}.js`);
const sampling = { fps: 2, width: 32, height: 20 };

interface LiveOptions {
  readonly env?: readonly string[];
  readonly attempts?: number;
  readonly stall?: number;
  readonly duration?: number;
  readonly pace?: Pace;
  readonly backoff?: number;
}

/** A live source whose ffmpeg is one of the stand-ins; `env` reaches it as arguments of env(1). */
function live(name: string, options: LiveOptions = {}): LiveSource {
  const { env = [], attempts = 3, stall = 1, duration, pace, backoff = 0.05 } = options;
  return new LiveSource({
    ...{
      name,
      guard: undefined,
      sampling: { ...sampling, ...(duration !== undefined && { duration }) },
      open: async () => new FfmpegFeed('/usr/bin/env', 32 * 20 * 3, { args: [...env, program(name)], pace }),
    },
    ...{ queue: 50, stallSeconds: stall, quietSeconds: stall, startSeconds: 10, attempts, backoffSeconds: backoff },
  });
}

function alive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function gone(pid: number | undefined, withinMs: number): Promise<boolean> {
  for (const end = performance.now() + withinMs; performance.now() < end; await sleep(20)) if (!alive(pid)) return true;
  return !alive(pid);
}

/** Running processes whose command line holds `text`. */
function running(text: string): string[] {
  const list = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.includes(text));
}

describe('the end of a child process', () => {
  test('one that ignores SIGTERM is killed after a second', async () => {
    const child = new FfmpegProcess(program('ignores-sigterm'), []);
    await once(child.stdout, 'readable');
    const started = performance.now();
    await child[Symbol.asyncDispose]();
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(2500);
    expect(alive(child.pid)).toBe(false);
    expect((await child.ended).signal).toBe('SIGKILL');
  });

  test('one that does not exist is an ending like others', async () => {
    await using child = new FfmpegProcess(join(folder, 'nothing'), []);
    expect((await child.ended).failure).toMatchObject({ code: 'ENOENT' });
  });

  test('its messages are kept, but not all of a flood', async () => {
    await using child = new FfmpegProcess(program('complains'), []);
    expect((await child.ended).code).toBe(1);
    expect(child.messages).toContain('the lens cap is on');
    expect(child.messages.length).toBeLessThan(50_000);
  });

  test('a reader who leaves takes ffmpeg along', async () => {
    const args = ['-f', 'lavfi', '-i', 'testsrc=s=32x20:r=2', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'];
    const { path } = await locateFfmpeg();
    const source = new FileSource({
      name: 'endless',
      ffmpeg: path,
      args: ['-nostdin', ...args],
      sampling,
      length: undefined,
    });
    for await (const item of source.frames()) if (item.type === 'frame' && item.frame.index === 3) break;
    await source[Symbol.asyncDispose]();
    expect(running('testsrc=s=32x20:r=2')).toEqual([]);
  });

  test('a recording whose ffmpeg is killed is not taken for one that is over', async () => {
    const args = [
      '-f',
      'lavfi',
      '-i',
      'testsrc=s=32x20:r=2:d=60,realtime',
      '-pix_fmt',
      'rgb24',
      '-f',
      'rawvideo',
      'pipe:1',
    ];
    const { path } = await locateFfmpeg();
    await using source = new FileSource({
      name: 'long',
      ffmpeg: path,
      args: ['-nostdin', ...args],
      sampling,
      length: 60,
    });
    const items: Captured[] = [];
    const reading = (async () => {
      for await (const item of source.frames()) {
        items.push(item);
        if (items.length === 3) execFileSync('pkill', ['-KILL', '-f', 'testsrc=s=32x20:r=2:d=60']);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'source-lost', message: expect.stringContaining('--from ') });
    expect(items.at(-1)).toMatchObject({ type: 'gap', gap: { reason: 'ended', to: 60 } });
  });

  test('a recording whose ffmpeg is stopped does not wait for ever, and one that is slow is waited for', async () => {
    const args = ['-nostdin', '-f', 'lavfi', '-i', 'testsrc2=s=642x480:r=20:d=60,realtime', '-vf', 'scale=32:20'];
    const { path } = await locateFfmpeg();
    const run = {
      name: 'long',
      ffmpeg: path,
      args: [...args, '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
      sampling,
    };
    await using source = new FileSource({ ...run, length: 60, longestIdle: 2 });
    const items: Captured[] = [];
    const reading = (async () => {
      for await (const item of source.frames()) {
        items.push(item);
        if (items.length === 3) execFileSync('pkill', ['-STOP', '-f', 'testsrc2=s=642x480:r=20:d=60']);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'source-lost', message: /stopped, at .* --from / });
    expect(items.length).toBeGreaterThanOrEqual(3);
    await source[Symbol.asyncDispose]();
    expect(running('testsrc2=s=642x480:r=20:d=60')).toEqual([]);

    // It works for seconds before the first picture.
    const busy = [
      '-nostdin',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=1920x1080:r=30:d=10',
      '-vf',
      'trim=start=8,scale=32:20,fps=2',
    ];
    const slow = { ...run, args: [...busy, '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'], length: 2 };
    await using worker = new FileSource({ ...slow, longestIdle: 0.3 });
    expect((await Array.fromAsync(worker.frames())).filter(({ type }) => type === 'frame').length).toBeGreaterThan(0);
  });

  test('closing while a read is under way ends the read', async () => {
    const source = live('stops-writing', { stall: 60 });
    const items: Captured[] = [];
    const reading = (async () => {
      for await (const item of source.frames()) items.push(item);
    })();
    while (items.length < 3) await sleep(20);
    await source[Symbol.asyncDispose]();
    await reading;
    expect(items).toHaveLength(3);
  });

  test('none outlives us when we are killed, reading or not', async () => {
    const { path } = await locateFfmpeg();
    const mark = `testsrc2=s=640x400:r=5:d=${3600 + process.pid}`;
    const script = `
      import { FfmpegProcess } from ${JSON.stringify(resolve(import.meta.dirname, '../../main/capture/ffmpeg-process.ts'))};
      const child = new FfmpegProcess(${JSON.stringify(path)},
        ['-nostdin', '-re', '-f', 'lavfi', '-i', ${JSON.stringify(mark)}, '-f', 'rawvideo', 'pipe:1']);
      child.stdout.once('readable', () => console.log(child.pid));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(String(line));
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await gone(pid, 3000)).toBe(true);
    expect(running(mark)).toEqual([]);
  });
});

describe('a live source', () => {
  test('that falls silent is restarted in time, and the hole is told', async () => {
    await using source = live('stops-writing');
    const items: Captured[] = [];
    let waited = 0;
    for await (const item of source.frames()) {
      if (items.length === 3) waited = performance.now();
      items.push(item);
      if (items.length === 7) break;
    }
    expect(items.map(({ type }) => type)).toEqual(['frame', 'frame', 'frame', 'gap', 'frame', 'frame', 'frame']);
    const [, , before, gap, after] = items;
    expect(gap).toMatchObject({ gap: { reason: 'stalled', dropped: 0 } });
    if (before?.type !== 'frame' || gap?.type !== 'gap' || after?.type !== 'frame') throw new Error('unreachable');
    expect(gap.gap.from).toBe(before.frame.t);
    expect(gap.gap.to).toBe(after.frame.t);
    expect(gap.gap.to - gap.gap.from).toBeLessThan(5);
    expect(waited).toBeGreaterThan(0);
    const indexes = items.flatMap((item) => (item.type === 'frame' ? [item.frame.index] : []));
    expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
  });

  test('that dies is restarted until it comes back', async () => {
    const env = [`FAULT_STATE=${join(folder, 'back')}`, 'FAULT_DEATHS=2'];
    await using source = live('dies-again', { env });
    const items: Captured[] = [];
    for await (const item of source.frames()) {
      items.push(item);
      if (items.length === 5) break;
    }
    expect(items[3]).toMatchObject({ type: 'gap', gap: { reason: 'ended' } });
    expect(items[4]).toMatchObject({ type: 'frame' });
    if (items[4]?.type === 'frame') expect(items[4].frame.pixels[0]).toBe(31); // its fourth life
  });

  test('that does not come back is given up, with the cause', async () => {
    const env = [`FAULT_STATE=${join(folder, 'lost')}`, 'FAULT_DEATHS=100'];
    const source = live('dies-again', { env });
    const items: Captured[] = [];
    const reading = (async () => {
      for await (const item of source.frames()) items.push(item);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'source-lost',
      cause: { message: expect.stringContaining('the device went away') },
    });
    expect(items).toHaveLength(3);
    expect(readFileSync(join(folder, 'lost'), 'utf8')).toBe('4'); // one life with frames, three without
  });

  test('that falls silent, or does not come back, ends when as much time is over as was asked for', async () => {
    const env = [`FAULT_STATE=${join(folder, 'in time')}`, 'FAULT_DEATHS=1000'];
    for (const source of [
      live('stops-writing', { stall: 60, duration: 3 }),
      live('dies-again', { env, attempts: 1000, duration: 3 }),
    ]) {
      const items: Captured[] = [];
      let began = 0;
      for await (const item of source.frames()) {
        began ||= performance.now();
        items.push(item);
      }
      expect(items.map(({ type }) => type)).toEqual(['frame', 'frame', 'frame', 'gap']);
      const [, , last, gap] = items;
      expect(gap).toMatchObject({ gap: { from: last?.type === 'frame' && last.frame.t, to: 3, dropped: 0 } });
      expect(performance.now() - began).toBeGreaterThan(2900);
      expect(performance.now() - began).toBeLessThan(6000);
    }
  });

  test('that has a pace of its own and gives but few pictures loses none of them, and no hole', async () => {
    const env = [`FAULT_STATE=${join(folder, 'few')}`, 'FAULT_DEATHS=1'];
    // Longer than a period of the grid: what comes within one has no frame of its own.
    await using source = live('dies-again', { env, pace: 'own', backoff: 0.6 });
    const seen: (string | number | undefined)[] = [];
    for await (const item of source.frames()) {
      seen.push(item.type === 'gap' ? item.gap.reason : item.frame.pixels[0]);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([1, 'ended', 21]);
  });

  test('that never gives a frame fails at once, in the words of ffmpeg', async () => {
    const reading = Array.fromAsync(live('complains', { attempts: 100 }).frames());
    await expect(reading).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringContaining('the lens cap is on'),
    });
  });
});

describe('looking for ffmpeg', () => {
  test('FFMPEG_PATH that does not run is said, not passed over', async () => {
    const looking = locateFfmpeg({ FFMPEG_PATH: join(folder, 'nothing') });
    await expect(looking).rejects.toMatchObject({
      code: 'ffmpeg-missing',
      message: expect.stringContaining('FFMPEG_PATH'),
    });
  });

  test('FFMPEG_PATH comes first', async () => {
    const found = await locateFfmpeg({ ...process.env, FFMPEG_PATH: program('complains') });
    expect(found).toEqual({
      path: program('complains'),
      version: '7.1',
      modern: true,
      outdated: false,
      origin: 'FFMPEG_PATH',
    });
  });

  test('the last resort says what it is, and nothing is downloaded before it is taken', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<string>();
    await using server = createServer((request) => resolve(request.url ?? '')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // A machine without ffmpeg: whoever asked ffmpeg-static for its binary would come here.
    const env = { PATH: '', XDG_CACHE_HOME: folder, FFMPEG_BINARIES_URL: `http://127.0.0.1:${port}` };
    const found = await locateFfmpeg(env).catch((error: unknown) => error);
    if (found instanceof OnlookerError) {
      // The optional package is not there, or not for this machine.
      expect(found).toMatchObject({ code: 'ffmpeg-missing', message: expect.stringContaining('Install it') });
    } else {
      expect(found).toMatchObject({ origin: '@ffmpeg-installer/ffmpeg', note: expect.stringContaining('2018') });
    }
    expect(await Promise.race([asked, 'nobody'])).toBe('nobody');
    expect(existsSync(join(folder, 'onlooker'))).toBe(false);
  });
});
