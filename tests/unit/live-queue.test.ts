import { describe, expect, test } from 'vitest';
import { BoundedQueue } from '../../main/live/bounded-queue.ts';
import { Histogram } from '../../main/live/statistics.ts';

describe('bounded queue', () => {
  test('a full queue makes the writer wait, and nothing is lost or reordered', async () => {
    const queue = new BoundedQueue<number>(3);
    let written = 0;
    const writer = (async () => {
      for (let i = 0; i < 50; i++) {
        await queue.put(i);
        written = i + 1;
      }
      queue.close();
    })();
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(3);
    const read: number[] = [];
    for (let items = await queue.take(2, 2); items.length > 0; items = await queue.take(2, 2)) {
      read.push(...items);
      expect(queue.length).toBeLessThanOrEqual(3);
    }
    await writer;
    expect(read).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('waits for a full batch until the writer is done', async () => {
    const queue = new BoundedQueue<number>(8);
    const batch = queue.take(4, 4);
    await queue.put(1);
    await queue.put(2);
    queue.close();
    expect(await batch).toEqual([1, 2]);
    expect(await queue.take(1, 4)).toEqual([]);
  });

  test("the writer's failure comes after its items", async () => {
    const queue = new BoundedQueue<number>(8);
    await queue.put(1);
    queue.fail(new Error('unplugged'));
    expect(await queue.take(1, 4)).toEqual([1]);
    await expect(queue.take(1, 4)).rejects.toThrow('unplugged');
  });

  test('a writer whose reader has gone is told so', async () => {
    const queue = new BoundedQueue<number>(1);
    await queue.put(1);
    const blocked = queue.put(2);
    queue.close();
    expect(await blocked).toBe(false);
  });
});

test('histogram quantiles are within 1 %', () => {
  const histogram = new Histogram();
  for (let i = 1; i <= 10_000; i++) histogram.add(i / 10);
  expect(histogram.quantile(0.5) / 500).toBeCloseTo(1, 1.5);
  expect(histogram.quantile(0.95) / 950).toBeCloseTo(1, 1.5);
  expect(new Histogram().quantile(0.95)).toBe(0);
});
