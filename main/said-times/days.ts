/** Days as people of English, Korean, Japanese and Chinese say and write them. */
import type { Remaining } from './remaining.ts';

/** Midnight to midnight, local time. */
export interface SaidDays {
  readonly from: Date;
  readonly before: Date;
  /** How it was read, where it can be read in two ways. */
  readonly note?: string;
}

/** What stands before or behind a day or an hour and says which side of it is meant. */
export type Side = 'since' | 'after' | 'before' | 'until';

/** A day with its side, or something that looks like a day and is none. */
export type TakenDays = { readonly days: SaidDays; readonly side?: Side | undefined } | { readonly unread: string };

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const month =
  '(?<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\b\\.?';
const dayNumber = '(?<d>\\d{1,2})(?:st|nd|rd|th)?(?![\\d:]|\\s?[ap]\\.?m)';
const ofYear = '(?:,?\\s+(?<y>\\d{4})(?!\\d|:))?';

const before = '(?:\\b(?<pre>since|from|after|before|until|till|by|between|through|to|and|on|at)\\s+)?(?:\\bthe\\s+)?';
const behind =
  '(?:\\s*(?<post>부터|이후|이전|전(?=에|의|\\s|$)|까지|から|以降|以後|以前|より前|まで|之前|以前|之后|以后|前(?=[的,，\\s])|后))?(?:에|の|に|的)?';

/** Written dates, by what they have; the first that fits is taken. */
const forms: readonly string[] = [
  '(?<![\\d.])(?<y>\\d{4})\\s?[-/.]\\s?(?<m>\\d{1,2})\\s?[-/.]\\s?(?<d>\\d{1,2})\\.?(?!\\d)(?:t(?=\\d))?',
  '(?:(?<y>\\d{4})\\s?[년年]\\s?)?(?<![\\d])(?<m>\\d{1,2})\\s?[월月]\\s?(?<d>\\d{1,2})\\s?[일日号號]',
  `\\b${month}\\s?${dayNumber}${ofYear}`,
  `(?<![\\d:.])${dayNumber}\\s?(?:of\\s+)?\\b${month}${ofYear}`,
  '(?<![\\d./:-])(?<a>\\d{1,2})(?<sign>[/.-])(?<b>\\d{1,2})\\k<sign>(?<y>\\d{4}|\\d{2})(?![\\d./-])',
];
/** Only with a word that says that it is a day. */
const marked: readonly string[] = [
  '(?<=\\b(?:on|since|from|after|before|until|till|by|to|and)\\s)(?<a>\\d{1,2})(?<sign>/)(?<b>\\d{1,2})(?![\\d/])',
  '(?<=\\b(?:on|since|from|after|before|until|till|by|to|and)\\s)(?<a>\\d{1,2})(?<sign>\\.)(?<b>\\d{1,2})\\.(?!\\d)',
  '(?<=\\bon\\s)(?<a>\\d{1,2})(?<sign>\\.)(?<b>\\d{2})(?![\\d.])',
  '(?<![\\d/])(?<a>\\d{1,2})(?<sign>/)(?<b>\\d{1,2})(?=\\s?(?:에|の|に|부터|から|まで|까지))',
  `(?<=\\bthe\\s)(?<d>\\d{1,2})(?:st|nd|rd|th)\\b(?=\\s*(?:[?.!,]|$|(?:at|in|before|after|around|from|between|until|to|and)\\b))`,
  '(?<![\\d월月]\\s?)(?<d>\\d{1,2})(?:일(?=에|은|의)|[号號]|日(?=[にのは]))',
];

/** Takes out the first day there is; undefined when there is none. `now` is the day from which it is told. */
export function takeDays(text: Remaining, now: Date): TakenDays | undefined {
  text.text = withYear(text.text, now.getFullYear());
  for (const form of [...forms, ...marked]) {
    const found = text.take(`${before}${form}${behind}`);
    if (!found) continue;
    const days = written(found.groups ?? {}, now);
    return days ? { days, side: sideOf(found) } : { unread: found[0].trim() };
  }
  return takeMonth(text, now) ?? takeNamed(text, now) ?? takeCalendar(text, now);
}

/** The day that a form has named; undefined for the 31st of February. */
function written(groups: Readonly<Record<string, string | undefined>>, now: Date): SaidDays | undefined {
  const { y, m, d, name, a, b, sign } = groups;
  const year = y === undefined ? undefined : y.length === 2 ? 2000 + Number(y) : Number(y);
  if (a !== undefined && b !== undefined) return eitherWay(Number(a), Number(b), { sign, year, now });
  const number = name === undefined ? m : String(monthNames.indexOf(name.slice(0, 3)) + 1);
  return dayOf(year, number === undefined ? undefined : Number(number), Number(d), now);
}

