import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { displaySize } from '../../main/capture/displays.ts';
import { locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { FfmpegProcess } from '../../main/capture/ffmpeg-process.ts';
import type { Captured, Frame, FrameSource } from '../../main/capture/frame.ts';
import { liveArguments, x11Input } from '../../main/capture/live-arguments.ts';
import { pictures } from '../../main/capture/pictures.ts';
import { openSource } from '../../main/capture/source.ts';
import type { SourceOptions } from '../../main/capture/source-options.ts';
import { missingPrograms } from '../support/needs.ts';

const sampling = { fps: 4, width: 96, height: 60 };
const children: ChildProcess[] = [];
const before = process.env.DISPLAY;

function start(program: string, ...args: string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  children.push(child);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

async function startDisplay(): Promise<ChildProcess> {
  const xvfb = start('Xvfb', '-displayfd', '3', '-screen', '0', '960x600x24', '-nolisten', 'tcp');
  const [number] = await once(xvfb.stdio[3]!, 'data');
  process.env.DISPLAY = `:${String(number).trim()}`;
  return xvfb;
}

async function watch(name: string, count: number, options: Partial<SourceOptions> = {}): Promise<Frame[]> {
  await using source = await openSource(name, sampling, { hiding: 'none', ...options });
  const frames: Frame[] = [];
  for await (const item of source.frames()) {
    if (item.type === 'frame') frames.push(item.frame);
    if (frames.length === count) break;
  }
  return frames;
}

const brightness = ({ pixels }: Frame) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;

const missing = missingPrograms('Xvfb', 'xterm', 'xrandr', 'xwininfo');
describe.skipIf(missing)(`a screen (${missing ?? 'Xvfb'})`, () => {
  beforeAll(async () => {
    await startDisplay();
  });
  afterAll(async () => {
    for (const child of children.reverse()) await stop(child);
    if (before === undefined) delete process.env.DISPLAY;
    else process.env.DISPLAY = before;
  });

  test('a still screen goes on giving frames, on the grid', async () => {
    const frames = await watch('screen', 5);
    expect(frames.map(({ index }) => index)).toEqual(frames.map((_, i) => i + frames[0]!.index));
    for (const { index, t } of frames) expect(Math.abs(t - index / sampling.fps)).toBeLessThan(0.2);
  });

  test('a frame comes when it is grabbed, not one period later', async () => {
    const ffmpeg = await locateFfmpeg();
    const area = await displaySize(ffmpeg.path, process.env.DISPLAY);
    const args = liveArguments(ffmpeg, x11Input(process.env.DISPLAY!, area, 2), { fps: 2, width: 384, height: 240 });
    // The same run, but with the time of each grab (microseconds since 1970) written among the messages.
    const filters = args.indexOf('-vf') + 1;
    args[filters] = `settb=1/1000000,showinfo,${args[filters]}`;
    args[args.indexOf('level+warning')] = 'level+info';
    args.unshift('-copyts');
    await using child = new FfmpegProcess(ffmpeg.path, args);
    const arrived: number[] = [];
    for await (const _ of pictures(child.stdout, 384 * 240 * 3)) {
      arrived.push(performance.timeOrigin + performance.now());
      if (arrived.length === 6) break;
    }
    const grabbed = [...child.messages.matchAll(/ pts: *(\d+) /g)].map(([, pts]) => Number(pts) / 1000);
    const waits = arrived.map((at, i) => at - grabbed[i]!).sort((a, b) => a - b);
    expect(waits[0]).toBeGreaterThan(0);
    expect(waits[3]).toBeLessThan(150); // 10 to 50 ms on an idle machine; a period would be 500 ms
  });

  test('a window is found by a part of its title and shown alone', async () => {
    start('xterm', '-T', 'Build log', '-bg', 'white', '-geometry', '60x12+200+100');
    let frames: Frame[] = [];
    for (let attempt = 0; attempt < 20 && frames.length === 0; attempt += 1) {
      frames = await watch('window:build', 2).catch(() => []);
      if (frames.length === 0) await sleep(250);
    }
    const whole = await watch('screen', 1);
    expect(brightness(frames[1]!)).toBeGreaterThan(2 * brightness(whole[0]!));
  });

  test('a window that is resized or closed is noticed; another of that name is taken up', async () => {
    const first = start('xterm', '-T', 'Fickle', '-bg', 'white', '-geometry', '40x10+10+10');
    let source: FrameSource | undefined;
    for (let attempt = 0; attempt < 20 && !source; attempt += 1) {
      source = await openSource('window:fickle', sampling, { hiding: 'none', backoffSeconds: 0.2, attempts: 30 }).catch(
        () => undefined,
      );
      if (!source) await sleep(250);
    }
    await using watched = source!;
    let closed = false;
    for await (const item of watched.frames()) {
      if (!closed) {
        await stop(first);
        start('xterm', '-T', 'Fickle too', '-bg', 'white', '-geometry', '60x20+300+200');
        closed = true;
      } else if (item.type === 'gap') {
        expect(item.gap.reason).toBe('ended');
      } else if (brightness(item.frame) > 100) {
        break; // the new window, white; the test runs out of time if it is never seen
      }
    }
  });

  test('what is not there is said before the first frame', async () => {
    const open = (name: string) => openSource(name, sampling, { hiding: 'none' });
    await expect(open('window:nowhere')).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringContaining('No window has "nowhere"'),
    });
    await expect(open('screen:7')).rejects.toMatchObject({ message: expect.stringContaining('no monitor 7') });
    const display = process.env.DISPLAY;
    try {
      delete process.env.DISPLAY;
      await expect(open('screen')).rejects.toMatchObject({
        code: 'source-unreadable',
        message: expect.stringContaining('set DISPLAY'),
      });
      process.env.DISPLAY = ':987';
      await expect(open('screen')).rejects.toMatchObject({
        code: 'source-unreadable',
        message: expect.stringContaining('":987" cannot be opened'),
      });
    } finally {
      process.env.DISPLAY = display;
    }
  });

  test('a display that goes away is lost; one that comes back goes on after a gap', async () => {
    const own = process.env.DISPLAY;
    const xvfb = await startDisplay();
    const number = process.env.DISPLAY!;
    const items: Captured[] = [];
    const source = await openSource('screen', sampling, { hiding: 'none', attempts: 5, backoffSeconds: 0.2 });
    const reading = (async () => {
      for await (const item of source.frames()) items.push(item);
    })();
    reading.catch(() => {}); // looked at below
    const until = async (ready: () => boolean) => {
      for (let i = 0; i < 200 && !ready(); i += 1) await sleep(50);
      expect(ready()).toBe(true);
    };
    await until(() => items.length >= 2);
    await stop(xvfb);
    const again = start('Xvfb', number, '-screen', '0', '800x600x24', '-nolisten', 'tcp');
    await until(() => items.some(({ type }) => type === 'gap') && items.at(-1)?.type === 'frame');
    expect(items.find(({ type }) => type === 'gap')).toMatchObject({ gap: { reason: 'ended' } });
    await stop(again);
    await expect(reading).rejects.toMatchObject({ code: 'source-lost' });
    process.env.DISPLAY = own;
  });
});
