import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Captured, Frame } from '../../main/capture/frame.ts';
import { LiveClock } from '../../main/capture/live-clock.ts';
import { LiveQueue } from '../../main/capture/live-queue.ts';
import { pictures } from '../../main/capture/pictures.ts';

const frame = (index: number, value = 0): Frame => ({
  index,
  t: index,
  pixels: new Uint8Array(300).fill(value),
  capturedAt: 0,
});

async function rest(queue: LiveQueue): Promise<Captured[]> {
  queue.finish();
  return Array.fromAsync(queue.read());
}

describe('the queue before a slow reader', () => {
  test('keeps everything while there is room', async () => {
    const queue = new LiveQueue(3);
    for (const index of [0, 1, 2]) queue.push(frame(index));
    expect((await rest(queue)).map((item) => item.type)).toEqual(['frame', 'frame', 'frame']);
    expect(queue.dropped).toBe(0);
  });

  test('drops the least changed frame, never the newest, and tells the gap before the next one', async () => {
    const queue = new LiveQueue(3);
    for (const [index, value] of [0, 90, 91, 20, 20].entries()) queue.push(frame(index, value));
    const items = await rest(queue);
    expect(items.map((item) => (item.type === 'frame' ? item.frame.index : item.gap))).toEqual([
      0,
      1,
      { from: 2, to: 4, reason: 'overload', dropped: 2 },
      4,
    ]);
    expect(queue.dropped).toBe(2);
  });

  test('a restart before a dropped frame is still told', async () => {
    const queue = new LiveQueue(3);
    queue.push(frame(0, 0));
    queue.push(frame(5, 0), { from: 0, to: 5, reason: 'stalled', dropped: 0 });
    queue.push(frame(6, 100));
    queue.push(frame(7, 200));
    const gaps = (await rest(queue)).flatMap((item) => (item.type === 'gap' ? [item.gap] : []));
    expect(gaps).toEqual([{ from: 0, to: 6, reason: 'stalled', dropped: 1 }]);
  });

  test('an error comes after the frames that wait', async () => {
    const queue = new LiveQueue(2);
    queue.push(frame(0));
    queue.finish(new Error('gone'));
    const seen: Captured[] = [];
    const reading = (async () => {
      for await (const item of queue.read()) seen.push(item);
    })();
    await expect(reading).rejects.toThrow('gone');
    expect(seen).toHaveLength(1);
  });
});

describe('the clock of a live source', () => {
  test('starts at 0 and forgives jitter', () => {
    const clock = new LiveClock(2);
    const stamps = [1000, 1620, 1900, 2510].map((now) => clock.stamp(now));
    expect(stamps).toEqual([
      { index: 0, t: 0 },
      { index: 1, t: 0.62 },
      { index: 2, t: 0.9 },
      { index: 3, t: 1.51 },
    ]);
  });

  test('never repeats a place, and finds back after a burst', () => {
    const clock = new LiveClock(2);
    const indexes = [0, 2000, 2000, 2001, 3500].map((now) => clock.stamp(now).index);
    expect(indexes).toEqual([0, 4, 5, 6, 7]);
    expect(clock.stamp(4000).index).toBe(8);
  });

  test('a restart sits on the grid, whatever its phase', () => {
    const clock = new LiveClock(2);
    clock.stamp(0);
    clock.restart();
    const indexes = [3249, 3752, 4247, 4751].map((now) => clock.stamp(now).index);
    expect(indexes).toEqual([6, 7, 8, 9]);
  });
});

describe('pictures out of a pipe', () => {
  test('are put together from any pieces; an unfinished one is left out', async () => {
    const pipe = Readable.from([Buffer.from([1]), Buffer.from([2, 3, 4, 5, 6, 7]), Buffer.from([8, 9, 10])]);
    const got = await Array.fromAsync(pictures(pipe, 3));
    expect(got).toEqual([new Uint8Array([1, 2, 3]), new Uint8Array([4, 5, 6]), new Uint8Array([7, 8, 9])]);
  });
});
