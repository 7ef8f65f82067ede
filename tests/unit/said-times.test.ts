/** Dates and hours as people write them, in the four languages of the interface. */
import { describe, expect, test } from 'vitest';
import { readTimes } from '../../main/said-times/question-times.ts';

const now = new Date(2026, 11, 13, 18, 0); // Sunday, 13 December 2026, local time

/** "12-05 9:00" in 2026, or "2025-12-05 9:00". */
function time(text: string): number {
  const [, year = '2026', month, day, hours = '0', minutes = '0'] =
    /^(?:(\d{4})-)?(\d+)-(\d+)(?: (\d+):(\d+))?$/.exec(text) ?? [];
  return new Date(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes)).getTime();
}
const span = (from: string, before: string) => ({ from: time(from), before: time(before) });

describe('a day', () => {
  test.each([
    ...['Nov 28', 'nov 28th', 'Nov. 28', 'November 28', 'November 28, 2026', '28 November', '28 Nov 2026'],
    ...['the 28th of November', '11/28/2026', '28/11/2026', '28.11.2026', '28-11-2026', '2026-11-28', '2026/11/28'],
    ...['2026.11.28', '2026. 11. 28.', '11/28/26', '28.11.26'],
    ...[
      '11월 28일에',
      '2026년 11월 28일',
      '11月28日に',
      '2026年11月28日',
      '11月28号',
      '１１月２８日',
      '十一月二十八日',
    ],
  ])('%s', (written) => {
    for (const question of [`What did I do on ${written}?`, `${written} 뭐 했어?`, `${written}`]) {
      const times = readTimes(question, now);
      expect(times, question).toMatchObject({ span: span('11-28', '11-29') });
      expect(times.rest, question).not.toMatch(/\d|nov/i);
    }
  });

  test.each([
    ['Dec 20', '2025-12-20', '2025-12-21'], // is still to come this year
    ['Feb 29', '2024-2-29', '2024-3-1'],
    ['what happened on the 5th?', '12-5', '12-6'],
    ['on the 20th', '11-20', '11-21'],
    ['on 28.11', '11-28', '11-29'],
    ['5일에 뭐 했어?', '12-5', '12-6'],
    ['5号我做了什么', '12-5', '12-6'],
    ['on 11/28', '11-28', '11-29'],
    ['on 28.11.', '11-28', '11-29'],
    ['11/28에', '11-28', '11-29'],
    ['last Friday', '12-11', '12-12'],
    ['what did I do last Fri?', '12-11', '12-12'],
    ['last Sunday', '12-6', '12-7'],
    ['Sunday', '12-13', '12-14'],
    ['Friday last week', '12-4', '12-5'],
    ['지난주 금요일', '12-4', '12-5'],
    ['지난 금요일에', '12-11', '12-12'],
    ['先週の金曜日', '12-4', '12-5'],
    ['金曜日に何をした', '12-11', '12-12'],
    ['上周五', '12-4', '12-5'],
    ['星期五我做了什么？', '12-11', '12-12'],
    ['昨日何をしましたか', '12-12', '12-13'],
    ['昨天', '12-12', '12-13'],
    ['前天', '12-11', '12-12'],
    ['一昨日', '12-11', '12-12'],
    ['今日は何をした', '12-13', '12-14'],
    ['in November', '11-1', '12-1'],
    ['11月に', '11-1', '12-1'],
    ['11월에 뭐 했어', '11-1', '12-1'],
    ['this week', '12-7', '12-14'],
    ['先週何をした', '11-30', '12-7'],
    ['上周', '11-30', '12-7'],
    ['last month', '11-1', '12-1'],
    ['지난달에', '11-1', '12-1'],
    ['今月', '12-1', '2027-1-1'],
    ['from Nov 27 to Nov 29', '11-27', '11-30'],
    ['11월 27일부터 11월 29일까지', '11-27', '11-30'],
    ['between 27.11.2026 and 29.11.2026', '11-27', '11-30'],
  ])('%s', (question, from, before) => {
    expect(readTimes(question, now).span).toEqual(span(from, before));
  });

  test('and which side of it', () => {
    const end = now.getTime() + 1;
    expect(readTimes('since Dec 1', now).span).toEqual({ from: time('12-1'), before: end });
    expect(readTimes('after Dec 1', now).span).toEqual({ from: time('12-2'), before: end });
    expect(readTimes('before 2026-12-01', now).span).toEqual({ from: 0, before: time('12-1') });
    expect(readTimes('12월 1일 이후에', now).span).toEqual({ from: time('12-1'), before: end });
    expect(readTimes('12月1日以前に', now).span).toEqual({ from: 0, before: time('12-1') });
  });

  test('before a day is not so many days ago', () => {
    expect(readTimes('12월 3일 전에', now).span).toEqual({ from: 0, before: time('12-3') });
  });

  test('that is another one elsewhere is told', () => {
    const { span: read, note } = readTimes('what did I do on 3/4/2026?', now);
    expect([time('3-4'), time('4-3')]).toContain(read!.from);
    expect(note).toMatch(/^I read 3\/4 as 2026-0[34]-0[34]; for 2026-0[34]-0[34] write it like that\.$/);
    expect(readTimes('on 4/4/2026', now).note).toBeUndefined();
    expect(readTimes('on 3.4.2026', now)).toMatchObject({ span: { from: time('4-3') } });
  });
});

