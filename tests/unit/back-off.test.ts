import { expect, test } from 'vitest';
import { backOff } from '../../main/base/back-off.ts';

test('one waits twice as long after each failure, and never longer than the longest wait', () => {
  const wait = (failures: number) => backOff(failures, { first: 500, longest: 30_000 });
  expect([0, 1, 2, 3, 20, 2000].map(wait)).toEqual([0, 500, 1000, 2000, 30_000, 30_000]);
});
