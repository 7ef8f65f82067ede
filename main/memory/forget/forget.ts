/** Forgetting: rows, their words, their pictures, and the places on disk where all that stood. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../store/connection.ts';
import { guarded, memoryError, sqliteCode } from '../store/failures.ts';

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
 * the database, but their words may stand in the index, and all of it in the write-ahead log, until `wipe`.
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

/**
 * Writes the database anew without its free pages and empties the write-ahead log: afterwards nothing of deleted rows is
 * in any of its files. Waits for other programs for up to `waitMs`. Writing anew happens in memory, because SQLite's
 * temporary files are not encrypted; false when there is too little of it. Rows are overwritten then, too, but copies
 * that SQLite made of them while it moved others may be left in the (encrypted) pages.
 * @throws OnlookerError `memory-busy`, `memory-unwritable`
 */
export async function wipe(connection: Connection, waitMs = 20_000): Promise<boolean> {
  const end = performance.now() + waitMs;
  await untilFree(end, connection.folder, () => dropDeletedWords(connection));
  const fits = 1.2 * statSync(connection.path).size < process.availableMemory();
  if (fits) await untilFree(end, connection.folder, () => connection.script('VACUUM'));
  await untilFree(end, connection.folder, () => {
    if (!emptyLog(connection)) throw Object.assign(new Error('the log is being read'), { code: 'SQLITE_BUSY' });
  });
  return fits;
}

/** Repeats `work` while another program stands in its way. */
async function untilFree(end: number, folder: string, work: () => void): Promise<void> {
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      const busy = /^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error) ?? '');
      if (!busy || performance.now() > end) throw memoryError(error, folder);
      await sleep(100);
    }
  }
}

/**
 * Takes deleted texts out of the word index, where they are only marked as such. (FTS5 can do so at once, with its option
 * "secure-delete", but damages the index in the release that libsql has.)
 */
export function dropDeletedWords(connection: Connection): void {
  connection.run("INSERT INTO utterance_words(utterance_words) VALUES ('optimize')");
}

/** Moves the write-ahead log into the database and cuts it to nothing; false when somebody still reads it. */
export function emptyLog(connection: Connection): boolean {
  return connection.get<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')?.busy === 0;
}
