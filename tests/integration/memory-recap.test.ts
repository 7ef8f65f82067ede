/** A recap is made from what the memory holds of a span, in order, and divided where the picture changed. */
import { expect, test } from 'vitest';
import { recap } from '../../main/memory/find/recap.ts';
import { days } from '../../main/memory/find/timeline.ts';
import { forget } from '../../main/memory/forget/forget.ts';
import { applyRetention, setLimits } from '../../main/memory/forget/retention.ts';
import type { Row } from '../../main/memory/record/recorder-messages.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { onlooker } from '../support/command-line.ts';
import { count, narrationRow, noon, session } from '../support/memory.ts';
import { memoryForEachTest } from '../support/memory-for-each-test.ts';

let memory: Connection;
let folder: string;
memoryForEachTest((opened, path) => {
  memory = opened;
  folder = path;
});

const everything = { from: 0, before: Number.MAX_SAFE_INTEGER };

/** Two frames a second that look alike, the first of them encoded. */
function scene(axis: number, from: number, to: number, at = noon): Row[] {
  const embedding = Float32Array.from({ length: 32 }, (_, k) => (k === axis ? 1 : 0));
  return Array.from({ length: 2 * (to - from) }, (_, i) => {
    const t = from + i / 2;
    const seen = i === 0 ? { changed: 9, embedding } : { changed: 0, embedding: undefined };
    return { type: 'frame', t, at: at + 1000 * t, pSilent: 0.9, ...seen };
  });
}

test('activities are divided where the picture changes, at pauses and between sessions', () => {
  // More frames than are read at once.
  session(memory).write([
    ...[...scene(0, 0, 600), ...scene(1, 600, 602), ...scene(0, 602, 1200), ...scene(2, 1200, 2400)],
    ...[narrationRow(601, 'A dialog appeared.'), narrationRow(1200, 'A browser opened.')],
    ...[...scene(2, 4000, 4060), narrationRow(4001, 'It is back.')],
  ]);
  session(memory, { source: '/home/me/Film.mp4', kind: 'file' }).write([
    ...scene(2, 0, 100, noon + 600_000),
    { type: 'answer', t: 50, at: noon + 650_000, query: 'Who?', text: 'A cat.' },
  ]);
  const activities = recap(memory, everything);
  expect(activities.map(({ session, from, to, lines }) => [session, from, to, lines.map(({ text }) => text)])).toEqual([
    [1, 0, 1199.5, ['A dialog appeared.']],
    [1, 1200, 2399.5, ['A browser opened.']],
    [1, 4000, 4059.5, ['It is back.']],
    [2, 0, 99.5, []], // an answer says nothing of what was seen
  ]);
  expect(activities[1]).toMatchObject({ source: 'screen', kind: 'screen', at: noon + 1_200_000, changed: true });
});

test('only of the span, and only within the limits', () => {
  session(memory).write([...scene(0, 0, 300), narrationRow(10, 'Before.'), narrationRow(150, 'Meanwhile.')]);
  session(memory, { source: 'camera' }).write([narrationRow(160, 'Without a frame.')]);
  const [first, second] = recap(memory, { from: noon + 100_000, before: noon + 200_000 });
  expect(first).toMatchObject({ from: 100, to: 199.5, changed: false, lines: [{ text: 'Meanwhile.' }] });
  expect(second).toMatchObject({ source: 'camera', from: 160, to: 160, lines: [{ text: 'Without a frame.' }] });
  setLimits(memory, { keepDays: 1 });
  for (let days = 1; days <= 4; days++) applyRetention(memory, noon + days * 86_400_000);
  expect(recap(memory, everything)).toMatchObject([{ source: 'camera' }]);
  expect(count(memory, 'frames')).toBe(0);
});

test('stored bins say what the frames say, and go with what is forgotten', () => {
  // Scenes begin within blocks of 2048 frames, and one goes on over two of them without a picture of its own.
  session(memory).write([...scene(0, 0, 700), ...scene(1, 700, 1500), ...scene(2, 1500, 2600)]);
  const times = () => recap(memory, everything).map(({ from, to }) => [from, to]);
  const all = [
    [0, 699.5],
    [700, 1499.5],
    [1500, 2599.5],
  ];
  expect([times(), count(memory, 'bin_blocks')]).toEqual([all, 2]); // the third block is not full yet
  expect(times()).toEqual(all);
  forget(memory, { from: noon + 600_000, to: noon + 849_999 });
  expect(count(memory, 'bin_blocks')).toBe(1);
  // What shows the second scene's picture is gone: the rest of it looks as what came before.
  expect(times()).toEqual([[0, 1499.5], all[2]]);
  expect(days(memory)).toMatchObject([{ frames: 4700 }]);
});

test('on the command line', async () => {
  const now = Date.now();
  session(memory).write([
    ...scene(0, 0, 60, now - 60_000),
    narrationRow(5, 'The build failed.', now - 55_000),
    narrationRow(7, 'Too long ago.', now - 7_200_000),
  ]);
  const options = ['--memory', folder];
  const hour = await onlooker('recap', '--since', '1h', ...options);
  expect(hour).toMatchObject({ code: 0, stderr: '' });
  expect(hour.stdout).toMatch(/^# Recap\n\nWatched 1 min in 1 session: 1 activity, 1 text\.\n/);
  expect(hour.stdout).toMatch(/\n- \*\*\d\d:\d\d:\d\d\*\* The build failed\.\n$/);
  expect(await onlooker('recap', '--since', '2099-01-01', ...options)).toMatchObject({
    ...{ code: 0, stdout: '', stderr: 'Nothing is remembered of that time.\n' },
  });
  for (const wrong of [
    ['--since', 'soon'],
    ['--since', '2099-01-01', '--until', 'today'],
    ['today'],
    ['--lines', '0'],
  ]) {
    expect(await onlooker('recap', ...wrong, ...options)).toMatchObject({ code: 2, stdout: '' });
  }
});
