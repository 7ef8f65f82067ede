/** What is written on a screen now, and what came and went. */

import { Turns } from '../base/turns.ts';
import type { PixelBox, ScreenPicture } from '../capture/screen-picture.ts';
import { areaOf, around, centre, common, grown, holds, overlap, share, within } from './boxes.ts';
import { inReadingOrder, paragraphs } from './layout.ts';
import { inkKey, LineCache } from './line-cache.ts';
import { lineChanges } from './line-changes.ts';
import type { Exactness, TextReader } from './reader.ts';
import { joined, type Part, type Region, regionsOf } from './regions.ts';
import { RetryingReader } from './retrying-reader.ts';
import { withoutSecretTexts } from './secret-texts.ts';
import {
  type Content,
  difference,
  KnownLine,
  type PlacedWindow,
  pictureOf,
  type Sheet,
  standingLines,
} from './sheet.ts';
import { Tiles } from './tiles.ts';
import { titleIn } from './titles.ts';

export interface PageLine {
  readonly text: string;
  /** In pixels of the picture. */
  readonly box: PixelBox;
  /** Mean likelihood of its characters, 0..1. */
  readonly confidence: number;
  /** Lines of the same number belong to one paragraph; numbers rise in reading order. */
  readonly paragraph: number;
  /** Media time in seconds. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The program it belongs to, and the title of its window, where they are known. */
  readonly app?: string;
  readonly title?: string;
}

export interface PageChange {
  /** In reading order, both. A line that moved or was read a little differently is in neither. */
  readonly came: readonly PageLine[];
  readonly went: readonly PageLine[];
  /** The largest part of the screen that changed as a whole. */
  readonly region: PixelBox | undefined;
  /** False when time ran out, the reader was lost or there were too many lines: then lines are missing. */
  readonly complete: boolean;
}

export interface ChangeOptions {
  /** Of the lines that came; default `fast`. */
  readonly exactness?: Exactness;
  /** Milliseconds after which no further part is begun; default 5000. */
  readonly mostMs?: number;
  /** Reads what is still moving, too; default false. */
  readonly moving?: boolean;
  /** Reads what was there before, where nobody had; default true. Without, only what is known of it has gone. */
  readonly went?: boolean;
}

export interface CatchUpOptions {
  /** Milliseconds after which no further part is begun; default 5000. */
  readonly mostMs?: number;
  /** Share of a core that reading may take, 0..1; default 0.3. A call that comes too early does nothing. */
  readonly core?: number;
}

/** Lines that are known of one page. */
const mostLines = 400;
const defaultMostMs = 5000;
/** Pixels that are fed to the reader at once, so that something urgent need not wait, and lines. */
const mostPixels = 400_000;
const linesAtOnce = 12;
/** Around a part of a region that is fed at once, for lines on its border. */
const stripMargin = 32;
/** A found box is larger than its line by that many pixels. */
const boxMargin = 3;
/** Readings of the same content that failed or ended early before it is left unread. */
const mostAttempts = 3;

/** Pictures are given to it with `see`; it reads when it is asked to. None of its methods throws. */
export class Page {
  readonly #reader: RetryingReader;
  readonly #tiles = new Tiles();
  readonly #turns = new Turns();
  #cache = new LineCache();
  #readings = 0;
  /** Changes that somebody waits for. */
  #urgent = 0;
  #catchingUp: Promise<boolean> | undefined;
  #restUntil = 0;
  /** Counts how often everything was forgotten. */
  #generation = 0;

  /** @param reader stays the caller's, to be disposed */
  constructor(reader: TextReader) {
    this.#reader = new RetryingReader(reader);
  }

  /** Why the last reading failed; undefined if it did not. */
  get failure(): unknown {
    return this.#reader.failure;
  }

  /**
   * Takes the newest picture; nothing is read yet.
   * @param t media time in seconds, never less than before
   * @param windows the front-most first, where the system tells
   */
  see(picture: ScreenPicture, t: number, windows?: readonly PlacedWindow[]): void {
    this.#tiles.see(picture, t, windows);
  }

  /** The lines that are known of the newest picture, in reading order. */
  get lines(): readonly PageLine[] {
    const sheet = this.#tiles.latest;
    return sheet ? told(standingLines(sheet).slice(0, mostLines), sheet) : [];
  }

