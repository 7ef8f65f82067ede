/** Days, spans and times as people type them, in local time. */
import { OnlookerError } from './errors.ts';
import { localClock, localDay } from './output/clock.ts';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** "90s", "5m", "2h", "7d" in milliseconds. @throws OnlookerError `usage` */
export function parseSpan(option: string, text: string): number {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([smhd])\s*$/i.exec(text) ?? [];
  const seconds = Number(digits) * (units[unit?.toLowerCase() ?? ''] ?? Number.NaN);
  if (seconds > 0) return 1000 * seconds;
  throw refused(option, text, 'a span such as 90s, 5m, 2h or 7d');
}

/** A whole day: "2026-05-01", "today", "yesterday"; its beginning and that of the next. @throws OnlookerError `usage` */
export function parseDay(option: string, text: string, now: Date = new Date()): { from: number; before: number } {
  const day = startOfDay(text.trim().toLowerCase(), now);
  if (!day) throw refused(option, text, 'a day such as 2026-05-01, today or yesterday');
  // Not always 24 hours: clocks change.
  const next = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
  return { from: day.getTime(), before: next.getTime() };
}

/** "13:05", "2026-05-01", "2026-05-01 13:05:30", "yesterday 9:00". @throws OnlookerError `usage` */
export function parseTime(option: string, text: string, now: Date = new Date()): number {
  const [, dayText, clock] =
    /^\s*([a-z]+|\d{4}-\d\d-\d\d)?(?:[T ]+|^|$)(\d{1,2}:\d\d(?::\d\d)?)?\s*$/i.exec(text) ?? [];
  const day = dayText || clock ? startOfDay(dayText?.toLowerCase() ?? 'today', now) : undefined;
  const [hours = 0, minutes = 0, seconds = 0] = (clock ?? '').split(':').map(Number);
  if (day && hours < 24 && minutes < 60 && seconds < 60) return day.setHours(hours, minutes, seconds, 0);
  throw refused(option, text, 'a time such as 13:05, "yesterday 9:00" or "2026-05-01 13:05"');
}

/** What `--since` means: a span before now ("2h"), or a time ("today", "13:05"). @throws OnlookerError `usage` */
export function parseSince(option: string, text: string, now: Date = new Date()): number {
  return /^[\d.\s]+[smhd]\s*$/i.test(text) ? now.getTime() - parseSpan(option, text) : parseTime(option, text, now);
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
  return new OnlookerError('usage', `--${option} ${JSON.stringify(text)}: it must be ${what}.`);
}
