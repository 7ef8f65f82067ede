import { expect, test } from 'vitest';
import { HiddenAreas } from '../../main/capture/hidden-areas.ts';
import { inFrame } from '../../main/capture/masks.ts';

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

test('black where nothing was seen before, and only there', () => {
  const pixels = new Uint8Array(40 * 20 * 3).fill(200);
  new HiddenAreas(frame).hide(pixels, 0, { width: 2, height: 1 }, [{ x: 0.25, y: 0.5, width: 0.25, height: 0.25 }]);
  const black = (x: number, y: number) => pixels[(y * 40 + x) * 3] === 0;
  expect(black(15, 12)).toBe(true);
  expect(black(5, 12)).toBe(false);
  expect(black(15, 5)).toBe(false);
  expect(pixels.filter((value) => value === 0).length / 3).toBe((21 - 9) * (16 - 9));
  new HiddenAreas(frame).hide(pixels, 0, undefined, [{ x: 2, y: 2, width: 1, height: 1 }]);
});

const wide = { width: 2, height: 1 };
const left = { x: 0, y: 0, width: 0.4, height: 1 };
const filled = (value: number) => new Uint8Array(40 * 20 * 3).fill(value);

test('what a mask hides stays as it was a second before, whatever is behind it and wherever it moves', () => {
  const areas = new HiddenAreas(frame);
  const shown = (t: number, value: number, masks: readonly (typeof left)[]) => {
    const pixels = filled(value);
    expect(areas.hide(pixels, t, wide, masks)).toBe(t === 0);
    return pixels;
  };
  shown(0, 100, []);
  shown(0.5, 100, []);
  // The secret was there before its title was.
  shown(1, 250, []);
  const hidden = shown(1.5, 250, [left]);
  expect([hidden[0], hidden.at(-1)]).toEqual([100, 250]);
  for (let t = 2; t < 9; t += 0.5) expect(shown(t, 250, [left])).toEqual(hidden);
  // The other side is hidden as well; the first stays as it was.
  const both = shown(9, 7, [left, { ...left, x: 0.5, width: 0.5 }]);
  expect([both[0], both.at(-1)]).toEqual([100, 250]);
  expect(shown(9.5, 100, [])).toEqual(filled(100));
});

test('of a window that was seen before it was to be hidden nothing is kept: its area is black until it moves', () => {
  const areas = new HiddenAreas(frame);
  const right = { ...left, x: 0.6 };
  for (let t = 0; t < 3; t += 0.5) areas.hide(filled(250), t, wide, []);
  const hidden = filled(7);
  expect(areas.hide(hidden, 3, wide, [{ ...left, seenBefore: true }])).toBe(true);
  expect([hidden[0], hidden.at(-1)]).toEqual([0, 7]);
  for (let t = 3.5; t < 9; t += 0.5) {
    const later = filled(7);
    expect(areas.hide(later, t, wide, [t < 6 ? { ...left, seenBefore: true } : left])).toBe(false);
    expect(later).toEqual(hidden);
  }
  const moved = filled(9);
  expect(areas.hide(moved, 9, wide, [right])).toBe(true);
  expect([moved[0], moved.at(-1)]).toEqual([9, 7]);
});

test('where nothing was seen, black that goes is no change of the picture; what is forgotten is not kept', () => {
  const areas = new HiddenAreas(frame);
  expect(areas.hide(filled(100), 0, wide, [left])).toBe(true);
  expect(areas.hide(filled(100), 0.5, wide, [left])).toBe(false);
  expect(areas.hide(filled(100), 1, wide, [])).toBe(true);
  expect(areas.hide(filled(100), 3, wide, [])).toBe(false);
  areas.forget();
  const pixels = filled(50);
  expect(areas.hide(pixels, 5, wide, [left])).toBe(true);
  expect([pixels[0], pixels.at(-1)]).toEqual([0, 50]);
});
