import { describe, expect, test } from 'vitest';
import { type GreyPixels, type PixelBox, ScreenPictures } from '../../main/capture/screen-picture.ts';

const size = { width: 150, height: 70 };
const everything: PixelBox = { x: 0, y: 0, ...size };

describe('a picture in tiles', () => {
  test('gives back what it was made of, wholly and in parts', () => {
    const raw = noise(1);
    const picture = new ScreenPictures().next(raw);
    expect(picture.crop(everything)).toEqual(raw);
    const part = { x: 50, y: 20, width: 90, height: 45 };
    expect(picture.crop(part)).toEqual(partOf(raw, part));
    expect(picture.crop({ x: 140, y: 60, width: 50, height: 50 })).toMatchObject({ width: 10, height: 10 });
    expect(picture.crop({ x: 400, y: 400, width: 5, height: 5 }).pixels).toHaveLength(0);
  });

  test('is the same one while nothing changes, and keeps what it showed when something does', () => {
    const pictures = new ScreenPictures();
    const first = pictures.next(noise(1));
    expect(pictures.next(noise(1))).toBe(first);
    const other = noise(1);
    other.pixels[40 * size.width + 70] = 255 - other.pixels[40 * size.width + 70]!;
    const second = pictures.next(other);
    expect(first.crop(everything)).toEqual(noise(1));
    expect(second.crop(everything)).toEqual(other);
    expect(second.changedSince(first)).toEqual([{ x: 64, y: 32, width: 64, height: 32 }]);
    expect(pictures.next(noise(1)).changedSince(first)).toEqual([]);
  });

  test('of another size has nothing in common with the one before', () => {
    const pictures = new ScreenPictures();
    const first = pictures.next(noise(1));
    const small = pictures.next({ width: 64, height: 33, pixels: new Uint8Array(64 * 33) });
    expect(small.changedSince(first)).toHaveLength(2);
    expect(small.changedSince(undefined)).toHaveLength(2);
  });

  test('has masks painted black, and nothing else', () => {
    const raw = noise(2);
    const picture = new ScreenPictures().next(raw);
    const covered = picture.covered([{ x: 0.4, y: 0.4, width: 0.3, height: 0.3 }]);
    const painted = covered.crop(everything).pixels;
    const wrong = painted.findIndex((value, at) => {
      const x = at % size.width;
      const y = Math.floor(at / size.width);
      const hidden = x >= 60 && x < 105 && y >= 28 && y < 49;
      return value !== (hidden ? 0 : raw.pixels[at]);
    });
    expect(wrong).toBe(-1);
    expect(picture.crop(everything)).toEqual(raw);
    expect(picture.covered([])).toBe(picture);
    expect(covered.changedSince(picture.covered([{ x: 0.4, y: 0.4, width: 0.3, height: 0.3 }]))).toEqual([]);
  });

  test('is refused when its bytes are too few', () => {
    expect(() => new ScreenPictures().next({ width: 9, height: 9, pixels: new Uint8Array(80) })).toThrow(RangeError);
  });
});

/** Values from 1, so that black is only what was painted. */
function noise(seed: number): GreyPixels {
  let state = seed;
  const pixels = Uint8Array.from({ length: size.width * size.height }, () => {
    state = (state * 48271) % 2147483647;
    return 1 + (state % 255);
  });
  return { ...size, pixels };
}

function partOf(raw: GreyPixels, { x, y, width, height }: PixelBox): GreyPixels {
  const pixels = Uint8Array.from(
    { length: width * height },
    (_, i) => raw.pixels[(y + Math.floor(i / width)) * raw.width + x + (i % width)]!,
  );
  return { width, height, pixels };
}
