import { describe, expect, test } from 'vitest';
import { ChangeGate } from '../../main/capture/change-gate.ts';

// 10 x 6 pixels in cells of 4: three columns (the last 2 wide) and two rows (the last 2 high).
const shape = { width: 10, height: 6, cell: 4, threshold: 2, keep: 2 };
const plain = (value = 100) => new Uint8Array(shape.width * shape.height * 3).fill(value);

function painted(cells: readonly (readonly [x: number, y: number])[], by: number): Uint8Array {
  const pixels = plain();
  for (const [x, y] of cells)
    for (let channel = 0; channel < 3; channel += 1) pixels[(y * 10 + x) * 3 + channel]! += by;
  return pixels;
}

describe('the change gate', () => {
  test('encodes the first frame, whatever it shows', () => {
    expect(new ChangeGate(shape).next(plain(0))).toEqual({ changed: 6, encode: true, feed: true });
  });

  test('feeds only the first still frames in a row, and counts anew after a change', () => {
    const gate = new ChangeGate(shape);
    gate.next(plain());
    const feeds = [1, 2, 3, 4].map(() => gate.next(plain()));
    expect(feeds.map(({ encode }) => encode)).toEqual([false, false, false, false]);
    expect(feeds.map(({ feed }) => feed)).toEqual([true, true, false, false]);
    expect(gate.next(plain(200)).encode).toBe(true);
    expect(gate.next(plain(200)).feed).toBe(true);
  });

  test('a mean difference at the threshold is still, above it is a change', () => {
    const gate = new ChangeGate(shape);
    gate.prime(plain());
    // Cell of 16 pixels, threshold 2: one pixel may differ by 32 in each channel.
    expect(gate.next(painted([[1, 1]], 32)).changed).toBe(0);
    expect(gate.next(painted([[1, 1]], 33))).toEqual({ changed: 1, encode: true, feed: true });
  });

  test('cells at the edge are judged by their own size', () => {
    const gate = new ChangeGate(shape);
    gate.prime(plain());
    // The corner cell has 2 x 2 pixels: 9 in one pixel exceeds a mean of 2.
    expect(gate.next(painted([[9, 5]], 9)).changed).toBe(1);
  });

  test('counts the cells that changed', () => {
    const gate = new ChangeGate(shape);
    gate.prime(plain());
    const far = painted(
      [
        [0, 0],
        [9, 0],
        [5, 5],
      ],
      100,
    );
    expect(gate.next(far).changed).toBe(3);
  });

  test('slow drift adds up, because frames are compared with the last one encoded', () => {
    const gate = new ChangeGate(shape);
    gate.next(plain(100));
    expect(gate.next(plain(101)).encode).toBe(false);
    expect(gate.next(plain(102)).encode).toBe(false);
    expect(gate.next(plain(103)).encode).toBe(true);
  });

  test('keeps its own copy of what it saw', () => {
    const gate = new ChangeGate(shape);
    const pixels = plain();
    gate.next(pixels);
    pixels.fill(0);
    expect(gate.next(plain()).encode).toBe(false);
  });

  test('goes on from a snapshot, and starts over when reset', () => {
    const gate = new ChangeGate(shape);
    gate.prime(plain());
    gate.stillRun = 2;
    expect(gate.next(plain())).toEqual({ changed: 0, encode: false, feed: false });
    gate.reset();
    expect(gate.stillRun).toBe(0);
    expect(gate.next(plain()).encode).toBe(true);
  });

  test('a frame of another size is a defect', () => {
    expect(() => new ChangeGate(shape).next(new Uint8Array(3))).toThrow(RangeError);
  });
});
