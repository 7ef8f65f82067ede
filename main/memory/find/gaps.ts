import type { TimeSpan } from '../../base/time-span.ts';
import { type Connection, utf8 } from '../store/connection.ts';

/** A span without a picture, wall clock in milliseconds since 1970. */
export interface Gap extends TimeSpan {
  readonly reason: string;
}

/**
 * Spans without a picture, in order. A gap is told when it is over, right before the next frame: it began with the last
 * frame before that. Its media time does not say so, because a recording that is paused stands still.
 * Where only the pictures are missing, frames go on, and it does.
 */
export function gapsIn(connection: Connection, { from, before }: TimeSpan): Gap[] {
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
