/** What the committed test sets say can be read: it is there, and worth saying. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { holds } from '../../main/evaluation/reading.ts';
import { openReader } from '../../main/reading/open-reader.ts';
import { worthRepeating } from '../../native-models/desk-world/readable.ts';
import type { Annotation } from '../../native-models/desk-world/record/annotation.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const setsOf = {
  'desk.events.jsonl': '.',
  'desk-world/recorded/annotations.jsonl': 'desk-world/recorded/videos',
  'desk-world/rendered/annotations.jsonl': 'desk-world/rendered/videos',
};
const sets = Object.entries(setsOf).map(([file, videos]) => ({
  file,
  videos: join(fixtures, videos),
  events: readFileSync(join(fixtures, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Annotation)
    .filter(({ read }) => read !== undefined),
}));
const { path: ffmpeg } = await findFfmpeg();
const reader = openReader();
afterAll(() => reader[Symbol.asyncDispose]());

/** The part of a recording's frame that is looked at: [width, height, x, y]. */
type Part = readonly [number, number, number, number];

function part(path: string, seconds: number, [width, height, x, y]: Part) {
  const filter = ['-frames:v', '1', '-vf', `crop=${width}:${height}:${x}:${y}`];
  const args = ['-v', 'error', '-ss', `${seconds}`, '-i', path, ...filter, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  return { pixels: new Uint8Array(execFileSync(ffmpeg, args)), width, height };
}

describe.each(sets)('$file', ({ events }) => {
  test('texts say what the sentence does not', () => {
    expect(events.length).toBeGreaterThan(4);
    for (const { read, text } of events) expect(worthRepeating(read!, text)).toEqual(read);
  });
});

test.each<[set: number, video: string, t: number, Part]>([
  [0, 'desk.mp4', 16.2, [420, 160, 420, 240]],
  [1, 'desk-05010.mp4', 26.6, [440, 160, 250, 520]],
  [1, 'desk-06001.mp4', 11.4, [420, 240, 0, 0]],
  [1, 'desk-00083.mp4', 2.4, [320, 140, 0, 0]],
  [2, '000037.mp4', 34.5, [160, 40, 240, 80]],
])('set %i, %s at %f s: the texts are on the screen', async (set, video, t, where) => {
  const { events, videos } = sets[set]!;
  const { read } = events.find((event) => event.video === video && event.t === t)!;
  const { lines } = await reader.read(part(join(videos, video), t + 1.5, where), {
    exactness: 'exact',
    mostMs: 60_000,
  });
  const seen = lines.map(({ text }) => text).join(' ');
  for (const text of read!) expect(holds(seen, text), `"${text}" in "${seen}"`).toBe(true);
});
