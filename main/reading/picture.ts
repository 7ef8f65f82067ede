import { z } from 'zod';
import { bytes } from '../base/typed-arrays.ts';

/** A rectangle of a picture, in its pixels. */
export const box = z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
export type Box = Readonly<z.infer<typeof box>>;

/** Row by row, without gaps. */
export const picture = z.strictObject({
  /** Grey, one byte a pixel, or RGB24, three: their number tells which. */
  pixels: bytes,
  width: z.int(),
  height: z.int(),
});
export type Picture = Readonly<z.infer<typeof picture>>;

/** Means and reciprocal deviations of one network's input, for blue, green and red, of values 0..255. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly scale: readonly [number, number, number];
}

/** A plane of a batch [N, 3, H, W] to write a part of a picture into. */
export interface Target {
  readonly values: Float32Array;
  /** Where its first plane begins. */
  readonly offset: number;
  /** Length of a row, and of a plane. */
  readonly rowLength: number;
  readonly planeLength: number;
}

/**
 * Scales a part of a picture to `width` x `height` (bilinear) and
 * writes it as planes of blue, green and red, which is what these networks have learned.
 */
export function writePlanes(
  picture: Picture,
  box: Box,
  { width, height }: { readonly width: number; readonly height: number },
  { mean, scale }: Normalisation,
  target: Target,
): void {
  const columns = samples(box.x, box.width, width, picture.width);
  const rows = samples(box.y, box.height, height, picture.height);
  const { pixels } = picture;
  const bytes = bytesPerPixel(picture) ?? 3;
  for (let channel = 0; channel < 3; channel += 1) {
    const byte = bytes === 3 ? 2 - channel : 0;
    for (let y = 0; y < height; y += 1) {
      const row = rows[y]!;
      const above = row.first * picture.width * bytes + byte;
      const below = row.second * picture.width * bytes + byte;
      const to = target.offset + channel * target.planeLength + y * target.rowLength;
      for (let x = 0; x < width; x += 1) {
        const { first, second, share } = columns[x]!;
        const top = mix(pixels[above + first * bytes]!, pixels[above + second * bytes]!, share);
        const bottom = mix(pixels[below + first * bytes]!, pixels[below + second * bytes]!, share);
        target.values[to + x] = (mix(top, bottom, row.share) - mean[channel]!) * scale[channel]!;
      }
    }
  }
}

/** 1 for a grey picture, 3 for a coloured one; undefined where the bytes are not of the size. */
export function bytesPerPixel({ pixels, width, height }: Picture): 1 | 3 | undefined {
  if (pixels.length === width * height) return 1;
  return pixels.length === 3 * width * height ? 3 : undefined;
}

interface Sample {
  readonly first: number;
  readonly second: number;
  /** Share of the second. */
  readonly share: number;
}

function samples(from: number, length: number, count: number, limit: number): Sample[] {
  const step = length / count;
  const inside = (at: number) => Math.min(limit - 1, Math.max(0, at));
  return Array.from({ length: count }, (_, i) => {
    const place = from + (i + 0.5) * step - 0.5;
    const first = Math.floor(place);
    return { first: inside(first), second: inside(first + 1), share: place - first };
  });
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
