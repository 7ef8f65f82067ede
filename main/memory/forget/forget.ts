/** Forgetting: rows, their words, their pictures, and the places on disk where all that stood. */
import type { Connection } from '../store/connection.ts';
import { guarded } from '../store/failures.ts';

/** What is to be forgotten: everything that lies in the span and comes from the source. */
export interface Forgetting {
  /** Wall clock, milliseconds since 1970, both included; default: from the beginning, to the end. */
  readonly from?: number;
  readonly to?: number;
  /** Id of a source; default all of them. */
  readonly source?: number;
}

/** How much of each there was. */
export interface Forgotten {
  readonly frames: number;
  readonly utterances: number;
  readonly thumbnails: number;
}

/** How long other programs are told, milliseconds. A recorder that cannot write for longer has dropped its rows. */
const toldFor = 24 * 3_600_000;

/**
 * Deletes what is to be forgotten, and tells recorders, which may still hold rows of it. The bytes are overwritten in
 * the database, but their words may stand in the index, and all of it in the write-ahead log, until `wipe`. If the program is
 * killed before that, whoever opens the memory next does it.
 * @throws OnlookerError `memory-busy`, `memory-unwritable`, `memory-damaged`
 */
export function forget(connection: Connection, what: Forgetting, now: number = Date.now()): Forgotten {
  const work = () => {
    const forgotten = deleteRows(connection, what);
    connection.run('DELETE FROM forgotten WHERE made_at NOT BETWEEN ? AND ?', now - toldFor, now);
    // What is seen from now on is not meant, however far the span reaches.
    const to = Math.min(what.to ?? now, now);
    connection.run(
      'INSERT INTO forgotten(from_at, to_at, source_id, made_at) VALUES (?, ?, ?, ?)',
      ...[what.from ?? Number.MIN_SAFE_INTEGER, to, what.source ?? null, now],
    );
    return forgotten;
  };
  return guarded(connection.folder, () => connection.transaction(work));
}

/** Deletes rows, and sessions and sources of which nothing is left. Belongs into a transaction. */
export function deleteRows(connection: Connection, { from, to, source }: Forgetting): Forgotten {
  const span = [from ?? Number.MIN_SAFE_INTEGER, to ?? Number.MAX_SAFE_INTEGER];
  const ofSource = 'AND session_id IN (SELECT id FROM sessions WHERE source_id = ?)';
  const remove = (table: string) =>
    connection.run(
      `DELETE FROM ${table} WHERE at BETWEEN ? AND ? ${source === undefined ? '' : ofSource}`,
      ...[...span, ...(source === undefined ? [] : [source])],
    );
  const [frames = 0, utterances = 0, thumbnails = 0] = ['frames', 'utterances', 'thumbnails', 'gaps'].map(remove);
  deleteEmptySessions(connection);
  return { frames, utterances, thumbnails };
}

/** A session of which nothing is left says what was watched and when: it goes, too, and so does its source. */
export function deleteEmptySessions(connection: Connection): void {
  const without = ['frames', 'utterances', 'thumbnails', 'gaps']
    .map((table) => `NOT EXISTS (SELECT 1 FROM ${table} WHERE session_id = sessions.id)`)
    .join(' AND ');
  connection.run(`DELETE FROM sessions WHERE ${without}`);
  connection.run('DELETE FROM sources WHERE NOT EXISTS (SELECT 1 FROM sessions WHERE source_id = sources.id)');
}