describe('an hour', () => {
  test.each([
    ...[
      '15:21',
      'at 15:21',
      '3:21 pm',
      '3:21pm',
      '3:21 p.m.',
      'at 15:21:40',
      '오후 3시 21분',
      '오후 3:21',
      '15시 21분에',
    ],
    ...[
      '午後3時21分',
      '午後3:21',
      '15時21分に',
      '下午3点21分',
      '下午3:21',
      '15点21分',
      '下午三点二十一分',
      '１５：２１',
    ],
  ])('%s', (written) => {
    const times = readTimes(`What happened ${written}?`, now);
    expect(times).toMatchObject({ span: span('12-13 15:11', '12-13 15:31'), point: time('12-13 15:21') });
    expect(times.rest).not.toMatch(/\d|[時点시분分]/);
  });

  test.each([
    ['Nov 28 at 15:21', '11-28 15:11', '11-28 15:31'],
    ['15:21 on Nov 28', '11-28 15:11', '11-28 15:31'],
    ['2026-11-28T15:21', '11-28 15:11', '11-28 15:31'],
    ['2026-11-28 15:21', '11-28 15:11', '11-28 15:31'],
    ['11월 28일 오후 3시 21분에', '11-28 15:11', '11-28 15:31'],
    ['11月28日の午後3時21分', '11-28 15:11', '11-28 15:31'],
    ['11月28日下午3点半', '11-28 15:20', '11-28 15:40'],
    ['yesterday 9:00-10:30', '12-12 9:00', '12-12 10:30'],
    ['昨日の午前9時から11時まで', '12-12 9:00', '12-12 11:00'],
    ['昨天上午9点到11点', '12-12 9:00', '12-12 11:00'],
    ['昨天下午', '12-12 12:00', '12-12 18:00'],
    ['昨夜', '12-12 20:00', '12-13 0:00'],
    ['今天早上', '12-13 5:00', '12-13 12:00'],
    ['1時間前', '12-13 16:50', '12-13 17:10'],
    ['30分钟前', '12-13 17:25', '12-13 17:35'],
    ['过去一小时', '12-13 17:00', '12-13 18:00'],
    ['過去2時間', '12-13 16:00', '12-13 18:00'],
    ['午饭前', '12-13 0:00', '12-13 12:00'],
    ['昼食の後', '12-13 13:00', '12-14 0:00'],
    ['before 3:21 pm', '12-13 0:00', '12-13 15:21'],
    ['下午3点之前', '12-13 0:00', '12-13 15:00'],
  ])('%s', (question, from, before) => {
    expect(readTimes(question, now).span).toEqual(span(from, before));
  });
});

test.each([
  ['on 31.2.2026', '31.2.2026'],
  ['on Feb 30', 'feb 30'],
  ['13/13/2026', '13/13/2026'],
  ['2026-13-45', '2026-13-45'],
  ['at 25:99', '25:99'],
  ['13월 40일', '13월 40일'],
  ['2月31日', '2月31日'],
  ['what did I do tomorrow?', 'tomorrow'],
  ['明天', '明天'],
  ['What happens next Friday?', 'next friday'],
  ['来週の火曜日', '来週'],
  ['上上周五我做了什么？', '上上周'],
  ['先々週の金曜日', '先々週'],
  ['지지난 주 금요일', '지지난 주'],
  ['on Friday of the week before last', 'week before last'],
  ['what did I do 99999999999999999999 days ago?', '99999999999999999999 days ago'],
])('%j has a time that is none', (question, unread) => {
  expect(readTimes(question, now)).toMatchObject({ span: undefined, unread: expect.stringContaining(unread) });
});

test('a span that is longer than any clock begins where the clocks do', () => {
  expect(readTimes(`in the last ${'9'.repeat(400)} hours`, now).span).toEqual({ from: 0, before: now.getTime() });
});

test.each([
  'the page at 80%',
  'version 3.2.1',
  '24/7 support',
  '10.0.0.1',
  'the 2nd monitor',
  'after 1.5 s',
  'the sun',
  'he sat',
  'may I',
  'march on',
  'file 3-4',
])('%j names no time', (question) => {
  expect(readTimes(question, now)).toEqual({ span: undefined, rest: question.toLowerCase() });
});
