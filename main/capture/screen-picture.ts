/**
 * What a source itself shows, unscaled and grey, in tiles. A picture shares the tiles that did not change with the one
 * before: keeping many pictures costs what changed between them, and comparing two of them costs next to nothing.
 */

import type { Mask } from './masks.ts';
import type { Size } from './size.ts';

/** A rectangle of a picture, in its pixels. */
export interface PixelBox extends Size {
  readonly x: number;
  readonly y: number;
}

/** Luminance, one byte a pixel, row by row. */
export interface GreyPixels extends Size {
  readonly pixels: Uint8Array;
}

/** Sides of a tile in pixels; those at the right and bottom edge may be smaller. */
export const tileSize: Size = { width: 64, height: 32 };

/** One tile's pixels, row by row. Never written to: pictures share them. */
type Tile = Uint8Array;

/** An unchanging picture. Made by `ScreenPictures` and `ScreenPicture.covered`. */
export class ScreenPicture {
  readonly width: number;
  readonly height: number;
  readonly #tiles: readonly Tile[];

  /** @param tiles of the whole picture, row by row; kept */
  constructor({ width, height }: Size, tiles: readonly Tile[]) {
    this.width = width;
    this.height = height;
    this.#tiles = tiles;
  }

  /** Copies a part of it; what reaches over the edge is cut off. */
  crop(box: PixelBox): GreyPixels {
    const { left, top, right, bottom } = clipped(box, this);
    const width = right - left;
    const pixels = new Uint8Array(width * (bottom - top));
    for (const { tile, area } of this.#within({ left, top, right, bottom })) {
      const from = Math.max(left, area.x);
      const to = Math.min(right, area.x + area.width);
      for (let y = Math.max(top, area.y); y < Math.min(bottom, area.y + area.height); y += 1) {
        const start = (y - area.y) * area.width;
        const row = tile.subarray(start + from - area.x, start + to - area.x);
        pixels.set(row, (y - top) * width + from - left);
      }
    }
    return { width, height: bottom - top, pixels };
  }

