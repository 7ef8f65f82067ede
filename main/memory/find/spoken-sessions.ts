/** All that was said in a span, session by session: what an export of it is made of. */

import type { TimeSpan } from '../../base/time-span.ts';
import { type Connection, utf8 } from '../store/connection.ts';
import type { Utterance } from './moments.ts';
import { momentsIn } from './timeline.ts';

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

export function spokenSessions(connection: Connection, span: TimeSpan): SpokenSession[] {
  const sessions = new Map<number, Utterance[]>();
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = momentsIn(connection, span, after);
    for (const { session, utterances } of page.moments) {
      const known = sessions.get(session) ?? [];
      sessions.set(session, known);
      known.push(...utterances);
    }
    after = page.next;
  }
  return [...sessions]
    .sort(([a], [b]) => a - b)
    .flatMap(([session, utterances]) => spoken(connection, session, utterances));
}

/** None of a session that was forgotten meanwhile. */
function spoken(connection: Connection, session: number, utterances: Utterance[]): SpokenSession[] {
  const row = connection.get<{
    source: Uint8Array;
    bundle: Uint8Array;
    fps: number;
    startedAt: number;
    end: number | null;
  }>(
    `SELECT CAST(name AS BLOB) AS source, CAST(bundle AS BLOB) AS bundle, fps, started_at AS startedAt,
            CASE WHEN kind IN ('file', 'stdin') THEN (SELECT max(t) FROM frames WHERE session_id = sessions.id) END AS "end"
     FROM sessions JOIN sources ON sources.id = source_id WHERE sessions.id = ?`,
    session,
  );
  if (!row) return [];
  const { source, bundle, fps, startedAt, end } = row;
  return [
    {
      ...{ source: utf8(source), bundle: utf8(bundle), fps, startedAt },
      ...(end !== null && { end }),
      utterances: utterances.sort((a, b) => a.t - b.t),
    },
  ];
}
