import { expect, test } from 'vitest';
import { cueTime } from '../../main/base/clock.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import type { Format } from '../../main/output/format.ts';
import { subRip, webVtt } from '../../main/output/subtitles.ts';

const started: LiveEvent = { type: 'started', source: 'x.mp4', bundle: 'b', fps: 2, tokensPerFrame: 10 };
const said = (t: number, text: string): LiveEvent => ({ type: 'narration', t, text, pSilent: 0.1, latencyMs: 5 });
const answered = (t: number, query: string, text: string): LiveEvent => ({
  type: 'answer',
  t,
  query,
  text,
  latencyMs: 9,
});
const frame = (t: number): LiveEvent => {
  return { type: 'frame', index: t * 2, t, pSilent: 1, encoded: true, changed: 0, reason: 'silent', latencyMs: 1 };
};

interface ParsedCue {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** Reads SubRip strictly: numbers that count up, exact times, at least one line of text, one blank line. */
function parseSrt(text: string): ParsedCue[] {
  if (text === '') return [];
  expect(text.endsWith('\n\n')).toBe(true);
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((block, index) => {
      const [number, times = '', ...lines] = block.split('\n');
      expect(number).toBe(String(index + 1));
      return cue(times, lines, /^(\d{2,}):(\d\d):(\d\d),(\d{3}) --> (\d{2,}):(\d\d):(\d\d),(\d{3})$/);
    });
}

/** Reads WebVTT strictly: the header, then cues whose text has no raw "<" or "-->", and only known entities. */
function parseVtt(text: string): ParsedCue[] {
  expect(text.startsWith('WEBVTT\n\n')).toBe(true);
  expect(text.endsWith('\n\n')).toBe(true);
  const body = text.slice('WEBVTT\n\n'.length, -2);
  if (body === '') return [];
  return body.split('\n\n').map((block) => {
    const [times = '', ...lines] = block.split('\n');
    for (const line of lines) {
      expect(line).not.toContain('-->');
      expect(line).not.toContain('<');
      expect(line.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
    }
    const plain = lines.map((line) => line.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
    return cue(times, plain, /^(\d{2,}):(\d\d):(\d\d)\.(\d{3}) --> (\d{2,}):(\d\d):(\d\d)\.(\d{3})$/);
  });
}

function cue(times: string, lines: readonly string[], pattern: RegExp): ParsedCue {
  const match = pattern.exec(times);
  expect(match, times).not.toBeNull();
  const [h1, m1, s1, f1, h2, m2, s2, f2] = match!.slice(1).map(Number);
  const milliseconds = (h = 0, m = 0, s = 0, f = 0) => ((h * 60 + m) * 60 + s) * 1000 + f;
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line.trim()).not.toBe('');
  return { start: milliseconds(h1, m1, s1, f1), end: milliseconds(h2, m2, s2, f2), lines };
}

function expectMonotonic(cues: readonly ParsedCue[]): void {
  for (const [index, { start, end }] of cues.entries()) {
    expect(end).toBeGreaterThan(start);
    expect(start).toBeGreaterThanOrEqual(cues[index - 1]?.end ?? 0);
  }
}

function write(format: Format, events: readonly LiveEvent[]): string {
  return [started, ...events].map((event) => format.on(event)).join('') + format.end();
}

/** Both formats, read back: they must agree. */
function bothWays(events: readonly LiveEvent[]): ParsedCue[] {
  const srt = parseSrt(write(subRip(), events));
  const vtt = parseVtt(write(webVtt(), events));
  expectMonotonic(srt);
  expect(vtt.map(({ start, end }) => [start, end])).toEqual(srt.map(({ start, end }) => [start, end]));
  return vtt;
}

test('a narration is shown for its reading time, and makes room for the next', () => {
  const long = 'The build in the terminal finished without a single error.';
  expect(bothWays([said(1, 'Hello.'), said(10, long), said(12, 'Bye.')])).toEqual([
    { start: 1000, end: 2500, lines: ['Hello.'] },
    { start: 10_000, end: 12_000, lines: [long] },
    { start: 12_000, end: 13_500, lines: ['Bye.'] },
  ]);
  expect(bothWays([said(10, long)])[0]!.end).toBe(10_000 + 60 * long.length);
});

test('a question is shown above its answer', () => {
  expect(bothWays([answered(3, 'What is open?', 'A terminal.')])[0]!.lines).toEqual(['What is open?', 'A terminal.']);
});

test('texts of the same moment share a cue; late and unsorted ones never overlap', () => {
  const cues = bothWays([
    said(5, 'One.'),
    answered(5, 'Q?', 'Two.'),
    said(4, 'Late.'),
    said(9, 'x'),
    said(9.1, 'y'),
    said(2, 'z'),
  ]);
  expect(cues.flatMap(({ lines }) => lines)).toEqual(['One.', 'Q?', 'Two.', 'Late.', 'x', 'y', 'z']);
  // A cue already handed out is not taken back: what comes too late is shown next.
  const after = bothWays([said(1, 'First.'), frame(3), said(1.5, 'Too late.')]);
  expect(after.map(({ start }) => start)).toEqual([1000, 2500]);
});

test('no subtitle lasts longer than the recording', () => {
  const ended = (end?: number): LiveEvent => ({
    ...{ type: 'finished', frames: 16, seconds: 8, narrations: 1, answers: 0, dropped: 0, wallMs: 1 },
    ...{
      framesPerSecond: 1,
      realtimeFactor: 1,
      peakRssMb: 1,
      gaps: 0,
      latencyP50Ms: 1,
      latencyP95Ms: 1,
      complete: true,
    },
    ...(end !== undefined && { end }),
  });
  const span = (...events: LiveEvent[]) => bothWays(events).map(({ start, end }) => [start, end]);
  expect(span(said(7, 'A terminal opened.'), ended(7.7333))).toEqual([[7000, 7733]]);
  // Long enough to be noticed, but not over the one before it.
  expect(span(said(7.5, 'A terminal opened.'), ended(7.7))).toEqual([[7200, 7700]]);
  expect(span(said(7, 'One.'), said(7.5, 'Two.'), ended(7.7))).toEqual([
    [7000, 7500],
    [7500, 7700],
  ]);
  expect(span(said(8, 'It is over.'), ended(8))).toEqual([[7500, 8000]]);
  // A live source has no end, and what is over before it is left alone.
  expect(span(said(7, 'Hello.'), ended())).toEqual([[7000, 8500]]);
  expect(span(said(5, 'Hello.'), frame(7), ended(7.5))).toEqual([[5000, 6500]]);
  expect(parseSrt(write(subRip(8), [said(7.5, 'Hello.')]))).toMatchObject([{ start: 7500, end: 8000 }]);
});

test('random times give valid files', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const events = Array.from({ length: 500 }, (_, i) => {
    const t = random() < 0.2 ? random() * 600 : i + random();
    return random() < 0.3 ? frame(t) : said(t, 'word '.repeat(1 + Math.floor(random() * 20)));
  });
  const cues = bothWays(events);
  expect(cues.flatMap(({ lines }) => lines)).toHaveLength(events.filter(({ type }) => type === 'narration').length);
});

test.each([
  ['arrow', 'a --> b', 'a --> b', 'a → b'],
  ['lines', 'one\n\ntwo\r\nthree\u2028four', 'one two three four', 'one two three four'],
  ['markup', '<b>bold</b> & <script> 1 < 2', '<b>bold</b> & <script> 1 < 2', '‹b>bold‹/b> & ‹script> 1 < 2'],
  ['entities', '&lt;i&gt;', '&lt;i&gt;', '&lt;i&gt;'],
  ['styles', '{\\an8}up', '{\\an8}up', '{an8}up'],
  ['control characters', 'a\u0000b\u001b[31mc\u0007\td', 'a b [31mc d', 'a b [31mc d'],
  ['order marks', 'abc\u202Etxt\u202C \u2067x\u2069', 'abctxt x', 'abctxt x'],
  ['right to left', 'חלון נפתח', 'חלון נפתח', 'חלון נפתח'],
  ['half a character', 'a\uD83D', 'a\uFFFD', 'a\uFFFD'],
  [
    'a cue of its own',
    '1\n00:00:00,000 --> 00:00:01,000\nx',
    '1 00:00:00,000 --> 00:00:01,000 x',
    '1 00:00:00,000 → 00:00:01,000 x',
  ],
])('hostile text: %s', (_name, text, vtt, srt) => {
  const events = [said(1, text), said(5, 'next')];
  expect(bothWays(events).map(({ lines }) => lines)).toEqual([[vtt], ['next']]);
  expect(parseSrt(write(subRip(), events)).map(({ lines }) => lines)).toEqual([[srt], ['next']]);
});

test('a text of nothing visible gives no cue', () => {
  expect(bothWays([said(1, ' \n\u202E\u0007 ')])).toEqual([]);
});

test('whatever is written before the end is valid already', () => {
  const events = [started, said(1, 'a'), frame(1.5), said(2, 'b'), frame(9), said(10, 'c')];
  for (let count = 1; count <= events.length; count += 1) {
    const [srt, vtt] = [subRip(), webVtt()].map((format) =>
      events
        .slice(0, count)
        .map((event) => format.on(event))
        .join(''),
    );
    parseSrt(srt!);
    parseVtt(vtt!);
  }
  const held = subRip();
  expect([said(1, 'a'), frame(1.5)].map((event) => held.on(event)).join('')).toBe('');
  expect(held.on(frame(2.5))).toContain('a'); // its reading time is over: it is final
});

test('times carry over, and hours may have more than two digits', () => {
  expect(cueTime(3_599_999, ',')).toBe('00:59:59,999');
  expect(cueTime(3_600_000, '.')).toBe('01:00:00.000');
  expect(cueTime(400_000_000, '.')).toBe('111:06:40.000');
  expect(bothWays([said(59.9996, 'x')])[0]!.start).toBe(60_000);
});
