/** What a screen showed at a time, tile by tile, and the lines that are known of it. */
import { type PixelBox, ScreenPicture } from '../capture/screen-picture.ts';
import { centre, holds, share } from './boxes.ts';
import type { Grid } from './grid.ts';
import type { Exactness, Written } from './reader.ts';

/** Pixels that differ by more than the noise of a video, and how many of them make a change: a cursor has 14. */
const noise = 28;
const leastPixels = 3;
/** A window of the desktop, in pixels of the picture. */
export interface PlacedWindow {
  readonly title: string;
  readonly app: string;
  readonly box: PixelBox;
}

/** What a tile showed, but for noise. Lives as long as something refers to it. */
export class Content {
  readonly pixels: Uint8Array;
  /** When it was first shown. */
  readonly from: number;
  /** Of the lines that touch the tile, those that are known. */
  lines: KnownLine[] = [];
  /** The part of the screen where it may hold lines that are not known; undefined: nowhere. */
  unread: PixelBox | undefined;
  /** Readings that failed, or ended before they came to it. */
  attempts = 0;
  /** Contents of the same tile: where it differs from those, all lines are known. */
  readonly readAgainst = new WeakSet<Content>();

  constructor(pixels: Uint8Array, from: number, unread: PixelBox) {
    this.pixels = pixels;
    this.from = from;
    this.unread = unread;
  }
}

/** What a whole screen showed at a time. */
export interface Sheet {
  readonly t: number;
  readonly grid: Grid;
  readonly contents: readonly Content[];
  /** The front-most first; undefined where that is not known. */
  readonly windows: readonly PlacedWindow[] | undefined;
}

/** A line that was read. */
export class KnownLine {
  readonly box: PixelBox;
  /** The tiles that it touches. */
  readonly tiles: readonly number[];
  /** The number of the reading that found it. */
  readonly reading: number;
  text: string;
  confidence: number;
  exactness: Exactness;
  firstSeen: number;
  /** When it was last there; of a line that is there now, when it was last there before it was away. */
  lastSeen: number;
  app: string | undefined;
  title: string | undefined;

  constructor(written: Written, exactness: Exactness, box: PixelBox, sheet: Sheet, reading: number) {
    this.text = written.text;
    this.confidence = written.confidence;
    this.exactness = exactness;
    this.box = box;
    this.reading = reading;
    this.tiles = sheet.grid.under(box);
    this.firstSeen = this.tiles.reduce((last, index) => Math.max(last, sheet.contents[index]!.from), 0);
    this.lastSeen = sheet.t;
    const window = sheet.windows?.find((one) => holds(one.box, centre(box)));
    this.app = window?.app;
    this.title = window?.title;
  }

  /** True when all that it touches is as it was when it was read. */
  standsIn({ contents }: Sheet): boolean {
    return this.tiles.every((index) => contents[index]?.lines.includes(this));
  }
}

/** The lines that stand in a sheet; of two at one place, the one that was read later. */
export function standingLines(sheet: Sheet): KnownLine[] {
  const standing = new Set<KnownLine>();
  for (const { lines } of sheet.contents) {
    for (const line of lines) if (!standing.has(line) && line.standsIn(sheet)) standing.add(line);
  }
  const isReplaced = (line: KnownLine) =>
    line.tiles.some((index) =>
      sheet.contents[index]!.lines.some(
        (other) => other.reading > line.reading && standing.has(other) && share(line.box, other.box) > 0.5,
      ),
    );
  return [...standing].filter((line) => !isReplaced(line));
}

/** The picture of a sheet, but for noise. */
export function pictureOf({ grid, contents }: Sheet): ScreenPicture {
  return new ScreenPicture(
    grid.size,
    contents.map(({ pixels }) => pixels),
  );
}

/** The part of the screen in which two contents of the tile in `area` differ. */
export function difference(a: Content, b: Content, area: PixelBox): PixelBox | undefined {
  let [left, right, top, bottom] = [area.width, 0, area.height, 0];
  for (let i = 0; i < a.pixels.length; i += 1) {
    if (Math.abs(a.pixels[i]! - b.pixels[i]!) <= noise) continue;
    const x = i % area.width;
    const y = (i - x) / area.width;
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = y + 1;
  }
  if (right === 0) return undefined;
  return { x: area.x + left, y: area.y + top, width: right - left, height: bottom - top };
}

/** Whether two contents of a tile differ by more than noise. */
export function differs(a: Uint8Array, b: Uint8Array): boolean {
  let count = 0;
  for (let i = 0; i < a.length; i += 1) {
    if (Math.abs(a[i]! - b[i]!) > noise) count += 1;
    if (count >= leastPixels) return true;
  }
  return false;
}