  /** Reads what changed since `since` (media time, seconds) and stands or, with `moving`, what is there now. */
  async change(since: number, options: ChangeOptions = {}): Promise<PageChange> {
    const now = this.#tiles.latest;
    const before = this.#tiles.at(since);
    if (!now || !before) return { came: [], went: [], region: undefined, complete: true };
    const generation = this.#generation;
    const until = performance.now() + (options.mostMs ?? defaultMostMs);
    this.#urgent += 1;
    try {
      const change = await this.#turns.run(() => this.#change(before, now, options, until));
      if (generation === this.#generation) return change;
      return { came: [], went: [], region: undefined, complete: false };
    } finally {
      this.#urgent -= 1;
    }
  }

  /**
   * Reads what stands and was not read yet, the last changed first, until that is done, time is up or a `change` is
   * asked for.
   * @returns whether all that stands is read
   */
  catchUp(options: CatchUpOptions = {}): Promise<boolean> {
    this.#catchingUp ??= this.#turns
      .run(() => this.#catchUp(options))
      .finally(() => {
        this.#catchingUp = undefined;
      });
    return this.#catchingUp;
  }

  /** Forgets all of it, pictures included. */
  forget(): void {
    this.#generation += 1;
    this.#tiles.forget();
    this.#cache = new LineCache();
  }

  async #change(
    before: Sheet,
    now: Sheet,
    { exactness = 'fast', moving = false, went = true }: ChangeOptions,
    until: number,
  ): Promise<PageChange> {
    const changed = this.#changedParts(before, now, moving);
    const unread = (sheet: Sheet, other: Sheet) =>
      changed.flatMap((part) => unreadPart(part, sheet.contents[part.index]!, other.contents[part.index]!));
    let complete = await this.#read(now, unread(now, before), { until });
    if (went) complete = (await this.#read(before, unread(before, now), { until })) && complete;
    const areas = changed.map(({ area }) => area);
    const touches = ({ box }: KnownLine) => areas.some((area) => overlap(area, box));
    const lines = lineChanges(standingLines(before), standingLines(now), areas);
    const came = lines.came.filter(touches).slice(0, mostLines);
    complete &&= lines.came.length <= mostLines;
    const regions = joined(changed, now.grid).map((group) => around(group.map(({ area }) => area)));
    if (!now.windows) {
      for (const region of regions) {
        const inside = came.filter(({ box }) => holds(region, centre(box)));
        const title = titleIn(region, inside);
        for (const line of inside) line.title = title;
      }
    }
    if (exactness === 'exact') complete = (await this.#readExactly(now, came, until)) && complete;
    return {
      came: told(
        came.filter(({ text }) => text !== ''),
        now,
      ),
      went: told(lines.went.filter(touches), before),
      region: regions.toSorted((a, b) => areaOf(b) - areaOf(a))[0],
      complete,
    };
  }

  /** Where two sheets differ; everywhere if they are of different sizes. */
  #changedParts(before: Sheet, now: Sheet, moving: boolean): Part[] {
    return now.contents.flatMap((content, index) => {
      const other = before.contents[index];
      if (content === other || !(moving || this.#tiles.stands(index))) return [];
      const area = now.grid.area(index);
      const changed = other && other.pixels.length === content.pixels.length ? difference(other, content, area) : area;
      return changed ? [{ index, area: changed }] : [];
    });
  }

  async #catchUp({ mostMs = defaultMostMs, core = 0.3 }: CatchUpOptions): Promise<boolean> {
    const sheet = this.#tiles.latest;
    if (!sheet) return true;
    const parts = sheet.contents.flatMap(({ unread }, index) => {
      return unread && this.#tiles.stands(index) ? [{ index, area: unread, whole: true }] : [];
    });
    if (parts.length === 0) return true;
    const started = performance.now();
    if (started < this.#restUntil) return false;
    parts.sort((a, b) => this.#tiles.newAt(b.index) - this.#tiles.newAt(a.index));
    const complete = await this.#read(sheet, parts, { until: started + mostMs, fromBelow: true, yields: true });
    const ended = performance.now();
    this.#restUntil = ended + (ended - started) * (1 / core - 1);
    return complete;
  }

  /**
   * Reads parts of a sheet.
   * @returns false when it was ended early
   */
  async #read(sheet: Sheet, parts: readonly ReadPart[], how: How): Promise<boolean> {
    if (parts.length === 0) return true;
    this.#readings += 1;
    const reading: Reading = { ...how, sheet, picture: pictureOf(sheet), number: this.#readings, cache: this.#cache };
    const linesAt = (index: number) => sheet.contents[index]!.lines.map(({ box }) => box);
    let complete = true;
    for (const region of regionsOf(parts, sheet.grid, linesAt)) {
      const strips = stripsOf(region);
      for (const strip of how.fromBelow ? strips.toReversed() : strips) {
        if (performance.now() > how.until || (how.yields && this.#urgent > 0)) return false;
        complete = (await this.#readStrip(reading, strip)) && complete;
      }
    }
    return complete;
  }

  async #readStrip(reading: Reading, { box: strip, parts }: Region<ReadPart>): Promise<boolean> {
    const { sheet, cache } = reading;
    const wanted = (box: PixelBox) => {
      const line = grown(box, -boxMargin, -boxMargin);
      return parts.some(({ area }) => overlap(area, line));
    };
    const found = await this.#find(reading, strip, wanted);
    const lines = found?.boxes.filter((box) => wanted(box)) ?? [];
    if (reading.fromBelow) lines.reverse();
    let complete = found?.complete ?? false;
    let lost = found === undefined;
    const add = (box: PixelBox, written: { text: string; confidence: number }) => {
      if (written.text !== '') addLine(sheet, new KnownLine(written, 'fast', box, sheet, reading.number));
    };
    const open: { readonly box: PixelBox; readonly key: string }[] = [];
    for (const box of lines) {
      const key = inkKey(reading.picture.crop(box), { x: 0, y: 0, width: box.width, height: box.height });
      const known = cache.find(key, 'fast');
      if (known) add(box, known.written);
      else open.push({ box, key });
    }
    for (let at = 0; at < open.length && !lost; at += linesAtOnce) {
      if (performance.now() > reading.until || (reading.yields && this.#urgent > 0)) return false;
      const some = open.slice(at, at + linesAtOnce);
      const texts = await this.#recognise(
        reading,
        some.map(({ box }) => box),
        'fast',
      );
      lost = texts === undefined;
      for (const [i, { box, key }] of some.entries()) {
        const written = texts?.[i];
        if (!written) {
          complete = false;
          continue;
        }
        cache.keep(key, written, 'fast');
        add(box, written);
      }
    }
    for (const part of parts) finish(sheet.contents[part.index]!, part, reading.number, complete);
    return complete;
  }

  /** Finds lines, in pixels of the screen. What is wanted and cut by the edge of the box is found again with more of it. */
  async #find(reading: Reading, strip: PixelBox, wanted: (box: PixelBox) => boolean) {
    const { sheet, picture, until } = reading;
    const { size } = sheet.grid;
    let box = strip;
    for (let again = false; ; again = true) {
      const found = await this.#reader.find(picture.crop(box), { mostMs: Math.max(0, until - performance.now()) });
      if (!found) return undefined;
      const boxes = found.boxes.map((line) => ({ ...line, x: line.x + box.x, y: line.y + box.y }));
      const { x, y, width, height } = box;
      const cut = boxes.filter((line) => wanted(line));
      const left = x > 0 && cut.some((line) => line.x <= x + 1);
      const right = x + width < size.width && cut.some((line) => line.x + line.width >= x + width - 1);
      const above = y > 0 && cut.some((line) => line.y <= y + 1);
      const below = y + height < size.height && cut.some((line) => line.y + line.height >= y + height - 1);
      if (again || !(left || right || above || below)) return { boxes, complete: found.complete };
      const from = { x: left ? 0 : x, y: above ? y - 2 * stripMargin : y };
      const to = { x: right ? size.width : x + width, y: below ? y + height + 2 * stripMargin : y + height };
      box = within({ ...from, width: to.x - from.x, height: to.y - from.y }, size);
    }
  }

  /** Reads lines that were found, boxes in pixels of the screen. */
  async #recognise({ picture, until }: Reading, boxes: readonly PixelBox[], exactness: Exactness) {
    const area = around(boxes);
    const inside = boxes.map((box) => ({ ...box, x: box.x - area.x, y: box.y - area.y }));
    const mostMs = Math.max(0, until - performance.now());
    return await this.#reader.recognise(picture.crop(area), inside, { exactness, mostMs });
  }

  /** Has lines read anew by the exact recogniser. */
  async #readExactly(sheet: Sheet, lines: readonly KnownLine[], until: number): Promise<boolean> {
    const open = lines.filter((line) => line.exactness === 'fast');
    if (open.length === 0) return true;
    const reading: Reading = { until, sheet, picture: pictureOf(sheet), number: 0, cache: this.#cache };
    const texts = await this.#recognise(
      reading,
      open.map(({ box }) => box),
      'exact',
    );
    for (const [i, line] of open.entries()) {
      const written = texts?.[i];
      if (!written) continue;
      Object.assign(line, written, { exactness: 'exact' });
    }
    return texts !== undefined && !texts.includes(undefined);
  }
}

interface ReadPart extends Part {
  /** All of its content that was not read is in it. */
  readonly whole: boolean;
  /** What it is compared with. */
  readonly other?: Content;
}

interface How {
  /** Of `performance.now`. */
  readonly until: number;
  /** The lowest lines first; default the topmost. */
  readonly fromBelow?: boolean;
  /** Ends when something urgent comes. */
  readonly yields?: boolean;
}

interface Reading extends How {
  readonly sheet: Sheet;
  readonly picture: ScreenPicture;
  readonly number: number;
  readonly cache: LineCache;
}

function unreadPart({ index, area }: Part, content: Content, other: Content | undefined): ReadPart[] {
  if (!content.unread || (other && content.readAgainst.has(other))) return [];
  const both = common(content.unread, area);
  if (!both) return [];
  const whole = areaOf(both) === areaOf(content.unread);
  return [{ index, area: both, whole, ...(other ? { other } : {}) }];
}

/** Has the tiles that a line touches know it, if the same reading did not find it there before. */
function addLine(sheet: Sheet, line: KnownLine): void {
  const isFound = ({ reading, box }: KnownLine) => reading === line.reading && share(box, line.box) > 0.5;
  if (line.tiles.some((index) => sheet.contents[index]!.lines.some(isFound))) return;
  for (const index of line.tiles) sheet.contents[index]!.lines.push(line);
}

/** Notes that a part was read, and drops the lines there that were known before. */
function finish(content: Content, { area, whole, other }: ReadPart, reading: number, complete: boolean): void {
  content.attempts += 1;
  if (!complete && content.attempts < mostAttempts) return;
  content.attempts = 0;
  content.lines = content.lines.filter((line) => line.reading >= reading || !overlap(line.box, area));
  if (whole) content.unread = undefined;
  else if (other) content.readAgainst.add(other);
}

/** A region in strips that are small enough to be fed at once, cut between rows of tiles. */
function stripsOf({ box, parts }: Region<ReadPart>): Region<ReadPart>[] {
  if (areaOf(box) <= mostPixels) return [{ box, parts }];
  const most = Math.max(64, Math.floor(mostPixels / box.width));
  const strips: { parts: ReadPart[]; top: number; bottom: number }[] = [];
  for (const part of parts.toSorted((a, b) => a.area.y - b.area.y)) {
    const { y, height } = part.area;
    const last = strips.at(-1);
    if (last && y + height - last.top <= most) {
      last.parts.push(part);
      last.bottom = Math.max(last.bottom, y + height);
    } else {
      strips.push({ parts: [part], top: y, bottom: y + height });
    }
  }
  return strips.map(({ parts: some, top, bottom }) => {
    const strip = { ...box, y: top - stripMargin, height: bottom - top + 2 * stripMargin };
    return { box: common(strip, box) ?? box, parts: some };
  });
}

/**
 * Lines as they are told, in reading order and without secrets. Secrets are looked for among all lines of the sheet, too:
 * what tells one, its label or the beginning of a key, may have been there before.
 */
function told(lines: readonly KnownLine[], sheet: Sheet): PageLine[] {
  const order = inReadingOrder(lines);
  const numbers = paragraphs(order);
  const standing = inReadingOrder(standingLines(sheet));
  const known = withoutSecretTexts(standing.map(({ text }) => text));
  const among = new Map(standing.map((line, i) => [line, known[i]!]));
  const texts = withoutSecretTexts(order.map((line) => among.get(line) ?? line.text));
  return order.map(({ box, confidence, firstSeen, lastSeen, app, title }, i) => ({
    ...{ text: texts[i]!, box, confidence, paragraph: numbers[i]!, firstSeen },
    lastSeen: Math.max(lastSeen, sheet.t),
    ...(app === undefined ? {} : { app }),
    ...(title === undefined ? {} : { title: withoutSecretTexts([title])[0]! }),
  }));
}
