/** All that was said in a span, session by session: what an export of it is made of. */

import type { TimeSpan } from '../../base/time-span.ts';
import { type Connection, utf8 } from '../store/connection.ts';
import type { Utterance } from './moments.ts';
import { type UtteranceRow, utteranceColumns, utteranceOf } from './utterance-rows.ts';

export interface SpokenSession {
  readonly source: string;
  readonly bundle: string;
  readonly fps: number;
  /** Wall clock, milliseconds since 1970. */
  readonly startedAt: number;
  /** Media time of a recording's last frame, seconds: where it ended, if not a little later. None of a live source. */
  readonly end?: number;
  /** In the order of their media time; never empty. */
  readonly utterances: readonly Utterance[];
}

/** Session by session, with the share (0..1) that is done: between two of them the thread can do something else. */
export function* spokenSteps(connection: Connection, { from, before }: TimeSpan): Generator<number, SpokenSession[]> {
  const sessions = connection.all<SessionRow>(
    `SELECT sessions.id, CAST(name AS BLOB) AS source, CAST(bundle AS BLOB) AS bundle, fps, started_at AS startedAt,
            CASE WHEN kind IN ('file', 'stdin') THEN (SELECT max(t) FROM frames WHERE session_id = sessions.id) END AS "end"
     FROM sessions JOIN sources ON sources.id = source_id
     WHERE sessions.id IN (SELECT session_id FROM utterances WHERE at >= ? AND at < ?) ORDER BY sessions.id`,
    ...[from, before],
  );
  const spoken: SpokenSession[] = [];
  for (const [i, { id, source, bundle, fps, startedAt, end }] of sessions.entries()) {
    const rows = connection.all<UtteranceRow>(
      `SELECT ${utteranceColumns} FROM utterances u WHERE session_id = ? AND at >= ? AND at < ? ORDER BY t, id`,
      ...[id, from, before],
    );
    yield (i + 1) / sessions.length;
    // Another program may have forgotten them meanwhile.
    if (rows.length === 0) continue;
    spoken.push({
      ...{ source: utf8(source), bundle: utf8(bundle), fps, startedAt },
      ...(end !== null && { end }),
      utterances: rows.map(utteranceOf),
    });
  }
  return spoken;
}

interface SessionRow {
  readonly id: number;
  readonly source: Uint8Array;
  readonly bundle: Uint8Array;
  readonly fps: number;
  readonly startedAt: number;
  readonly end: number | null;
}
