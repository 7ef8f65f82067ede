import { ForgottenLately, type ForgottenSpan } from '../forget/forgotten-lately.ts';
import type { Connection } from '../store/connection.ts';
import { packEmbedding } from '../store/embedding.ts';
import { RecordedBefore } from './recorded-before.ts';
import type { Row, SessionStart } from './recorder-messages.ts';

/** A JPEG and the moment it shows. */
export interface Thumbnail {
  readonly t: number;
  readonly at: number;
  readonly width: number;
  readonly height: number;
  readonly jpeg: Uint8Array;
}

/** Writes one session's rows, a batch a transaction. */
export class BatchWriter {
  readonly #connection: Connection;
  readonly #start: SessionStart;
  readonly #forgotten: ForgottenLately;
  #session: number | undefined;
  /** What an interrupted run of the same stream has written. */
  #recorded: RecordedBefore | undefined;

  constructor(connection: Connection, start: SessionStart) {
    this.#connection = connection;
    this.#start = start;
    this.#forgotten = new ForgottenLately(connection, start.source);
  }

  /** Commits all of it or nothing. Rows of a span that was forgotten since they were seen are left out. */
  write(rows: readonly Row[], thumbnails: readonly Thumbnail[] = []): void {
    if (rows.length === 0 && thumbnails.length === 0) return;
    this.#session = this.#connection.transaction(() => {
      const isForgotten = this.#forgotten.look();
      const session = this.#ensureSession();
      const before = this.#recorded;
      for (const row of rows) if (!isForgotten(row.at) && !before?.hasRow(row)) this.#writeRow(session, row);
      for (const thumbnail of thumbnails) {
        if (!isForgotten(thumbnail.at) && !before?.hasThumbnail(thumbnail)) this.#writeThumbnail(session, thumbnail);
      }
      return session;
    });
  }

  /** What of this session's source was forgotten, by whomever, since this was asked last. */
  forgotten(): ForgottenSpan[] {
    return this.#forgotten.takeSpans();
  }

  /** Notes when the session ended, if there is anything of it. */
  end(endedAt: number): void {
    if (this.#session === undefined) return;
    this.#connection.run('UPDATE sessions SET ended_at = ? WHERE id = ?', endedAt, this.#session);
  }

  /** The session's row: that of the stream, if it is known; made anew under its old number if it was forgotten meanwhile. */
  #ensureSession(): number {
    const connection = this.#connection;
    const session = this.#session;
    if (session !== undefined && connection.get('SELECT 1 FROM sessions WHERE id = ?', session)) return session;
    const { source: name, kind, bundle, encoder, fps, instruction, startedAt, stream } = this.#start;
    const known = connection.get<{ id: number }>('SELECT id FROM sources WHERE name = ?', name)?.id;
    const source = known ?? connection.insert('INSERT INTO sources(name, kind) VALUES (?, ?)', name, kind);
    this.#forgotten.addSource(source);
    const before = session === undefined && stream !== undefined && this.#sessionOf(stream, source);
    if (before) return before;
    // What was typed for a session that was forgotten is forgotten with it.
    const typed = session === undefined ? instruction : undefined;
    return connection.insert(
      `INSERT INTO sessions(id, source_id, bundle, encoder, fps, instruction, started_at, stream)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[session ?? null, source, bundle, encoder ?? null, fps, typed ?? null, startedAt, stream ?? null],
    );
  }

  /** The session of a stream that was interrupted, which goes on; undefined where there is none. */
  #sessionOf(stream: string, source: number): number | undefined {
    const connection = this.#connection;
    const found = connection.get<{ id: number }>(
      'SELECT id FROM sessions WHERE stream = ? AND source_id = ? ORDER BY id DESC LIMIT 1',
      ...[stream, source],
    );
    if (!found) return undefined;
    connection.run('UPDATE sessions SET ended_at = NULL WHERE id = ?', found.id);
    this.#recorded = new RecordedBefore(connection, found.id);
    return found.id;
  }

  #writeRow(session: number, row: Row): void {
    const connection = this.#connection;
    switch (row.type) {
      case 'frame':
        connection.run(
          'INSERT INTO frames(session_id, t, at, p_silent, changed, embedding) VALUES (?, ?, ?, ?, ?, ?)',
          ...[session, row.t, row.at, row.pSilent, row.changed, row.embedding ? packEmbedding(row.embedding) : null],
        );
        break;
      case 'narration':
        connection.run(
          `INSERT INTO utterances(session_id, t, at, kind, text, p_silent) VALUES (?, ?, ?, 'narration', ?, ?)`,
          ...[session, row.t, row.at, row.text.normalize(), row.pSilent],
        );
        break;
      case 'answer':
        connection.run(
          `INSERT INTO utterances(session_id, t, at, kind, query, text) VALUES (?, ?, ?, 'answer', ?, ?)`,
          ...[session, row.t, row.at, row.query.normalize(), row.text.normalize()],
        );
        break;
      case 'gap':
        connection.run(
          'INSERT INTO gaps(session_id, at, from_t, to_t, reason, dropped) VALUES (?, ?, ?, ?, ?, ?)',
          ...[session, row.at, row.from, row.to, row.reason, row.dropped],
        );
        break;
    }
  }

  #writeThumbnail(session: number, { t, at, width, height, jpeg }: Thumbnail): void {
    this.#connection.run(
      'INSERT INTO thumbnails(session_id, t, at, width, height, jpeg) VALUES (?, ?, ?, ?, ?, ?)',
      ...[session, t, at, width, height, jpeg],
    );
  }
}
