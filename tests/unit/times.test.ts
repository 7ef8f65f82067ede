import { expect, test } from 'vitest';
import { localTime, parseDay, parseSince, parseSpan, parseTime } from '../../main/times.ts';

const now = new Date(2026, 4, 1, 12, 30, 0); // 1 May, local time

test.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['1.5h', 5_400_000],
  ['7 D', 604_800_000],
])('a span of %s', (text, ms) => {
  expect(parseSpan('last', text)).toBe(ms);
});

test.each(['5', 'm', '0m', '-5m', '5 minutes', ''])('%j is no span', (text) => {
  expect(() => parseSpan('last', text)).toThrow(/--last .* it must be a span such as/);
});

test('days are local, and as long as they are', () => {
  expect(parseDay('day', 'today', now).from).toBe(new Date(2026, 4, 1).getTime());
  expect(parseDay('day', 'Yesterday', now).before).toBe(new Date(2026, 4, 1).getTime());
  const december = parseDay('day', '2026-12-31', now);
  expect([december.from, december.before]).toEqual([new Date(2026, 11, 31).getTime(), new Date(2027, 0, 1).getTime()]);
  for (const text of ['2026-02-30', '2026-13-01', 'may', '']) expect(() => parseDay('day', text, now)).toThrow(/--day/);
});

test.each([
  ['13:05', new Date(2026, 4, 1, 13, 5)],
  ['9:00:30', new Date(2026, 4, 1, 9, 0, 30)],
  ['yesterday 23:59', new Date(2026, 3, 30, 23, 59)],
  ['2026-03-02T08:00', new Date(2026, 2, 2, 8)],
  ['2026-03-02 08:00', new Date(2026, 2, 2, 8)],
  ['2026-03-02', new Date(2026, 2, 2)],
  ['today', new Date(2026, 4, 1)],
])('the time %s', (text, date) => {
  expect(parseTime('from', text, now)).toBe(date.getTime());
});

test.each(['', '25:00', '12:60', '12', 'noon', '2026-02-30 12:00', 'yesterday9:00'])('%j is no time', (text) => {
  expect(() => parseTime('from', text, now)).toThrow(/--from .* it must be a time such as/);
});

test('a time as it is shown', () => {
  expect(localTime(new Date(2026, 4, 1, 9, 5, 7).getTime())).toBe('2026-05-01 09:05:07');
});

test('since a span ago, or since a time', () => {
  expect(parseSince('since', '90m', now)).toBe(new Date(2026, 4, 1, 11).getTime());
  expect(parseSince('since', '11:00', now)).toBe(new Date(2026, 4, 1, 11).getTime());
  expect(parseSince('since', 'today', now)).toBe(new Date(2026, 4, 1).getTime());
  for (const text of ['0m', 'soon', '5']) expect(() => parseSince('since', text, now)).toThrow(/--since/);
});
