/**
 * The times in a question, English or Korean: "before lunch", "yesterday at 3 pm", "지난 한 시간", "어제 오후 3시쯤". A small
 * grammar (docs/memory.md); what it does not know stays a word to look for.
 */
import type { TimeSpan } from './timeline.ts';

export interface QuestionTimes {
  /** Undefined when the question names no time. */
  readonly span: TimeSpan | undefined;
  /** The question without its times. */
  readonly rest: string;
}

/** Reads and takes out the times. Local time; `now` is for tests. */
export function readTimes(question: string, now: Date = new Date()): QuestionTimes {
  const text = new Remaining(question.normalize().toLowerCase());
  const ago = relative(text, now.getTime());
  if (ago) return { span: ago, rest: text.text };
  const named = readDay(text, now);
  const hours = readHours(text);
  if (!named && !hours) return { span: undefined, rest: text.text };
  // "At 3 pm", asked in the morning, means the last 3 pm there was.
  const today = startOfDay(now, 0);
  const day = named ?? (minuteOf(today, hours![0]) > now.getTime() ? startOfDay(now, 1) : today);
  const [from, to] = hours ?? [0, dayMinutes];
  return { span: { from: minuteOf(day, from), before: minuteOf(day, to) }, rest: text.text };
}

/** A text from which what was understood is taken out. */
class Remaining {
  text: string;

  constructor(text: string) {
    this.text = text;
  }

  take(pattern: string): readonly (string | undefined)[] | undefined {
    const match = new RegExp(pattern, 'u').exec(this.text);
    if (match) this.text = `${this.text.slice(0, match.index)} ${this.text.slice(match.index + match[0].length)}`;
    return match ?? undefined;
  }
}

const minute = 60_000;
const dayMinutes = 24 * 60;

const units: Readonly<Record<string, number>> = {
  ...{ second: 1000, minute, hour: 60 * minute, day: dayMinutes * minute, week: 7 * dayMinutes * minute },
  ...{ 초: 1000, 분: minute, 시간: 60 * minute, 일: dayMinutes * minute, 주: 7 * dayMinutes * minute },
};
const numbers: Readonly<Record<string, number>> = {
  ...{ a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, ten: 10, 'half an': 0.5 },
  ...{ 한: 1, 두: 2, 세: 3, 네: 4, 다섯: 5, 열: 10 },
};
const amount = '(half an|\\d+|an?|one|two|three|four|five|ten)';
const koreanAmount = '(\\d+|한|두|세|네|다섯|열)';

/** "Last hour", "10 minutes ago": spans that end now, or lie around a time before it. */
function relative(text: Remaining, now: number): TimeSpan | undefined {
  const [, count = '1', unit = ''] =
    text.take(
      `\\b(?:(?:in|over|during|for) )?(?:the )?(?:last|past) (?:${amount} )?(second|minute|hour|day|week)s?\\b`,
    ) ??
    text.take(`(?:지난|최근)\\s*${koreanAmount}?\\s*(초|분|시간|일(?!요일)|주)(?:\\s*(?:동안|간))?에?`) ??
    [];
  if (unit !== '') return { from: now - amountOf(count) * units[unit]!, before: now };
  const [, agoCount, agoUnit = ''] =
    text.take(`\\b${amount} (second|minute|hour|day|week)s? ago\\b`) ??
    text.take(`(?<![\\d시])(?<!시\\s)${koreanAmount}\\s*(초|분|시간|일|주)\\s*전에?`) ??
    [];
  if (agoCount !== undefined) {
    const ago = amountOf(agoCount) * units[agoUnit]!;
    const about = Math.max(minute, ago / 6);
    return { from: now - ago - about, before: Math.min(now, now - ago + about) };
  }
  return text.take('\\bjust now\\b|방금|아까') ? { from: now - 10 * minute, before: now } : undefined;
}

function amountOf(text: string): number {
  return numbers[text] ?? Number(text);
}

const weekdays = ['sun', 'mon', 'tues', 'wednes', 'thurs', 'fri', 'satur'];
const koreanWeekdays = '일월화수목금토';

