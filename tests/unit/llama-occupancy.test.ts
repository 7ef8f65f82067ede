import { expect, test } from 'vitest';
import { Occupancy } from '../../main/llama/occupancy.ts';

function filled(count: number): Occupancy {
  const occupancy = new Occupancy();
  occupancy.append(count);
  return occupancy;
}

test('positions are appended one after another', () => {
  const occupancy = filled(10);
  occupancy.append(5);
  expect([occupancy.end, occupancy.cells]).toEqual([15, 15]);
});

test('a hole frees cells and leaves the end where it is; a shift closes it', () => {
  const occupancy = filled(20);
  occupancy.remove(4, 10);
  expect([occupancy.end, occupancy.cells]).toEqual([20, 14]);
  occupancy.shift(10, 20, -6);
  expect([occupancy.end, occupancy.cells]).toEqual([14, 14]);
  occupancy.append(1);
  expect(occupancy.end).toBe(15);
});

test('removing the tail moves the end back', () => {
  const occupancy = filled(20);
  occupancy.remove(4, 6);
  occupancy.remove(12, 20);
  expect(occupancy.end).toBe(12);
  occupancy.remove(6, 12);
  expect([occupancy.end, occupancy.cells]).toEqual([4, 4]);
});

test('a shift that would put two tokens at one position is refused and changes nothing', () => {
  const occupancy = filled(20);
  occupancy.remove(4, 10);
  expect(() => occupancy.shift(10, 20, -7)).toThrow(/two tokens/);
  expect(() => occupancy.shift(0, 4, -1)).toThrow(/negative/);
  expect([occupancy.end, occupancy.cells]).toEqual([20, 14]);
});

test('a shift of nothing does nothing', () => {
  const occupancy = filled(3);
  occupancy.shift(10, 20, -9);
  occupancy.shift(0, 3, 0);
  expect([occupancy.end, occupancy.cells]).toEqual([3, 3]);
});

test('several holes are closed in any order', () => {
  const occupancy = filled(30);
  occupancy.remove(5, 10);
  occupancy.remove(15, 20);
  occupancy.shift(10, 15, -5);
  occupancy.shift(20, 30, -10);
  expect([occupancy.end, occupancy.cells]).toEqual([20, 20]);
  occupancy.clear();
  expect([occupancy.end, occupancy.cells]).toEqual([0, 0]);
});
