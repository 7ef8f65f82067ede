import { type Connection, utf8 } from './connection.ts';

/** One run over one source. Wall clock in milliseconds since 1970. */
export interface Session {
  readonly id: number;
  readonly source: string;
  readonly bundle: string;
  readonly startedAt: number;
  /** Undefined while it goes on, and where the program was killed. */
  readonly endedAt?: number;
}

/** The latest sessions, latest first; default 100 of them. */
export function latestSessions(connection: Connection, limit = 100): Session[] {
  return connection
    .all<{ id: number; source: Uint8Array; bundle: Uint8Array; startedAt: number; endedAt: number | null }>(
      `SELECT sessions.id, CAST(name AS BLOB) AS source, CAST(bundle AS BLOB) AS bundle,
              started_at AS startedAt, ended_at AS endedAt
       FROM sessions JOIN sources ON sources.id = source_id ORDER BY sessions.id DESC LIMIT ?`,
      limit,
    )
    .map(({ id, source, bundle, startedAt, endedAt }) => ({
      ...{ id, source: utf8(source), bundle: utf8(bundle), startedAt },
      ...(endedAt !== null && { endedAt }),
    }));
}
