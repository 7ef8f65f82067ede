/** The memory as a line of time: what was said, shown and decided in a span of it, a page at a time. */
import { type Connection, utf8 } from './connection.ts';
import { intoMoments, type Moment } from './moments.ts';

/** Wall clock, milliseconds since 1970: from this on, and before that. */
export interface TimeSpan {
  readonly from: number;
  readonly before: number;
}

/** Texts of a page, at most; a page of moments has as many or fewer. */
const pageRows = 200;

export interface MomentPage {
  readonly moments: readonly Moment[];
  /** Where the next page begins; undefined behind the last one. */
  readonly next?: number;
}

/** Moments of the span in the order in which they were watched; `after` is the `next` of the page before. */
export function momentsIn(connection: Connection, { from, before }: TimeSpan, after = 0): MomentPage {
  const rows = connection.all<{
    id: number;
    session: number;
    source: Uint8Array;
    t: number;
    at: number;
    query: Uint8Array | null;
    text: Uint8Array;
  }>(
    `SELECT u.id, session_id AS session, CAST(name AS BLOB) AS source, t, at,
            CAST(query AS BLOB) AS query, CAST(text AS BLOB) AS text
     FROM utterances u JOIN sessions ON sessions.id = session_id JOIN sources ON sources.id = source_id
     WHERE at >= ? AND at < ? AND u.id > ? ORDER BY u.id LIMIT ${pageRows}`,
    ...[from, before, after],
  );
  const hits = rows.map(({ id, session, source, t, at, query, text }) => ({
    ...{ id, session, source: utf8(source), rank: 0, matched: [] },
    utterance: {
      ...{ t, at, kind: query === null ? ('narration' as const) : ('answer' as const), text: utf8(text) },
      ...(query !== null && { query: utf8(query) }),
    },
  }));
  const moments = intoMoments(hits).sort((a, b) => a.session - b.session || a.from - b.from);
  return { moments, ...(rows.length === pageRows && { next: rows.at(-1)!.id }) };
}