  /** The tiles in which it differs from `other`, row by row; all of them if the sizes differ or there is no other. */
  changedSince(other: ScreenPicture | undefined): PixelBox[] {
    const areas = tileAreas(this);
    if (!other || other.width !== this.width || other.height !== this.height) return areas;
    return areas.filter((_, i) => !sameTile(this.#tiles[i]!, other.#tiles[i]!));
  }

  /** The same picture with `masks` painted black. */
  covered(masks: readonly Mask[]): ScreenPicture {
    if (masks.length === 0) return this;
    const tiles = [...this.#tiles];
    for (const mask of masks) {
      const { left, top, right, bottom } = pixelsUnder(mask, this);
      for (const { index, area } of this.#within({ left, top, right, bottom })) {
        const tile = tiles[index]!.slice();
        const from = Math.max(0, left - area.x);
        const to = Math.min(area.width, right - area.x);
        for (let y = Math.max(top, area.y); y < Math.min(bottom, area.y + area.height); y += 1) {
          const row = (y - area.y) * area.width;
          tile.fill(0, row + from, row + to);
        }
        tiles[index] = tile;
      }
    }
    return new ScreenPicture(this, tiles);
  }

  *#within({ left, top, right, bottom }: Edges): Generator<{ tile: Tile; index: number; area: PixelBox }> {
    if (right <= left || bottom <= top) return;
    const across = Math.ceil(this.width / tileSize.width);
    const lastRow = Math.floor((bottom - 1) / tileSize.height);
    const lastColumn = Math.floor((right - 1) / tileSize.width);
    for (let row = Math.floor(top / tileSize.height); row <= lastRow; row += 1) {
      for (let column = Math.floor(left / tileSize.width); column <= lastColumn; column += 1) {
        const index = row * across + column;
        yield { tile: this.#tiles[index]!, index, area: tileArea(this, column, row) };
      }
    }
  }
}

/** Makes screen pictures of a stream of raw ones, each of which shares what did not change with the one before. */
export class ScreenPictures {
  #last: { readonly raw: Buffer; readonly size: Size; tiles: readonly Tile[]; picture: ScreenPicture } | undefined;

  /** @param raw copied */
  next(raw: GreyPixels): ScreenPicture {
    const { width, height, pixels } = raw;
    if (pixels.length !== width * height) {
      throw new RangeError(`a grey picture has ${pixels.length} bytes; ${width} x ${height} has ${width * height}`);
    }
    const last = this.#last;
    if (!last || last.size.width !== width || last.size.height !== height) {
      const tiles = tileAreas(raw).map((area) => tileOf(pixels, width, area));
      const picture = new ScreenPicture(raw, tiles);
      this.#last = { raw: Buffer.from(pixels), size: { width, height }, tiles, picture };
      return picture;
    }
    const changed = changedTiles(last.raw, raw);
    if (changed.size === 0) return last.picture;
    const across = Math.ceil(width / tileSize.width);
    const tiles = [...last.tiles];
    for (const index of changed) {
      tiles[index] = tileOf(pixels, width, tileArea(raw, index % across, Math.floor(index / across)));
    }
    last.raw.set(pixels);
    last.tiles = tiles;
    last.picture = new ScreenPicture(raw, tiles);
    return last.picture;
  }

  /** Keeps nothing: the next picture is a first one. */
  forget(): void {
    this.#last = undefined;
  }
}

interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Comparing memory row by row, and tile by tile only in rows that differ, leaves a still screen at a tenth of a ms. */
function changedTiles(before: Buffer, { width, height, pixels }: GreyPixels): Set<number> {
  const across = Math.ceil(width / tileSize.width);
  const changed = new Set<number>();
  for (let y = 0; y < height; y += 1) {
    const start = y * width;
    if (before.compare(pixels, start, start + width, start, start + width) === 0) continue;
    const firstInRow = Math.floor(y / tileSize.height) * across;
    for (let column = 0; column < across; column += 1) {
      if (changed.has(firstInRow + column)) continue;
      const from = start + column * tileSize.width;
      const to = Math.min(from + tileSize.width, start + width);
      if (before.compare(pixels, from, to, from, to) !== 0) changed.add(firstInRow + column);
    }
  }
  return changed;
}

function tileOf(pixels: Uint8Array, rowLength: number, { x, y, width, height }: PixelBox): Tile {
  const tile = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const from = (y + row) * rowLength + x;
    tile.set(pixels.subarray(from, from + width), row * width);
  }
  return tile;
}

function tileAreas(size: Size): PixelBox[] {
  const across = Math.ceil(size.width / tileSize.width);
  const down = Math.ceil(size.height / tileSize.height);
  return Array.from({ length: across * down }, (_, i) => tileArea(size, i % across, Math.floor(i / across)));
}

function tileArea(size: Size, column: number, row: number): PixelBox {
  const x = column * tileSize.width;
  const y = row * tileSize.height;
  return {
    ...{ x, y },
    width: Math.min(tileSize.width, size.width - x),
    height: Math.min(tileSize.height, size.height - y),
  };
}

function sameTile(a: Tile, b: Tile): boolean {
  return a === b || Buffer.compare(a, b) === 0;
}

function clipped({ x, y, width, height }: PixelBox, size: Size): Edges {
  const inside = (at: number, limit: number) => Math.min(limit, Math.max(0, Math.round(at)));
  const left = inside(x, size.width);
  const top = inside(y, size.height);
  return {
    ...{ left, top },
    right: Math.max(left, inside(x + width, size.width)),
    bottom: Math.max(top, inside(y + height, size.height)),
  };
}

/** Rounded outwards. */
function pixelsUnder(mask: Mask, { width, height }: Size): Edges {
  const inside = (at: number, limit: number) => Math.min(limit, Math.max(0, at));
  return {
    left: inside(Math.floor(mask.x * width), width),
    top: inside(Math.floor(mask.y * height), height),
    right: inside(Math.ceil((mask.x + mask.width) * width), width),
    bottom: inside(Math.ceil((mask.y + mask.height) * height), height),
  };
}