/** 29.11. is the 29th of November, and so is 11/29; 3/4 depends on the country, and that is told. */
function eitherWay(
  a: number,
  b: number,
  { sign, year, now }: { readonly sign: string | undefined; readonly year: number | undefined; readonly now: Date },
): SaidDays | undefined {
  const dayFirst = dayOf(year, b, a, now);
  const monthFirst = dayOf(year, a, b, now);
  if (!dayFirst || !monthFirst || a === b) return dayFirst ?? monthFirst;
  if (sign === '.') return dayFirst;
  const [chosen, other] = systemNamesDayFirst() ? [dayFirst, monthFirst] : [monthFirst, dayFirst];
  const typed = `${a}${sign}${b}`;
  const note = `I read ${typed} as ${isoDay(chosen.from)}; for ${isoDay(other.from)} write it like that.`;
  return { ...chosen, note };
}

/** Whether the system's language writes the day before the month, as British English does. */
function systemNamesDayFirst(): boolean {
  const parts = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'numeric' }).formatToParts(0);
  const types = parts.map(({ type }) => type);
  return types.indexOf('day') < types.indexOf('month');
}

/** Without a year, or a month, the last one that there was. */
function dayOf(
  year: number | undefined,
  monthNumber: number | undefined,
  date: number,
  now: Date,
): SaidDays | undefined {
  const inMonth = monthNumber === undefined ? now.getMonth() : monthNumber - 1;
  const steps = year !== undefined ? [0] : monthNumber === undefined ? [0, 1, 2] : [0, 12, 24, 36, 48];
  for (const back of steps) {
    const day = new Date(year ?? now.getFullYear(), inMonth - back, date);
    const first = new Date(year ?? now.getFullYear(), inMonth - back, 1);
    const exists = day.getMonth() === first.getMonth() && date > 0 && inMonth >= 0 && inMonth < 12;
    if (exists && (year !== undefined || day <= now)) return oneDay(day);
  }
  return undefined;
}

/** "Last year in May" and 去年5月 with the number of that year. */
function withYear(text: string, thisYear: number): string {
  const year = (said: string) => thisYear - (/last|작년|지난|去|昨/.test(said) ? 1 : 0);
  return text
    .replace(
      /(?:작년|지난\s?해|올해|去年|昨年|今年)(?:의|の|的)?\s?(?=\d{1,2}\s?[월月])/u,
      (said) => `${year(said)}년 `,
    )
    .replace(
      new RegExp(`(?<=\\b${month}(?:\\s\\d{1,2}(?:st|nd|rd|th)?)?),? (?:of )?(?:last|this) year\\b`),
      (said) => ` ${year(said)}`,
    )
    .replace(new RegExp(`\\b(last|this) year in ${month}`), (_, which, name) => `in ${name} ${year(which)}`);
}

