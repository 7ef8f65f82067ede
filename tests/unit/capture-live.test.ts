import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Cadence } from '../../main/capture/cadence.ts';
import type { Captured, Frame } from '../../main/capture/frame.ts';
import { LiveClock } from '../../main/capture/live-clock.ts';
import { FeedEnd, type LiveFeed } from '../../main/capture/live-feed.ts';
import { LiveQueue } from '../../main/capture/live-queue.ts';
import { LiveSource } from '../../main/capture/live-source.ts';
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
    const queue = new LiveQueue(() => 3);
    for (const index of [0, 1, 2]) queue.push(frame(index));
    expect((await rest(queue)).map((item) => item.type)).toEqual(['frame', 'frame', 'frame']);
    expect(queue.dropped).toBe(0);
  });

  test('drops the least changed frame, never the newest, and tells the gap before the next one', async () => {
    const queue = new LiveQueue(() => 3);
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
    const queue = new LiveQueue(() => 3);
    queue.push(frame(0, 0));
    queue.push(frame(5, 0), { from: 0, to: 5, reason: 'stalled', dropped: 0 });
    queue.push(frame(6, 100));
    queue.push(frame(7, 200));
    const gaps = (await rest(queue)).flatMap((item) => (item.type === 'gap' ? [item.gap] : []));
    expect(gaps).toEqual([{ from: 0, to: 6, reason: 'stalled', dropped: 1 }]);
  });

  test('an error comes after the frames that wait', async () => {
    const queue = new LiveQueue(() => 2);
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

describe('the clock of a source with a pace of its own', () => {
  const place = (clock: LiveClock, own: number, at: number) => clock.place(own, 1000 * at);

  test('dates pictures by their own time, however many come at once', () => {
    const clock = new LiveClock(2);
    clock.restart(true);
    const first = [100, 100.5, 101, 101.5].map((own) => place(clock, own, 5));
    const second = [102, 102.5, 103, 103.5].map((own) => place(clock, own, 7.1));
    expect([...first, ...second].map((stamp) => [stamp?.index, stamp?.t])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((index) => [index, index / 2]),
    );
    // The first of a segment is late by its length, and what is due is waited for as long.
    expect(clock.spread).toBeCloseTo(1.6, 1);
  });

  test('a clock that is set makes a jump of the true length', () => {
    for (const own of [3, 5000, 50.6 - 40]) {
      const clock = new LiveClock(2);
      for (const n of [0, 1, 2, 3]) place(clock, 50 + n / 2, n / 2);
      expect(place(clock, own, 2.5)).toMatchObject({ follows: 'jumped', t: 2.5, index: 5 });
      expect(place(clock, own + 0.5, 3)).toMatchObject({ follows: 'next', t: 3, index: 6 });
    }
  });

  test.each([2, 30])(
    'a clock that is set with each segment makes media time neither slower nor faster (%i fps)',
    (rate) => {
      const clock = new LiveClock(2);
      clock.restart(true);
      for (let segment = 0; segment < 41; segment += 1) {
        const late = 0.3 * Math.abs(Math.sin(segment)); // not all segments take the same time
        for (let n = 0; n < 3 * rate; n += 1) {
          const at = segment * 3 + n / rate;
          const placed = place(clock, 7 + n / rate, 5 + segment * 3 + late);
          if (rate === 2 || n === 0)
            expect(placed).toMatchObject({ follows: segment > 0 && n === 0 ? 'jumped' : 'next' });
          if (placed) expect(Math.abs(placed.t - at)).toBeLessThan(0.01);
          if (placed) expect(Math.abs(placed.index - 2 * at)).toBeLessThanOrEqual(1);
        }
      }
      expect(clock.index).toBeGreaterThanOrEqual(41 * 6 - 1);
    },
  );

  test('a segment that was lost where the clock was set is a hole of its length', () => {
    const clock = new LiveClock(2);
    clock.restart(true);
    for (const start of [0, 3, 9]) {
      for (let n = 0; n < 6; n += 1) place(clock, (start === 3 ? 900 : 7) + n / 2, start);
      expect(clock.last).toBeCloseTo(start + 2.5, 1);
      expect(clock.index).toBe(2 * start + 5);
    }
  });

  test('segments that were there before a restart are not shown again; another clock begins anew', () => {
    const clock = new LiveClock(2);
    clock.restart(true);
    for (const n of [0, 1, 2, 3]) place(clock, 50 + n / 2, n / 2);
    clock.restart(true);
    expect(place(clock, 51, 3)).toBeUndefined();
    expect(place(clock, 51.5, 3)).toBeUndefined();
    expect(place(clock, 52, 3)).toMatchObject({ t: 2, index: 4 });
    clock.restart(true);
    expect(place(clock, 1.4, 10)).toMatchObject({ follows: 'next', index: 16 });
  });

  test('pictures that waited for the opening end just now', () => {
    const clock = new LiveClock(2);
    for (const n of [0, 1]) place(clock, n / 2, n / 2);
    clock.restart();
    clock.begin(70, 72, 8000);
    expect([70, 71, 72].map((own) => clock.place(own, 8000, true)?.t)).toEqual([6, 7, 8]);
    expect(clock.spread).toBe(0);
    expect(place(clock, 72.5, 8.5)).toMatchObject({ t: 8.5, index: 17 });
  });

  test('a picture that is late has the next place', () => {
    const clock = new LiveClock(2);
    place(clock, 10, 0);
    place(clock, 10.5, 0.5);
    expect([clock.repeat(), clock.repeat()].map(({ t }) => t)).toEqual([1, 1.5]);
    expect(place(clock, 11.2, 1.7)).toMatchObject({ index: 4, t: 1.5001 });
    expect(place(clock, 11.4, 1.8)).toBeUndefined();
    expect(place(clock, 12.5, 2.5)).toMatchObject({ index: 5, t: 2.5 });
  });
});

describe('the cadence of a source', () => {
  const learned = (...pauses: number[]) => {
    const cadence = new Cadence();
    let t = 0;
    cadence.beat(t);
    for (const pause of pauses) {
      t += pause;
      cadence.beat(t);
    }
    return cadence;
  };
  const many = (count: number, pause: number) => Array<number>(count).fill(pause);

  test('a steady one is dead soon, one of which nothing is known is not', () => {
    expect(learned(...many(30, 0.04)).patience(4.5, 60)).toBe(4.5);
    expect(learned(...many(5, 1)).patience(4.5, 60)).toBe(4.5);
    expect(learned(...many(3, 0.04)).patience(4.5, 60)).toBe(60);
    expect(learned().patience(4.5, 60)).toBe(60);
  });

  test('one that is slow by itself has longer', () => {
    expect(learned(...many(6, 5)).patience(4.5, 60)).toBe(20);
    expect(learned(...many(30, 0.1), 3, ...many(300, 0.1)).patience(4.5, 60)).toBe(60);
    expect(learned(...many(30, 0.1), 40).patience(4.5, 60)).toBe(160);
  });
});

describe('a source that ends without an error', () => {
  /** A feed in segments whose pictures were taken at `times`, and which then ends as a stream that is over does. */
  function feed(times: readonly number[]): LiveFeed {
    return {
      ...{ size: undefined, pace: 'own', segmented: true, messages: '', close: () => {} },
      async *pictures() {
        for (const own of times) yield { pixels: new Uint8Array(3), own };
        throw new FeedEnd('it is over', { clean: true });
      },
      [Symbol.asyncDispose]: async () => {},
    };
  }

  /** Watches feeds one after another; returns how many were opened, and the reasons of the gaps. */
  async function watched(...goes: (readonly number[])[]) {
    let opened = 0;
    await using source = new LiveSource({
      ...{ name: 'live', sampling: { fps: 0.5, width: 1, height: 1 }, queue: 99, attempts: 3, backoffSeconds: 0.01 },
      ...{ stallSeconds: 9, quietSeconds: 9, startSeconds: 9 },
      guard: undefined,
      open: async () => feed(goes[opened++] ?? []),
    });
    const seen = await Array.fromAsync(source.frames()).catch((error: unknown) => error);
    return { opened, seen };
  }

  test('is over when it is shown once more to the same end', async () => {
    const times = [50, 50.4, 50.8];
    expect(await watched(times, times)).toMatchObject({ opened: 2, seen: [{ type: 'frame' }] });
    // Also when the first go was not the whole of it.
    expect(await watched([50, 50.8], [50, 52], [50, 52])).toMatchObject({ opened: 3 });
  });

  test('is opened again when it was there too shortly for a frame, and ended elsewhere', async () => {
    const { opened, seen } = await watched([50, 50.4, 50.8], [50.85, 50.9], [52, 52.4], [52, 52.4]);
    expect(opened).toBe(4);
    expect(seen).toMatchObject([{ type: 'frame' }, { type: 'gap', gap: { reason: 'ended' } }, { type: 'frame' }]);
  });

  test('is lost when it goes on ending at once', async () => {
    const { opened, seen } = await watched([50, 50.4, 50.8], [50.85], [50.85], [50.9]);
    expect(opened).toBe(4);
    expect(seen).toMatchObject({ code: 'source-lost' });
  });
});
