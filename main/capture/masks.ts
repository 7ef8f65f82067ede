/** Parts of the picture that nobody is to see, and where they lie in a frame. */
import { z } from 'zod';
import type { Size } from './size.ts';

/** Shares (0..1) of the picture that is captured; what lies outside it is cut off. */
export const maskSchema = z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
export type Mask = z.infer<typeof maskSchema>;

/** The pixels of the frame that a mask touches, rounded outwards: scaling spreads a picture's pixels. */
export function inFrame(
  mask: Mask,
  frame: Size,
  picture: Size | undefined,
): { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number } {
  const across = alongSide(mask.x, mask.width, frame.width, fitted('width', frame, picture));
  const down = alongSide(mask.y, mask.height, frame.height, fitted('height', frame, picture));
  return { left: across.from, right: across.to, top: down.from, bottom: down.to };
}

/** Shapes that a screen of unknown size may have, as width over height: upright to very wide. */
const narrowest = 9 / 16;
const widest = 32 / 9;

/** How many pixels of a side of the frame the picture takes, at least and at most. */
function fitted(
  side: 'width' | 'height',
  frame: Size,
  picture: Size | undefined,
): readonly [least: number, most: number] {
  const shape = frame.width / frame.height;
  const shares = (picture ? [picture.width / picture.height] : [narrowest, widest]).map((aspect) =>
    side === 'width' ? Math.min(1, aspect / shape) : Math.min(1, shape / aspect),
  );
  const least = frame[side] * Math.min(...shares);
  return [least, picture ? least : frame[side]];
}

/** A span of shares, centred in `side` pixels, of a picture that takes between `least` and `most` of them. */
function alongSide(
  start: number,
  length: number,
  side: number,
  [least, most]: readonly [number, number],
): { readonly from: number; readonly to: number } {
  const share = (value: number) => Math.min(1, Math.max(0, value));
  const place = (value: number, size: number) => (side - size) / 2 + share(value) * size;
  const ends = [least, most];
  const from = Math.min(...ends.map((size) => place(start, size)));
  const to = Math.max(...ends.map((size) => place(start + length, size)));
  return { from: Math.max(0, Math.floor(from) - 1), to: Math.min(side, Math.ceil(to) + 1) };
}
