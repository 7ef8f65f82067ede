import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { type GreyPixels, ScreenPictures } from '../../main/capture/screen-picture.ts';
import { openReader } from '../../main/reading/open-reader.ts';
import { Page } from '../../main/reading/page.ts';
import type { TextReader } from '../../main/reading/reader.ts';
import { missingFiles } from '../support/needs.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const truth = JSON.parse(readFileSync(join(fixtures, 'reading/truth.json'), 'utf8')) as Record<
  string,
  { readonly width: number; readonly height: number; readonly lines: readonly string[] }
>;
const ffmpeg = await findFfmpeg();
const reader = openReader();
afterAll(() => reader[Symbol.asyncDispose]());
const font = '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf';
const withoutFont = missingFiles(font);
/** However busy the machine is. */
const patient = { mostMs: 60_000 };
const plain = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text.replaceAll(' ', ''));

describe('in recordings, the change at a dialog holds its text', () => {
  const dialogs = [
    ['desk-06001.mp4', 11.4, 1280, 720, 'Could not save', 'Engine village round round', 'leaves round train.'],
    ['desk-05001.mp4', 34.4, 1920, 1080, 'Information', 'Open early bright number moves shows of first.'],
    ['desk-00077.mp4', 19.7, 1280, 720, 'Could not save', 'Letter a heavy machine forest paper round stone first open'],
  ] as const;
  for (const [video, t, width, height, title, ...lines] of dialogs) {
    test(`${video}, at ${t} s`, async () => {
      const page = new Page(reader);
      const path = join(fixtures, 'desk-world/recorded/videos', video);
      const pictures = new ScreenPictures();
      for (const [i, picture] of framesOf(path, t - 2, 7, width, height).entries()) {
        page.see(pictures.next(picture), t - 2 + i / 2);
      }
      const { came, complete } = await page.change(t - 0.5, patient);
      expect(complete).toBe(true);
      expect(plain(came)).toEqual(expect.arrayContaining(plain(lines.map((text) => ({ text })))));
      expect(came.find(({ text }) => text === lines[0])?.title).toBe(title);
      expect(page.failure).toBeUndefined();
    });
  }
});

describe('a screen', () => {
  const size = { width: 1280, height: 720 };
  const note = drawn('english-light');
  const noteLines = truth['english-light']!.lines;

  test('tells what came and what went, and what is there in between', async () => {
    const { page, show } = pageOf(reader);
    show(blank(size));
    const opened = show(paste(blank(size), note, 300, 200));
    show(paste(blank(size), note, 300, 200));
    const { came, went, region, complete } = await page.change(opened - 0.25, patient);
    expect([plain(came), went, complete]).toEqual([plain(noteLines.map((text) => ({ text }))), [], true]);
    expect(came[0]!.box.x).toBeGreaterThanOrEqual(300);
    expect(came[0]!.firstSeen).toBe(opened);
    expect(region).toMatchObject({ x: expect.closeTo(300, -2), y: expect.closeTo(200, -2) });
    expect(plain(page.lines)).toEqual(plain(came));
    const closed = show(blank(size));
    show(blank(size));
    const after = await page.change(closed - 0.25, patient);
    expect([after.came, plain(after.went)]).toEqual([[], plain(came)]);
    expect(page.lines).toEqual([]);
  });

  test('is not read again where nothing new is: a cursor, a window that moves and comes back', async () => {
    const counting = counted(reader);
    const { page, show } = pageOf(counting.reader);
    const withCursor = (at: { x: number; y: number }, on: boolean) => {
      const picture = paste(blank(size), note, at.x, at.y);
      return on ? paste(picture, { width: 2, height: 16, pixels: new Uint8Array(32) }, at.x + 400, at.y + 20) : picture;
    };
    const home = { x: 300, y: 200 };
    for (let i = 0; i < 6; i += 1) {
      show(withCursor(home, i % 2 === 0));
      await page.catchUp({ ...patient, core: 1 });
    }
    const found = counting.finds;
    const read = counting.lines;
    expect(read).toBeGreaterThanOrEqual(noteLines.length);
    for (let i = 0; i < 6; i += 1) {
      show(withCursor(home, i % 2 === 0));
      expect(await page.catchUp({ ...patient, core: 1 })).toBe(true);
    }
    expect([counting.finds, counting.lines]).toEqual([found, read]);
    const moved = show(withCursor({ x: 237, y: 319 }, false));
    show(withCursor({ x: 237, y: 319 }, false));
    const change = await page.change(moved - 0.25, patient);
    expect([change.came, change.went]).toEqual([[], []]);
    expect(page.lines.map(({ box }) => box.x < 300)).toEqual(noteLines.map(() => true));
    show(withCursor(home, false));
    show(withCursor(home, false));
    await page.catchUp({ ...patient, core: 1 });
    expect(plain(page.lines)).toEqual(plain(noteLines.map((text) => ({ text }))));
    expect(counting.lines).toBe(read);
  });

  test('that never stands still is not read, unless what moves is asked for', async () => {
    const counting = counted(reader);
    const { page, show } = pageOf(counting.reader);
    show(blank(size));
    for (let i = 0; i < 5; i += 1) {
      show(paste(blank(size), note, 300 + 5 * i, 200));
      await page.catchUp({ ...patient, core: 1 });
    }
    const { came } = await page.change(0, patient);
    expect(came).toEqual([]);
    const moving = await page.change(0, { ...patient, moving: true });
    expect(plain(moving.came)).toEqual(plain(noteLines.map((text) => ({ text }))));
  });

  test.skipIf(withoutFont)(
    `gives no password away, also where its label was read before ${withoutFont ?? ''}`,
    async () => {
      const { page, show } = pageOf(reader);
      const labelled = paste(blank(size), written('Password:'), 300, 200);
      show(blank(size));
      show(labelled);
      show(labelled);
      await page.catchUp({ ...patient, core: 1 });
      expect(plain(page.lines)).toEqual(['Password:']);
      const typed = show(paste(labelled, written('hunter2!'), 300, 230));
      show(paste(labelled, written('hunter2!'), 300, 230));
      const { came } = await page.change(typed - 0.25, { ...patient, moving: true });
      expect(came.map(({ text }) => text)).toEqual(['***']);
      expect(plain(page.lines)).toEqual(['Password:', '***']);
    },
  );

  test('that was forgotten is a new one', async () => {
    const { page, show } = pageOf(reader);
    show(paste(blank(size), note, 300, 200));
    show(paste(blank(size), note, 300, 200));
    await page.catchUp({ ...patient, core: 1 });
    expect(page.lines).toHaveLength(noteLines.length);
    page.forget();
    expect(page.lines).toEqual([]);
    expect(await page.change(0)).toMatchObject({ came: [], went: [] });
  });
});

