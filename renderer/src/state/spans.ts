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
