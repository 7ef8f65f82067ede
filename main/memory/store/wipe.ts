/** Deleted rows leave the files of the database: their words, their copies, the free pages and the write-ahead log. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { guarded, isPassing, memoryError, sqliteCode } from './failures.ts';
import { clearResidue, emptyLog, noteAnywhere } from './residue.ts';

/** Share of the file. */
const muchFree = 0.125;

/**
 * Overwrites what is left of deleted rows in any file of the database, and gives the room back. All pages are looked
 * at only the first time in a memory of an older version, or when it is written anew; otherwise the cost is that of what
 * was deleted and of the index of words. Waits for other programs for up to `waitMs`.
 * @throws OnlookerError `memory-busy`, `memory-unwritable`
 */
export async function wipe(connection: Connection, waitMs = 20_000): Promise<void> {
  const end = performance.now() + waitMs;
  await untilFree(end, connection.folder, () => wipeNow(connection));
}

/** Finishes a forgetting that another program has not: it was killed, or is about to. */
export function finishForgetting(connection: Connection): void {
  if (lastForgotten(connection) <= wipedUntil(connection)) return;
  try {
    guarded(connection.folder, () => wipeNow(connection));
  } catch (error) {
    if (!isPassing(error)) throw error; // rows are gone; whoever opens the memory next does the rest
  }
}

function wipeNow(connection: Connection): void {
  const last = lastForgotten(connection);
  dropDeletedWords(connection);
  giveBackRoom(connection);
  clearResidue(connection, { everywhere: true });
  if (!emptyLog(connection)) throw Object.assign(new Error('the log is being read'), { code: 'SQLITE_BUSY' });
  if (last > wipedUntil(connection)) {
    connection.unwatchedTransaction(() => connection.run('UPDATE residue SET wiped = max(wiped, ?)', last));
  }
}

function lastForgotten(connection: Connection): number {
  return connection.get<{ last: number }>('SELECT coalesce(max(id), 0) AS last FROM forgotten')?.last ?? 0;
}

function wipedUntil(connection: Connection): number {
  return connection.get<{ wiped: number }>('SELECT wiped FROM residue')?.wiped ?? 0;
}

/**
 * Writes the database anew, if much of the file is free. That happens in memory, because SQLite's temporary files are not
 * encrypted; where there is too little of it, the file stays as large, and its free pages are used again.
 */
function giveBackRoom(connection: Connection): void {
  const { pages, free, size } = connection.get<{ pages: number; free: number; size: number }>(
    `SELECT page_count AS pages, freelist_count AS free, page_size AS size
     FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
  ) ?? { pages: 0, free: 0, size: 0 };
  if (free < muchFree * pages || 1.2 * pages * size > process.availableMemory()) return;
  noteAnywhere(connection); // in case that the program is killed
  connection.script('VACUUM');
  noteAnywhere(connection); // another program may have cleared what was there before
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