function pageOf(used: TextReader) {
  const page = new Page(used);
  const pictures = new ScreenPictures();
  let t = -0.5;
  const show = (picture: GreyPixels) => {
    t += 0.5;
    page.see(pictures.next(picture), t);
    return t;
  };
  return { page, show };
}

/** The same reader, which counts what it is asked. */
function counted(used: TextReader) {
  const counts = { finds: 0, lines: 0 };
  const counting: TextReader = {
    read: (...of) => used.read(...of),
    find: (...of) => {
      counts.finds += 1;
      return used.find(...of);
    },
    recognise: (picture, boxes, options) => {
      counts.lines += boxes.length;
      return used.recognise(picture, boxes, options);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return Object.assign(counts, { reader: counting });
}

function blank({ width, height }: { readonly width: number; readonly height: number }): GreyPixels {
  return { width, height, pixels: new Uint8Array(width * height).fill(200) };
}

function paste(picture: GreyPixels, piece: GreyPixels, x: number, y: number): GreyPixels {
  const pixels = picture.pixels.slice();
  for (let row = 0; row < piece.height; row += 1) {
    const line = piece.pixels.subarray(row * piece.width, (row + 1) * piece.width);
    pixels.set(line, (y + row) * picture.width + x);
  }
  return { ...picture, pixels };
}

function drawn(name: string): GreyPixels {
  const { width, height } = truth[name]!;
  return framesOf(join(fixtures, `reading/${name}.png`), 0, 1, width, height)[0]!;
}

/** A line of text, black on white. */
function written(text: string): GreyPixels {
  const drawing = `drawtext=fontfile=${font}:fontsize=18:x=4:y=4:text='${text.replaceAll(':', '\\:')}'`;
  const input = ['-f', 'lavfi', '-i', `color=white:s=160x28,${drawing}`];
  const output = ['-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  return { width: 160, height: 28, pixels: execFileSync(ffmpeg.path, ['-v', 'error', ...input, ...output]) };
}

function framesOf(path: string, from: number, count: number, width: number, height: number): GreyPixels[] {
  const input = path.endsWith('.png') ? ['-i', path] : ['-ss', String(from), '-i', path, '-vf', 'fps=2'];
  const output = ['-frames:v', String(count), '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  const bytes = execFileSync(ffmpeg.path, ['-v', 'error', ...input, ...output], { maxBuffer: 2 ** 28 });
  const length = width * height;
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    pixels: bytes.subarray(i * length, (i + 1) * length),
  }));
}
