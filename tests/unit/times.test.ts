import { expect, test } from 'vitest';
import {
  localTime,
  parseDay,
  parseSeconds,
  parseSince,
  parseSpan,
  parseTime,
} from '../../main/said-times/typed-times.ts';

const now = new Date(2026, 4, 1, 12, 30, 0); // 1 May, local time

test.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['1.5h', 5_400_000],
  ['7 D', 604_800_000],
  ['1:30', 90_000],
  ['01:00:00.5', 3_600_500],
])('a span of %s', (text, ms) => {
  expect(parseSpan('last', text)).toBe(ms);
});

test.each(['5', '1:99', '0:00', 'm', '0m', '-5m', '5 minutes', ''])('%j is no span', (text) => {
  expect(() => parseSpan('last', text)).toThrow(/--last .* it must be a span such as/);
});

test.each([
  ['70', 70],
  [' 70.5 ', 70.5],
  ['.5', 0.5],
  ['0', 0],
  ['1:10', 70],
  ['00:12.5', 12.5],
  ['75:00', 4500],
  ['1:00:12.5', 3612.5],
  ['01:02:03.25', 3723.25],
  ['100:00:00', 360_000],
])('a time in a recording: %s', (text, seconds) => {
  expect(parseSeconds('from', text)).toBe(seconds);
});

test.each([
  ...['', ' ', '-5', '-1:10', '1:99', '1:5', '1:60:00', '1::2', ':10', '1:', '1:2:3:4', '1:10:', '1.5:10', 'NaN'],
  ...['Infinity', '1e3', '0x10', '5s', '1:1O', '+5', '1,5', '1:-5'],
])('%j is no time in a recording', (text) => {
  expect(() => parseSeconds('from', text)).toThrow(/^--from .*: it must be a time of 0 or more, in seconds/);
});

test('a length is above 0, and may have a limit', () => {
  expect(() => parseSeconds('duration', '0:00', { above: true })).toThrow('a length above 0');
  expect(() => parseSeconds('chat-timeout', '25:00:00', { most: 86_400 })).toThrow('at most 86400 s');
  expect(parseSeconds('chat-timeout', '2:00', { above: true, most: 86_400 })).toBe(120);
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
  ['9:00:30.5', new Date(2026, 4, 1, 9, 0, 30, 500)],
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

test('a day and a time as people say them, if they can be meant in one way only', () => {
  const may = (day: number, ...rest: number[]) => new Date(2026, 4, day, ...rest).getTime();
  expect(parseDay('day', '29 April', now)).toEqual({
    from: new Date(2026, 3, 29).getTime(),
    before: new Date(2026, 3, 30).getTime(),
  });
  expect(parseDay('day', 'last Friday', now).from).toBe(new Date(2026, 3, 24).getTime());
  expect(parseTime('from', '1 May, 9:05 am', now)).toBe(may(1, 9, 5));
  expect(parseTime('from', '오늘 오전 9시 5분', now)).toBe(may(1, 9, 5));
  expect(parseSince('since', '2026/05/01', now)).toBe(may(1));
  expect(parseSince('since', '昨日の午後3時21分', now)).toBe(new Date(2026, 3, 30, 15, 21).getTime());
  expect(() => parseSince('since', '3/4/2026', now)).toThrow(/written as 2026-05-01, because it can be two days/);
  for (const text of ['31.2.2026', 'Feb 30', 'the build on May 1'])
    expect(() => parseTime('from', text, now)).toThrow(/--from/);
  expect(() => parseDay('day', '9:00', now)).toThrow(/--day/);
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

test('a time beyond all recordings is refused with the most that is taken', () => {
  expect(() => parseSeconds('from', '99999999999')).toThrow('0 or more and at most 1000000000 s');
});
