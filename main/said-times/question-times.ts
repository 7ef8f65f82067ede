/**
 * The times in a question, in English, Korean, Japanese or Chinese: "before lunch", "yesterday at 3 pm", "Nov 29",
 * "지난 한 시간", "昨日の午後3時", "上周五". A small grammar (docs/memory.md); what it does not know stays a word to look for.
 */

import type { TimeSpan } from '../base/time-span.ts';
import { type SaidDays, type Side, type TakenDays, takeDays } from './days.ts';
import { dayMinutes, type SaidHours, takeHours } from './hours.ts';
import { Remaining } from './remaining.ts';
import { takeSpanUntilNow } from './spans.ts';

export interface QuestionTimes {
  /** Undefined when the question names no time. */
  readonly span: TimeSpan | undefined;
  /** The minute that is named, where it is one. */
  readonly point?: number;
  /** The question without its times. */
  readonly rest: string;
  /** How a date was read that can be read in two ways. */
  readonly note?: string;
  /** What looks like a time and is none that is understood. */
  readonly unread?: string;
}

/** Reads and takes out the times. Local time; `now` is for tests. */
export function readTimes(question: string, now: Date = new Date()): QuestionTimes {
  const text = new Remaining(question);
  const elsewhere = notPast.exec(text.text);
  if (elsewhere) return { span: undefined, rest: text.text, unread: elsewhere[0] };
  const ago = takeSpanUntilNow(text, now.getTime());
  if (ago && 'unread' in ago) return { span: undefined, rest: text.text, unread: ago.unread };
  if (ago) return { span: ago, rest: text.text };
  const first = takeDays(text, now);
  const second = first && 'days' in first ? takeDays(text, now) : undefined;
  const hours = takeHours(text);
  const unread = [first, second].find((taken) => taken && 'unread' in taken) ?? unreadIn(text.text);
  if (unread && 'unread' in unread) return { span: undefined, rest: text.text, unread: unread.unread };
  if (!first && !hours) return { span: undefined, rest: text.text };
  const days = daysOf(first, second);
  const note = days?.note;
  const rest = { rest: text.text, ...(note !== undefined && { note }) };
  if (hours) return { ...spanOfHours(days, hours, now), ...rest };
  const side = second ? undefined : sideOf(first);
  return { span: spanOf(days!, side, now), ...rest };
}

/** The future, and the weeks before the last one: looked for first, because the day in "next Friday" is understood alone. */
const notPast =
  /\b(?:tomorrow|next (?:week|month|year|\w+day))\b|\b(?:week|month) before last\b|내일|다음\s?주|지지난\s?[주달]|明日(?=[のはに])|来週|先[先々][週月]|明天|下[周週]|上上个?(?:[周週月]|星期|礼拜)/u;

/** What looks like a date or an hour and was not taken. */
function unreadIn(rest: string): { readonly unread: string } | undefined {
  const found =
    /(?<![\d.])\d{1,4}([/-])\d{1,2}\1\d{1,4}(?![\d.])|(?<![\d.])\d{1,2}\.\d{1,2}\.\d{4}(?![\d.])|(?<![\d:.])\d{1,2}:\d{2}(?![\d:])/.exec(
      rest,
    ) ?? /\d+\s?[월月]\s?\d+\s?[일日号號]|\d{1,2}\s?[时時点點]\s?\d{1,2}\s?分|\d{1,2}\s?시\s?\d{1,2}\s?분/u.exec(rest);
  const said = found ?? vague.exec(rest);
  return said ? { unread: said[0].trim() } : undefined;
}

/** Times of which only whoever says them knows when they are. */
const vague =
  /\b(?:before|after|during|over|at) (?:breakfast|dinner|supper)\b|\b(?:before|after) (?:work|bed|school)\b|\b(?:half|quarter) (?:past|to)\b|\b(?:recently|lately)(?=\W*$)|(?:퇴근|출근|(?:아침|저녁)\s?(?:먹|식사)\S*)\s*(?:하기\s?)?(?:전|후|때)|최근에|요즘|(?:朝食|朝ご飯|夕食|晩ご飯|仕事)の?[前後]|最近(?!の)|(?:早[饭餐]|晚[饭餐]|上班|下班)(?:之|以)?[前后]/u;

function daysOf(first: TakenDays | undefined, second: TakenDays | undefined): SaidDays | undefined {
  if (!first || !('days' in first)) return undefined;
  if (!second || !('days' in second)) return first.days;
  // "From Nov 27 to Nov 29", in whatever order.
  const [early, late] = first.days.from <= second.days.from ? [first.days, second.days] : [second.days, first.days];
  const note = early.note ?? late.note;
  return { from: early.from, before: late.before, ...(note !== undefined && { note }) };
}

function sideOf(taken: TakenDays | undefined): Side | undefined {
  return taken && 'days' in taken ? taken.side : undefined;
}

/** Everything before a day begins somewhere, and everything since it ends now. */
function spanOf({ from, before }: SaidDays, side: Side | undefined, now: Date): TimeSpan {
  const end = Math.max(now.getTime(), from.getTime()) + 1;
  if (side === 'since') return { from: from.getTime(), before: Math.max(end, before.getTime()) };
  if (side === 'after') return { from: before.getTime(), before: Math.max(end, before.getTime()) };
  if (side === 'before') return { from: 0, before: from.getTime() };
  if (side === 'until') return { from: 0, before: before.getTime() };
  return { from: from.getTime(), before: before.getTime() };
}

/** "At 3 pm", asked in the morning, means the last 3 pm there was. */
function spanOfHours(
  days: SaidDays | undefined,
  { from, before, point }: SaidHours,
  now: Date,
): Pick<QuestionTimes, 'span' | 'point'> {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const day = days?.from ?? (minuteOf(today, from) > now.getTime() ? yesterday : today);
  const last = days ? new Date(days.before.getTime() - 1) : day;
  return {
    span: { from: minuteOf(day, from), before: minuteOf(last, Math.max(before, 0)) },
    ...(point !== undefined && point <= dayMinutes && { point: minuteOf(day, point) }),
  };
}

/** Milliseconds since 1970; not always so many after midnight, for clocks change. */
function minuteOf(day: Date, minutes: number): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 0, minutes).getTime();
}
