import type { GapSpan, Span } from '../../preload/contract.ts';
import { type Connection, utf8 } from '../memory/connection.ts';

/** Spans without a picture, in order. A gap is told when it is over, so its end is the time it was told. */
export function gapsIn(connection: Connection, { from, before }: Span): GapSpan[] {
  return connection
    .all<{ from: number; before: number; reason: Uint8Array }>(
      `SELECT at - CAST(1000 * abs(to_t - from_t) AS INTEGER) AS "from", at AS before, CAST(reason AS BLOB) AS reason
       FROM gaps WHERE at >= ? AND at - 1000 * abs(to_t - from_t) < ? ORDER BY at, id`,
      ...[from, before],
    )
    .map(({ reason, ...span }) => ({ ...span, reason: utf8(reason) }));
}

/** The span of a gap that is told at `at`. Media time in seconds, wall clock in milliseconds. */
export function gapSpan(
  gap: { readonly from: number; readonly to: number; readonly reason: string },
  at: number,
): GapSpan {
  return { from: at - Math.round(1000 * Math.abs(gap.to - gap.from)), before: at, reason: gap.reason };
}
