import { expect, test } from 'vitest';
import { look, type UsedTime } from '../../main/memory/forget/used-time.ts';

const hour = 3_600_000;
const day = 24 * hour;
const begin = Date.UTC(2027, 2, 1, 9);

/** What is known after looks at a clock that shows these times, days after `begin`. */
function after(days: readonly number[], known?: UsedTime): UsedTime | undefined {
  return days.reduce<UsedTime | undefined>((time, at) => look(time, begin + at * day)?.time, known);
}

/** Days counted after such looks. */
const counted = (days: readonly number[]) => after(days)!.counted / day;

/** Days `from` to `to`, one look every `every` days. */
function span(from: number, to: number, every: number): number[] {
  return Array.from({ length: Math.round((to - from) / every) + 1 }, (_, i) => from + i * every);
}

test('time counts while the clock goes on', () => {
  expect(counted([0])).toBe(0);
  expect(counted(span(0, 1, 1 / 24))).toBeCloseTo(1);
  expect(counted(span(0, 90, 1 / 24))).toBeCloseTo(90);
});

test('a night counts when as long has been looked at again, a holiday after three days', () => {
  expect(counted([...span(0, 0.25, 1 / 24), 1])).toBeCloseTo(0.25);
  expect(counted(span(0, 30, 1))).toBeCloseTo(30);
  expect(counted([0, 100, 101, 102])).toBe(0);
  expect(counted([0, 100, 101, 102, 103])).toBeCloseTo(103);
  // A night that is not believed yet proves no holiday behind it.
  expect(counted([0, 1, 100])).toBe(0);
  expect(counted(span(0, 70, 7))).toBeGreaterThan(50);
});

test('a clock that is ahead for a while counts nothing, and is forgotten when it is right again', () => {
  for (const wrong of [[400], [400, 400.001, 400.5], [400, 500, 600], [400, 30_000], [400, 440, 480, 520, 560]]) {
    expect(counted([0, ...wrong, 0.01]), `${wrong}`).toBeCloseTo(0.01);
  }
  expect(counted([0, ...span(400, 402.9, 1 / 24), 0.05])).toBeCloseTo(0.05);
});

test('a clock that is set back counts nothing twice', () => {
  expect(counted([...span(0, 5, 1 / 24), 2, ...span(5, 6, 1 / 24)])).toBeCloseTo(6);
  // It stays behind for a week before it is put right.
  const behind = [...span(0, 10, 1 / 24), ...span(-200, -193, 1 / 24)];
  expect(counted(behind)).toBeCloseTo(17);
  expect(counted([...behind, ...span(17, 24, 1 / 24)])).toBeCloseTo(31);
});

test('a clock that is not set is not looked at', () => {
  expect(look(undefined, Date.UTC(1971, 5, 1))).toBeUndefined();
  const known = after([0, 0.01]);
  expect(look(known, 0)).toEqual({ time: known });
});