function readDay(text: Remaining, now: Date): Date | undefined {
  const [, year, month, date] = (text.take('(?:\\bon )?\\b(\\d{4})-(\\d\\d)-(\\d\\d)\\b에?') ?? []).map(Number);
  if (year !== undefined) return new Date(year, month! - 1, date);
  if (text.take('\\bthe day before yesterday\\b|그저께|그제|엊그제')) return startOfDay(now, 2);
  // The night keeps its name.
  if (text.take('\\byesterday\\b|어제|\\blast (?=night\\b)|어젯(?=밤)')) return startOfDay(now, 1);
  if (text.take('\\btoday\\b|오늘|\\bthis (?=morning\\b|afternoon\\b|evening\\b)')) return startOfDay(now, 0);
  const english = text.take(`\\b(?:(?:on|last) )*(${weekdays.join('|')})day\\b`)?.[1];
  const korean = text.take(`(?:지난\\s*)?([${koreanWeekdays}])요일에?`)?.[1];
  if (english === undefined && korean === undefined) return undefined;
  const weekday = english === undefined ? koreanWeekdays.indexOf(korean!) : weekdays.indexOf(english);
  // The last one that is over, or today.
  return startOfDay(now, (now.getDay() - weekday + 7) % 7);
}

const hour = '(?<!\\d)(?:[01]?\\d|2[0-4])';
const koreanHour = `(?:오전|오후|아침|저녁|밤)?\\s*${hour}시(?!간)(?:\\s*\\d{1,2}분|\\s*반)?|정오`;
const englishHour = `${hour}(?::\\d\\d)?\\s?[ap]\\.?m\\b\\.?|${hour}:\\d\\d|${hour}(?: o'clock)?(?![\\d.:]|\\s*[시분])|noon|midday`;
const clock = `(${englishHour}|lunch(?:time)?|${koreanHour}|점심(?:\\s*시간)?)`;

type Hours = readonly [from: number, to: number];

/** How far around "at 3 pm" is looked, minutes. */
const around = 10;

/** Minutes of the day. */
function readHours(text: Remaining): Hours | undefined {
  const between =
    text.take(`\\b(?:between|from) ${clock} (?:and|to|until|till) ${clock}`) ??
    text.take(`${clock}\\s*(?:부터|에서)\\s*${clock}\\s*(?:까지|사이)에?`);
  if (between) {
    const [from, to] = [clockOf(between[1]!)[0], clockOf(between[2]!)[1]];
    return [from, to < from ? to + dayMinutes : to];
  }
  const before =
    text.take(`\\b(?:before|until|till|by) ${clock}`) ?? text.take(`${clock}(?:\\s*먹기)?\\s*(?:이?전|까지)에?`);
  if (before) return [0, clockOf(before[1]!)[0]];
  const after = text.take(`\\b(?:after|since|from) ${clock}`) ?? text.take(`${clock}\\s*(?:이후|후|부터)에?`);
  if (after) return [clockOf(after[1]!)[1], dayMinutes];
  const at =
    text.take(`\\b(?:at|around|about|during|over) ${clock}`) ??
    text.take(`(${koreanHour}|점심)\\s*(?:쯤|경|때|시간)?에?`);
  if (at) {
    const [from, to] = clockOf(at[1]!);
    return from === to ? [from - around, to + around] : [from, to];
  }
  for (const [pattern, hours] of partsOfDay) if (text.take(pattern)) return hours;
  return undefined;
}

const partsOfDay: readonly (readonly [string, Hours])[] = [
  ['(?:\\bin )?(?:\\bthe )?\\bmorning\\b|아침에?|오전에?', [5 * 60, 12 * 60]],
  ['(?:\\bin )?(?:\\bthe )?\\bafternoon\\b|오후에?', [12 * 60, 18 * 60]],
  ['(?:\\bin )?(?:\\bthe )?\\bevening\\b|저녁에?', [18 * 60, 22 * 60]],
  ['(?:\\bat )?\\bnight\\b|밤에?', [20 * 60, dayMinutes]],
];

/** Lunch is from 12 to 13 o'clock; everything else is a point. */
function clockOf(text: string): Hours {
  if (/^(lunch|점심)/.test(text)) return [12 * 60, 13 * 60];
  if (/^(noon|midday|정오)/.test(text)) return [12 * 60, 12 * 60];
  const [, digits, minutes] = /(\d{1,2})(?::|시\s*)?(\d{1,2}|반)?/u.exec(text) ?? [];
  const named = Number(digits);
  const isMorning = /a\.?m|오전|아침/.test(text) || (text.includes('밤') && named <= 5);
  // Without a hint, people mean the hours they are awake: 1 to 6 are in the afternoon, unless written as 3:05.
  const isAfternoon = /p\.?m|오후|저녁|밤/.test(text) || (!text.includes(':') && named >= 1 && named <= 6);
  const at = 60 * ((named % 12) + (!isMorning && (isAfternoon || named >= 12) ? 12 : 0));
  const past = minutes === '반' ? 30 : Number(minutes ?? 0);
  return [at + past, at + past];
}

function startOfDay(now: Date, daysAgo: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo);
}

/** Milliseconds since 1970; not always so many after midnight, for clocks change. */
function minuteOf(day: Date, minutes: number): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 0, minutes).getTime();
}
