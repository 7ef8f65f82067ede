import type { GapSpan, Span } from '../../preload/contract.ts';
import type { GapEvent } from '../live/events.ts';
import { type Connection, utf8 } from '../memory/store/connection.ts';

/**
 * Spans without a picture, in order. A gap is told when it is over, right before the next frame: it began with the last
 * frame before that. Its media time does not say so, because a recording that is paused stands still.
 * Where only the pictures are missing, frames go on, and it does.
 */
export function gapsIn(connection: Connection, { from, before }: Span): GapSpan[] {
  return connection
    .all<{ from: number; before: number; reason: Uint8Array }>(
      `SELECT * FROM (
         SELECT CASE WHEN reason = 'pictures' THEN at - CAST(1000 * abs(to_t - from_t) AS INTEGER) ELSE coalesce(
             (SELECT max(at) FROM frames WHERE session_id = gaps.session_id AND at < gaps.at),
             at - CAST(1000 * abs(to_t - from_t) AS INTEGER)
           ) END AS "from", at AS before, CAST(reason AS BLOB) AS reason
         FROM gaps WHERE at >= ?
       ) WHERE "from" < ? ORDER BY before`,
      ...[from, before],
    )
    .map(({ reason, ...span }) => ({ ...span, reason: utf8(reason) }));
}

/** A gap that is told now, in wall clock. @param lastFrameAt of the last frame before it */
export function gapSpan({ from, to, reason }: GapEvent, lastFrameAt: number | null): GapSpan {
  const now = Date.now();
  return { from: lastFrameAt ?? now - Math.round(1000 * Math.abs(to - from)), before: now, reason };
}
