/** Monitors that change places, size and role, or go, while one of them is watched: it, whole, or nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import type { Frame, Gap } from '../../main/capture/frame.ts';
import { openSource } from '../../main/capture/source.ts';
import { VirtualDisplay } from '../../native-models/desk-world/record/virtual-display.ts';
import { newWindow, visibleWindows } from '../../native-models/desk-world/record/windows.ts';
import { missingPrograms } from '../support/needs.ts';

const missing = missingPrograms('Xvfb', 'openbox', 'xterm', 'xrandr', 'xsetroot', 'xdotool', 'xwininfo', 'xprop');
const sampling = { fps: 4, width: 64, height: 40 };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A display of 1280 x 720, red on the left and blue on the right, with a monitor for each half. */
async function twoMonitors() {
  const display = await VirtualDisplay.start({ windowManager: 'openbox' });
  vi.stubEnv('DISPLAY', display.name);
  await display.run('xsetroot', ['-solid', '#0000ff']);
  const known = await visibleWindows(display);
  const args = ['-geometry', '300x90+0+0', '-bg', '#ff0000', '-fg', '#ff0000', '-e', 'sh'];
  display.launch('xterm', args);
  const red = (await newWindow(display, known))!;
  await display.run('xdotool', ['windowsize', red.id, '640', '800', 'windowmove', red.id, '0', '0']);
  const xrandr = (...args: string[]) => display.run('xrandr', args);
  const monitor = (name: string, x: number, width = 640) =>
    xrandr('--setmonitor', name, `${width}/100x720/100+${x}+0`, 'none');
  await xrandr('--setmonitor', 'left', '640/100x720/100+0+0', 'screen');
  await monitor('right', 640);
  return { monitor, xrandr, [Symbol.asyncDispose]: () => display[Symbol.asyncDispose]() };
}

/** Everything a source gives, as it comes. */
async function following(name: string) {
  const source = await openSource(name, sampling, { hiding: 'none', backoffSeconds: 0.1 });
  const [frames, gaps]: [Frame[], Gap[]] = [[], []];
  const reading = (async () => {
    for await (const item of source.frames()) {
      if (item.type === 'frame') frames.push(item.frame);
      else gaps.push(item.gap);
    }
  })();
  const until = async (ready: () => boolean) => {
    for (const end = performance.now() + 15_000; !ready(); await sleep(20)) {
      if (performance.now() > end) throw new Error(`Not in 15 s; gaps: ${JSON.stringify(gaps)}`);
    }
  };
  return {
    ...{ frames, gaps, until },
    /** Resolves when frames came after one more gap. */
    again: async () => {
      const wanted = gaps.length + 1;
      await until(() => gaps.length === wanted);
      const from = frames.length;
      await until(() => frames.length >= from + 3);
      return colour(frames.at(-1)!);
    },
    [Symbol.asyncDispose]: async () => {
      await source[Symbol.asyncDispose]();
      await reading;
    },
  };
}

function colour({ pixels }: Frame): 'red' | 'blue' | 'both' {
  const sum = (channel: number) => pixels.reduce((all, value, i) => (i % 3 === channel ? all + value : all), 0);
  const [red, blue] = [sum(0), sum(2)];
  if (red > 4 * blue) return 'red';
  return blue > 4 * red ? 'blue' : 'both';
}

test.skipIf(missing)(
  `a monitor is the one of its name, wherever it goes${missing ? ` (${missing})` : ''}`,
  async () => {
    await using display = await twoMonitors();
    await using watched = await following('screen:1');
    const { frames, gaps, until } = watched;
    await until(() => frames.length >= 3);
    expect(colour(frames.at(-1)!)).toBe('blue');

    // 1. They change places, in the list as well.
    for (const name of ['right', 'left']) await display.xrandr('--delmonitor', name);
    await display.monitor('right', 0);
    await display.xrandr('--setmonitor', 'left', '640/100x720/100+640+0', 'screen');
    expect(await watched.again()).toBe('red');

    // 2. It is unplugged: nothing is seen, for longer than a source may be lost, until it is back.
    await display.xrandr('--delmonitor', 'right');
    await sleep(2500);
    const seen = frames.length;
    await sleep(3500);
    expect(frames).toHaveLength(seen);
    await display.monitor('right', 640);
    expect(await watched.again()).toBe('blue');

    // 3. Another resolution: all of it, with its size beside it.
    await display.xrandr('--delmonitor', 'right');
    await display.monitor('right', 320, 960);
    expect(await watched.again()).toBe('both');
    expect(frames.at(-1)).toMatchObject({ size: { width: 960 }, place: { x: 320, width: 960 } });
    expect(gaps.map(({ reason }) => reason)).toEqual(['ended', 'ended', 'ended']);
  },
  90_000,
);

test.skipIf(missing)(
  '"screen" is the primary monitor, whichever that is',
  async () => {
    await using display = await twoMonitors();
    await display.xrandr('--setmonitor', '*left', '640/100x720/100+0+0', 'screen');
    await using watched = await following('screen');
    await watched.until(() => watched.frames.length >= 3);
    expect(colour(watched.frames.at(-1)!)).toBe('red');
    for (const name of ['right', 'left']) await display.xrandr('--delmonitor', name);
    await display.xrandr('--setmonitor', 'left', '640/100x720/100+0+0', 'none');
    await display.xrandr('--setmonitor', '*right', '640/100x720/100+640+0', 'screen');
    expect(await watched.again()).toBe('blue');
  },
  60_000,
);
