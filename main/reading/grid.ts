import { type PixelBox, tileSize } from '../capture/screen-picture.ts';
import type { Size } from '../capture/size.ts';
import { within } from './boxes.ts';

/** The places of tiles. */
export class Grid {
  readonly size: Size;
  readonly across: number;
  readonly down: number;

  constructor({ width, height }: Size) {
    this.size = { width, height };
    this.across = Math.ceil(width / tileSize.width);
    this.down = Math.ceil(height / tileSize.height);
  }

  area(index: number): PixelBox {
    const x = (index % this.across) * tileSize.width;
    const y = Math.floor(index / this.across) * tileSize.height;
    return within({ x, y, ...tileSize }, this.size);
  }

  indexOf({ x, y }: PixelBox): number {
    return Math.floor(y / tileSize.height) * this.across + Math.floor(x / tileSize.width);
  }

  /** The tiles that a box touches. */
  under({ x, y, width, height }: PixelBox): number[] {
    const cell = (at: number, side: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(at / side)));
    const right = cell(x + width - 1, tileSize.width, this.across);
    const bottom = cell(y + height - 1, tileSize.height, this.down);
    const indices: number[] = [];
    for (let row = cell(y, tileSize.height, this.down); row <= bottom; row += 1) {
      for (let column = cell(x, tileSize.width, this.across); column <= right; column += 1) {
        indices.push(row * this.across + column);
      }
    }
    return indices;
  }
}
