/** Rectangles of a picture. */
import type { PixelBox } from '../capture/screen-picture.ts';
import type { Size } from '../capture/size.ts';

/** The smallest box around some. */
export function around(boxes: readonly PixelBox[]): PixelBox {
  const x = boxes.reduce((least, box) => Math.min(least, box.x), Number.POSITIVE_INFINITY);
  const y = boxes.reduce((least, box) => Math.min(least, box.y), Number.POSITIVE_INFINITY);
  const right = boxes.reduce((most, box) => Math.max(most, box.x + box.width), 0);
  const bottom = boxes.reduce((most, box) => Math.max(most, box.y + box.height), 0);
  return { x, y, width: right - x, height: bottom - y };
}

/** What two boxes have in common. */
export function common(a: PixelBox, b: PixelBox): PixelBox | undefined {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

export function overlap(a: PixelBox, b: PixelBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** How much of the smaller box lies within the other, 0..1. */
export function share(a: PixelBox, b: PixelBox): number {
  const both = common(a, b);
  return both ? areaOf(both) / Math.min(areaOf(a), areaOf(b)) : 0;
}

export function areaOf({ width, height }: Size): number {
  return width * height;
}

/** The box with so much more on each side; less where that is negative. */
export function grown({ x, y, width, height }: PixelBox, across: number, down: number): PixelBox {
  return { x: x - across, y: y - down, width: Math.max(1, width + 2 * across), height: Math.max(1, height + 2 * down) };
}

/** What of a box lies within the screen. */
export function within(box: PixelBox, { width, height }: Size): PixelBox {
  return common(box, { x: 0, y: 0, width, height }) ?? { x: 0, y: 0, width: 0, height: 0 };
}

export function centre({ x, y, width, height }: PixelBox): { readonly x: number; readonly y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}

export function holds(box: PixelBox, { x, y }: { readonly x: number; readonly y: number }): boolean {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}
