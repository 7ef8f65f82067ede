/** What each tile of a screen showed: what is new there, what comes and goes, and what has come to rest. */
import type { PixelBox, ScreenPicture } from '../capture/screen-picture.ts';
import type { Size } from '../capture/size.ts';
import { around, overlap } from './boxes.ts';
import { Grid } from './grid.ts';
import { Content, difference, differs, type PlacedWindow, type Sheet } from './sheet.ts';

/** Contents of a tile that are told from new ones: a cursor has two. */
const mostContents = 4;
/** Bytes that all tiles together may keep beyond two contents each. */
const mostBytes = 16e6;
/** Seconds for which everything that a tile showed is kept. */
const keptSeconds = 3;
/** A tile that was still for so many frames is not one that always moves. */
const restedFrames = 20;
const mostPatience = 120;
/** A change of more tiles than that is no clock. */
const clockTiles = 8;

interface Track {
  /** The last is what is shown. */
  readonly past: { readonly from: number; readonly frame: number; readonly content: Content }[];
  /** The last ones shown, the newest first. */
  known: Content[];
  /** The number of the frame that brought something new. */
  newAt: number;
  /** Frames without anything new after which the tile is taken to stand. */
  patience: number;
}

/** All tiles of a screen through time. Media time, in seconds. */
export class Tiles {
  #picture: ScreenPicture | undefined;
  #tracks: Track[] = [];
  #frame = 0;
  #latest: Sheet | undefined;

  /** Undefined before the first picture. */
  get latest(): Sheet | undefined {
    return this.#latest;
  }

  /** Takes the next picture. Another size starts anew. */
  see(picture: ScreenPicture, t: number, windows: readonly PlacedWindow[] | undefined): void {
    this.#frame += 1;
    const before = this.#picture;
    const last = this.#latest;
    this.#picture = picture;
    if (!last || picture.width !== last.grid.size.width || picture.height !== last.grid.size.height) {
      this.#begin(picture, t, windows);
    } else if (picture === before) {
      this.#latest = { ...last, t, windows };
    } else {
      const contents = this.#show(last, picture.changedSince(before), picture, t);
      this.#latest = { t, grid: last.grid, contents, windows };
    }
  }

  /** What the screen showed at a time: tile by tile, as far back as that is kept. */
  at(t: number): Sheet | undefined {
    if (!this.#latest) return undefined;
    const contents = this.#tracks.map(({ past }) => (past.findLast(({ from }) => from <= t) ?? past[0]!).content);
    return { ...this.#latest, t, contents };
  }

  /** True for a tile that has shown nothing new for a while; longer where there was always something new. */
  stands(index: number): boolean {
    const { newAt, patience } = this.#tracks[index]!;
    return this.#frame - newAt >= patience;
  }

  /** The number of the frame that brought something new to a tile. */
  newAt(index: number): number {
    return this.#tracks[index]!.newAt;
  }

  forget(): void {
    this.#picture = undefined;
    this.#latest = undefined;
    this.#tracks = [];
  }

  #begin(picture: ScreenPicture, t: number, windows: readonly PlacedWindow[] | undefined): void {
    const grid = new Grid(picture);
    const contents = picture.changedSince(undefined).map((area) => new Content(picture.crop(area).pixels, t, area));
    this.#tracks = contents.map((content) => ({
      past: [{ from: t, frame: this.#frame, content }],
      known: [content],
      newAt: this.#frame,
      patience: 1,
    }));
    this.#latest = { t, grid, contents, windows };
  }

  #show(last: Sheet, changed: readonly PixelBox[], picture: ScreenPicture, t: number): Content[] {
    const contents = [...last.contents];
    const readInVain: Track[] = [];
    for (const area of changed) {
      const index = last.grid.indexOf(area);
      const track = this.#tracks[index]!;
      const shown = contents[index]!;
      const { pixels } = picture.crop(area);
      const known = track.known.find((content) => !differs(content.pixels, pixels));
      if (known === shown) continue;
      const content = known ?? successor(shown, pixels, area, t);
      for (const line of shown.lines) if (line.standsIn(last)) line.lastSeen = last.t;
      contents[index] = content;
      if (!known) {
        if (this.#frame - track.newAt >= restedFrames) track.patience = 1;
        else if (!shown.unread) readInVain.push(track);
        track.newAt = this.#frame;
      }
      const others = track.known.filter((other) => other !== content);
      track.known = [content, ...others].slice(0, contentsKept(last.grid.size));
      track.past.push({ from: t, frame: this.#frame, content });
      letGo(track, t - keptSeconds);
    }
    if (readInVain.length <= clockTiles) {
      for (const track of readInVain) track.patience = Math.min(mostPatience, 2 * track.patience);
    }
    return contents;
  }
}

/** What a tile shows next: lines that the change does not touch go on. */
function successor(shown: Content, pixels: Uint8Array, area: PixelBox, t: number): Content {
  const content = new Content(pixels, t, area);
  const changed = difference(shown, content, area) ?? area;
  content.unread = shown.unread ? around([shown.unread, changed]) : changed;
  content.lines = shown.lines.filter(({ box }) => !overlap(box, changed));
  return content;
}

function contentsKept({ width, height }: Size): number {
  return Math.min(mostContents, 2 + Math.floor(mostBytes / (width * height)));
}

/** Lets go what ended before `t`, but for the last of it that stood. */
function letGo({ past }: Track, t: number): void {
  const kept = past.findIndex((_, i) => i + 1 === past.length || past[i + 1]!.from >= t);
  const stood = past.findLastIndex((one, i) => i < kept && past[i + 1]!.frame - one.frame >= 2);
  past.splice(0, kept, ...(stood < 0 ? [] : [past[stood]!]));
}
