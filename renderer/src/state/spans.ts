import type { Span } from '../../../preload/contract.ts';

/** The next midnight in local time; days are not all 24 hours long. */
export function tomorrow(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

/** The local day around a wall clock. */
export function dayOf(at: number): Span {
  return { from: new Date(at).setHours(0, 0, 0, 0), before: tomorrow(at) };
}

/** The local hours of a day: 24, or 23 or 25 when clocks change. */
export function hoursOf(day: Span): Span[] {
  const hours: Span[] = [];
  for (let from = day.from; from < day.before; ) {
    const before = Math.min(day.before, new Date(from).setMinutes(60, 0, 0));
    hours.push({ from, before });
    from = before;
  }
  return hours;
}

/**
 * From the first to the last of these times, with a little room on both sides: a twentieth of it, five seconds at
 * least. Undefined when there are none.
 */
export function spanAround(times: readonly number[]): Span | undefined {
  if (times.length === 0) return undefined;
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = times.reduce((a, b) => Math.max(a, b));
  const room = Math.max(5000, (last - first) / 20);
  return { from: Math.floor(first - room), before: Math.ceil(last + room) };
}

/** Steps between two names of times under a picture, in milliseconds: those that people count in. */
const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600].map((s) => s * 1000);

/** Round local times in a span, at most so many. */
export function ticksOf(
  { from, before }: Span,
  most: number,
): { readonly at: readonly number[]; readonly step: number } {
  const step = steps.find((each) => (before - from) / each <= most) ?? 86_400_000;
  // Time zones differ by quarters of an hour, so that a round hour here need not be one in UTC.
  const shift = new Date(from).getTimezoneOffset() * 60_000;
  const at: number[] = [];
  for (let tick = Math.ceil((from - shift) / step) * step + shift; tick < before; tick += step) at.push(tick);
  return { at, step };
}
