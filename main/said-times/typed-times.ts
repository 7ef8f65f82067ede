/** Days, spans and times as people type them: of a recording, or of the day in local time. */

import { localClock, localDay } from '../base/clock.ts';
import { OnlookerError } from '../base/errors.ts';
import type { TimeSpan } from '../base/time-span.ts';
import { readTimes } from './question-times.ts';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Thirty years: longer than any recording, and still exact to the microsecond. */
const mostSeconds = 1e9;

/**
 * A time in a recording, or a length, in seconds: "70.5", or as it is printed: [HH:]MM:SS[.f], "1:10.5".
 * @param wanted `above`: whether 0 is too little; `most`: seconds, by default thirty years
 * @throws OnlookerError `usage`
 */
export function parseSeconds(
  option: string,
  text: string,
  wanted: { readonly above?: boolean; readonly most?: number } = {},
): number {
  const { above = false, most } = wanted;
  const seconds = clockSeconds(text.trim());
  if (seconds !== undefined && seconds <= (most ?? mostSeconds) && (above ? seconds > 0 : seconds >= 0)) return seconds;
  const size = above ? 'a length above 0' : 'a time of 0 or more';
  const tooMuch = seconds !== undefined && seconds > (most ?? mostSeconds);
  const limit = most === undefined && !tooMuch ? '' : ` and at most ${most ?? mostSeconds} s`;
  throw refused(option, text, `${size}${limit}, in seconds (70.5) or as [HH:]MM:SS (1:10.5)`);
}

/** Minutes may pass 59 where no hours are given. Undefined when it is no time. */
function clockSeconds(text: string): number | undefined {
  if (/^(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text);
  const [, hours, minutes, seconds] = /^(?:(\d+):(?=[0-5]?\d:))?(\d+):([0-5]\d(?:\.\d*)?)$/.exec(text) ?? [];
  if (minutes === undefined) return undefined;
  return Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** "90s", "5m", "2h", "7d", or [HH:]MM:SS[.f], in milliseconds. @throws OnlookerError `usage` */
export function parseSpan(option: string, text: string): number {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([smhd])\s*$/i.exec(text) ?? [];
  const clock = text.includes(':') ? clockSeconds(text.trim()) : undefined;
  const seconds = clock ?? Number(digits) * (units[unit?.toLowerCase() ?? ''] ?? Number.NaN);
  if (seconds > 0) return 1000 * seconds;
  throw refused(option, text, 'a span such as 90s, 5m, 2h, 7d or 1:30');
}

/** A whole day: "2026-05-01", "today", "yesterday"; its beginning and that of the next. @throws OnlookerError `usage` */
export function parseDay(option: string, text: string, now: Date = new Date()): { from: number; before: number } {
  const day = startOfDay(text.trim().toLowerCase(), now);
  const said = day ? undefined : understood(option, text, now);
  if (said && said.point === undefined) return said.span;
  if (!day) throw refused(option, text, 'a day such as 2026-05-01, 1 May, last Friday, today or yesterday');
  // Not always 24 hours: clocks change.
  const next = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
  return { from: day.getTime(), before: next.getTime() };
}

/** "13:05", "2026-05-01", "2026-05-01 13:05:30.5", "yesterday 9:00". @throws OnlookerError `usage` */
export function parseTime(option: string, text: string, now: Date = new Date()): number {
  const [, dayText, clock] =
    /^\s*([a-z]+|\d{4}-\d\d-\d\d)?(?:[T ]+|^|$)(\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?\s*$/i.exec(text) ?? [];
  const day = dayText || clock ? startOfDay(dayText?.toLowerCase() ?? 'today', now) : undefined;
  const [hours = 0, minutes = 0, seconds = 0] = (clock ?? '').split(':').map(Number);
  if (day && hours < 24 && minutes < 60 && seconds < 60) {
    return day.setHours(hours, minutes, Math.floor(seconds), Math.floor((seconds % 1) * 1000));
  }
  const said = understood(option, text, now);
  if (said) return said.point ?? said.span.from;
  throw refused(option, text, 'a time such as 13:05, "yesterday 9:00", "1 May, 3:05 pm" or "2026-05-01 13:05"');
}

/** What `--since` means: a span before now ("2h"), or a time ("today", "13:05"). @throws OnlookerError `usage` */
export function parseSince(option: string, text: string, now: Date = new Date()): number {
  return /^[\d.\s]+[smhd]\s*$/i.test(text) ? now.getTime() - parseSpan(option, text) : parseTime(option, text, now);
}

/** A day or a minute as people say it in a question, and nothing else beside it. */
function understood(
  option: string,
  text: string,
  now: Date,
): { span: TimeSpan; point: number | undefined } | undefined {
  const { span, point, rest, unread, note } = readTimes(text, now);
  if (note !== undefined) throw refused(option, text, 'written as 2026-05-01, because it can be two days');
  if (!span || unread !== undefined || /[\p{L}\p{N}]/u.test(rest)) return undefined;
  return { span, point };
}

/** "2026-05-01 13:05:30" */
export function localTime(at: number): string {
  return `${localDay(at)} ${localClock(at, { seconds: true })}`;
}

function startOfDay(text: string, now: Date): Date | undefined {
  const ago = { today: 0, yesterday: 1 }[text];
  if (ago !== undefined) return new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago);
  const [, year, month, date] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const day = new Date(year, month - 1, date);
  return day.getMonth() === month - 1 && day.getDate() === date ? day : undefined; // no 31st of April
}

function refused(option: string, text: string, what: string): OnlookerError {
  return new OnlookerError('usage', `--${option} ${JSON.stringify(text.slice(0, 100))}: it must be ${what}.`);
}
