/** Summer time ends, a laptop sleeps: order and durations are those of what happened. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../main/memory/find/ask.ts';
import { recap } from '../../main/memory/find/recap.ts';
import { days } from '../../main/memory/find/timeline.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { recapMarkdown, writtenRecap } from '../../main/output/recap.ts';
import { frameRow, narrationRow, session } from '../support/memory.ts';
import { memoryForEachTest } from '../support/memory-for-each-test.ts';

let memory: Connection;
memoryForEachTest((opened) => {
  memory = opened;
});
const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const hour = 3_600_000;
/** 02:30 in summer time, half an hour before clocks go back to 02:00. */
const before = Date.UTC(2026, 9, 25, 0, 30);

test('the hour that comes twice is two hours', () => {
  session(memory).write([
    ...Array.from({ length: 720 }, (_, i) => ({ ...frameRow(0, before + 10_000 * i), t: 10 * i })),
    narrationRow(0, 'In the first of them.', before),
    narrationRow(3600, 'In the second.', before + hour),
  ]);
  const now = new Date(2026, 9, 26, 9);
  const { span, seen } = ask(memory, 'what happened yesterday?', { now });
  expect(span!.before - span!.from).toBe(25 * hour);
  expect(seen.map(({ text }) => text)).toEqual(['In the first of them.', 'In the second.']);
  expect(ask(memory, 'what happened yesterday at 2:30?', { now }).seen).not.toEqual([]);
  expect(days(memory)).toMatchObject([{ at: new Date(2026, 9, 25).getTime(), frames: 720, utterances: 2 }]);
  const text = recapMarkdown(writtenRecap(recap(memory, { from: span!.from, before: span!.before })));
  expect(text).toMatch(/^# Recap\n\nWatched 2 h in 1 session/);
});

test('a sleep is no activity, and counts to none', () => {
  session(memory).write([
    ...Array.from({ length: 60 }, (_, i) => frameRow(i, before + 1000 * i)),
    { type: 'gap', at: before + 8 * hour, from: 60, to: 8 * 3600, reason: 'stalled', dropped: 57_480 },
    ...Array.from({ length: 60 }, (_, i) => frameRow(8 * 3600 + i, before + 8 * hour + 1000 * i)),
  ]);
  const activities = recap(memory, { from: before, before: before + 9 * hour });
  expect(activities.map(({ from, to }) => to - from)).toEqual([59, 59]);
  expect(recapMarkdown(writtenRecap(activities))).toMatch(/Watched 2 min in 1 session: 2 activities/);
});