function takeMonth(text: Remaining, now: Date): TakenDays | undefined {
  const found =
    text.take(
      `\\b(?:(?<pre>in|during|since|from|until|till|before|after|to(?=\\s+(?!may|mar)))|(?<last>last|past|this))\\s+${month}${ofYear}`,
    ) ??
    text.take(
      '(?:(?<y>\\d{4})\\s?[년年]\\s?)?(?<!\\d)(?<m>\\d{1,2})\\s?[월月](?=에|の|に|的|份|中|[\\s,?？]|$)(?:에|の|に|份)?',
    );
  const { y, m, name, last } = found?.groups ?? {};
  if (!found) return undefined;
  const number = name === undefined ? Number(m) : monthNames.indexOf(name.slice(0, 3)) + 1;
  if (number < 1 || number > 12) return { unread: found[0].trim() };
  const isToCome = number - 1 > now.getMonth() || (last === 'last' && number - 1 === now.getMonth());
  const year = y === undefined ? now.getFullYear() - (isToCome ? 1 : 0) : Number(y);
  return { days: { from: new Date(year, number - 1), before: new Date(year, number) }, side: sideOf(found) };
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const english = '(?<en>(?:sun|mon|tues|wednes|thurs|fri|satur)day)\\b';
/** "Sun", "sat" and "wed" are words, too: a short name needs a word before it. */
const short = '(?<en>sun|mon|tues?|wed|thu(?:rs?)?|fri|sat)\\b\\.?';
const korean = '(?<ko>[일월화수목금토])요일';
const japanese = '(?<ja>[日月火水木金土])曜日?';
const chinese = '(?:星期|礼拜|週|周)(?<zh>[日天一二三四五六])';

/** Days by their names. */
function takeNamed(text: Remaining, now: Date): TakenDays | undefined {
  const ago = (pattern: string, days: number): TakenDays | undefined => {
    const found = text.take(`${before}(?:${pattern})${behind}`);
    return found && { days: oneDay(daysAgo(now, days)), side: sideOf(found) };
  };
  return (
    ago('그끄저께|さきおととい|大前天', 3) ??
    ago('\\bday before yesterday\\b|그저께|그제|엊그제|一昨日|おととい|前天', 2) ??
    // The night keeps its name.
    ago('\\byesterday\\b|어제|\\blast (?=night\\b)|어젯(?=밤)|昨日|昨天|きのう|昨(?=[夜晩晚])', 1) ??
    ago('\\btoday\\b|오늘|今日|今天|きょう|\\bthis (?=morning\\b|afternoon\\b|evening\\b)|今(?=[朝夜晩晚早])', 0) ??
    takeWeekday(text, now)
  );
}

function takeWeekday(text: Remaining, now: Date): TakenDays | undefined {
  const week = '(?<week>지난\\s?주|先週|上\\s?个?(?=星期|礼拜|[週周]))';
  const found =
    text.take(`${before}(?<last>last\\s+|past\\s+|this\\s+)?\\b${english}(?<week>\\s+last\\s+week)?${behind}`) ??
    text.take(`\\b(?:(?<pre>on|since|from|after|before|until|till|by)|(?<last>last|past|this))\\s+${short}${behind}`) ??
    text.take(`(?:${week}\\s?の?\\s?)?(?<last>지난\\s?|この前の|前の)?(?:${korean}|${japanese}|${chinese})${behind}`);
  if (!found) return undefined;
  const { en, ko, ja, zh, last, week: ofLastWeek } = found.groups ?? {};
  const weekday =
    en !== undefined
      ? weekdays.indexOf(en.slice(0, 3))
      : Math.max(
          '일월화수목금토'.indexOf(ko ?? '-'),
          '日月火水木金土'.indexOf(ja ?? '-'),
          '日一二三四五六'.indexOf((zh ?? '-').replace('天', '日')),
        );
  const passed = (now.getDay() - weekday + 7) % 7;
  if (ofLastWeek !== undefined) {
    const sinceMonday = (now.getDay() + 6) % 7;
    return { days: oneDay(daysAgo(now, sinceMonday + 7 - ((weekday + 6) % 7))), side: sideOf(found) };
  }
  // The last one that is over, or today; "last Friday" on a Friday is that of the week before.
  const isToday = passed === 0 && last !== undefined && !last.startsWith('this');
  return { days: oneDay(daysAgo(now, isToday ? 7 : passed)), side: sideOf(found) };
}

/** Weeks, which begin on Monday, and months of the calendar; "last week" is a span that ends now (spans.ts). */
function takeCalendar(text: Remaining, now: Date): TakenDays | undefined {
  const take = (pattern: string) => text.take(`${before}(?:${pattern})${behind}`);
  const monday = (weeksAgo: number) => daysAgo(now, ((now.getDay() + 6) % 7) + 7 * weeksAgo);
  const first = (monthsAgo: number) => new Date(now.getFullYear(), now.getMonth() - monthsAgo);
  const weekend = take('\\b(?:last|past|this|the) weekend\\b|(?:지난\\s?)?주말|先?週末|上?周末');
  if (weekend) {
    const sinceSaturday = (now.getDay() + 1) % 7;
    const isLast = /last|past|지난|先|上/.test(weekend[0]);
    const saturday = daysAgo(now, sinceSaturday + (isLast && sinceSaturday < 2 ? 7 : 0));
    const monday = new Date(saturday.getFullYear(), saturday.getMonth(), saturday.getDate() + 2);
    return { days: { from: saturday, before: monday }, side: sideOf(weekend) };
  }
  const numbered =
    text.take('\\b(?<pre>in|during|since|before|after|until) (?<y>20[0-4]\\d)(?![\\d.:/-])') ??
    text.take(`(?<!\\d)(?<y>20[0-4]\\d)\\s?[년年]${behind}`);
  const years = (year: number) => ({ from: new Date(year, 0), before: new Date(year + 1, 0) });
  if (numbered) return { days: years(Number(numbered.groups!.y)), side: sideOf(numbered) };
  const spans: readonly (readonly [string, Date, Date])[] = [
    ['\\bthis week\\b|이번\\s?주|今週|这周|本周|这个?星期', monday(0), monday(-1)],
    ['先週|上周|上个?星期', monday(1), monday(0)],
    ['\\blast month\\b|지난\\s?달|先月|上个?月', first(1), first(0)],
    ['\\blast year\\b|작년|지난\\s?해|去年|昨年', new Date(now.getFullYear() - 1, 0), new Date(now.getFullYear(), 0)],
    ['\\bthis year\\b|올해|今年', new Date(now.getFullYear(), 0), new Date(now.getFullYear() + 1, 0)],
    ['\\bthis month\\b|이번\\s?달|今月|这个?月|本月', first(0), first(-1)],
  ];
  for (const [pattern, from, end] of spans) {
    const found = take(pattern);
    if (found) return { days: { from, before: end }, side: sideOf(found) };
  }
  return undefined;
}

const sides: Readonly<Record<string, Side>> = {
  ...{ since: 'since', from: 'since', after: 'after', before: 'before', until: 'until', till: 'until', by: 'until' },
  ...{
    부터: 'since',
    이후: 'since',
    이전: 'before',
    전: 'before',
    까지: 'until',
    から: 'since',
    以降: 'since',
    以後: 'since',
  },
  ...{
    以前: 'before',
    より前: 'before',
    まで: 'until',
    之前: 'before',
    之后: 'after',
    以后: 'since',
    前: 'before',
    后: 'after',
  },
};

function sideOf({ groups }: RegExpExecArray): Side | undefined {
  return sides[groups?.pre ?? ''] ?? sides[groups?.post ?? ''];
}

function oneDay(day: Date): SaidDays {
  return { from: day, before: new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1) };
}

function daysAgo(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
}

function isoDay(day: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
