import { expect, test } from 'vitest';
import { inFrame, paintMasks } from '../../main/capture/masks.ts';

const frame = { width: 40, height: 20 };

test('shares of the picture become pixels of the frame it was letterboxed into, rounded outwards', () => {
  // A square picture takes the middle 20 of 40 columns.
  const square = { width: 500, height: 500 };
  expect(inFrame({ x: 0, y: 0, width: 0.5, height: 0.5 }, frame, square)).toEqual({
    left: 9,
    top: 0,
    right: 21,
    bottom: 11,
  });
  // A very wide one the middle 10 of 20 rows.
  const wide = { width: 4000, height: 1000 };
  expect(inFrame({ x: 0.5, y: 0.5, width: 0.25, height: 0.5 }, frame, wide)).toEqual({
    left: 19,
    top: 9,
    right: 31,
    bottom: 16,
  });
});

test('what reaches over the edge is cut off', () => {
  const { left, right } = inFrame({ x: -1, y: 0, width: 5, height: 1 }, frame, { width: 2, height: 1 });
  expect([left, right]).toEqual([0, 40]);
});

test('of a picture of unknown size, at least what any likely shape would have there is covered', () => {
  const mask = { x: 0.8, y: 0.1, width: 0.2, height: 0.3 };
  const covered = inFrame(mask, frame, undefined);
  for (const aspect of [9 / 16, 1, 4 / 3, 16 / 10, 16 / 9, 21 / 9, 32 / 9]) {
    const exact = inFrame(mask, frame, { width: aspect * 1000, height: 1000 });
    expect(covered.left).toBeLessThanOrEqual(exact.left);
    expect(covered.top).toBeLessThanOrEqual(exact.top);
    expect(covered.right).toBeGreaterThanOrEqual(exact.right);
    expect(covered.bottom).toBeGreaterThanOrEqual(exact.bottom);
  }
});

test('paints black, and only there', () => {
  const pixels = new Uint8Array(40 * 20 * 3).fill(200);
  paintMasks(pixels, frame, { width: 2, height: 1 }, [{ x: 0.25, y: 0.5, width: 0.25, height: 0.25 }]);
  const black = (x: number, y: number) => pixels[(y * 40 + x) * 3] === 0;
  expect(black(15, 12)).toBe(true);
  expect(black(5, 12)).toBe(false);
  expect(black(15, 5)).toBe(false);
  expect(pixels.filter((value) => value === 0).length / 3).toBe((21 - 9) * (16 - 9));
  paintMasks(pixels, frame, undefined, [{ x: 2, y: 2, width: 1, height: 1 }]);
});
