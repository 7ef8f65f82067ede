import type { Connection } from '../store/connection.ts';
import type { Row } from './recorder-messages.ts';

/**
 * What a session has of a stream that was interrupted. A run that goes on from a snapshot sees again what came behind
 * it, and decides the same: what is written already is not written twice. Seconds are media time.
 */
export class RecordedBefore {
  readonly #connection: Connection;
  readonly #session: number;
  /** Media time of the last of it: nothing behind that is looked for. */
  readonly #until: number;
  readonly #picturesUntil: number;

  constructor(connection: Connection, session: number) {
    this.#connection = connection;
    this.#session = session;
    const last = (table: string, column: string) =>
      connection.get<{ t: number | null }>(`SELECT max(${column}) AS t FROM ${table} WHERE session_id = ?`, session)
        ?.t ?? Number.NEGATIVE_INFINITY;
    this.#until = Math.max(last('frames', 't'), last('utterances', 't'), last('gaps', 'to_t'));
    this.#picturesUntil = last('thumbnails', 't');
  }

  hasRow(row: Row): boolean {
    switch (row.type) {
      case 'frame':
        return this.#has('frames', row.t, 't = ?', row.t);
      case 'narration':
        return this.#has('utterances', row.t, "t = ? AND kind = 'narration'", row.t);
      case 'answer':
        return this.#has(
          ...(['utterances', row.t, "t = ? AND kind = 'answer' AND query = ? AND text = ?"] as const),
          ...[row.t, row.query.normalize(), row.text.normalize()],
        );
      case 'gap':
        return this.#has('gaps', row.to, 'from_t = ? AND to_t = ? AND reason = ?', row.from, row.to, row.reason);
    }
  }

  /** The moments of pictures are chosen anew, so a span that has some gets no others. */
  hasThumbnail({ t }: { readonly t: number }): boolean {
    return t <= this.#picturesUntil;
  }

  #has(table: string, t: number, condition: string, ...values: readonly (string | number)[]): boolean {
    if (t > this.#until) return false;
    const sql = `SELECT 1 FROM ${table} WHERE session_id = ? AND ${condition} LIMIT 1`;
    return this.#connection.get(sql, this.#session, ...values) !== undefined;
  }
}
