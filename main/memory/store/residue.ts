/**
 * Residue: copies of rows in the unallocated space of pages. SQLite overwrites what is deleted (`secure_delete`), but where
 * it moves rows from page to page, when a tree is balanced, their bytes stay in the old one. They are overwritten before
 * the write-ahead log, which tells what pages were written, goes into the database. So outside the log there is none, and
 * what is forgotten is gone without a look at all of the database.
 *
 * What is still to be looked at stands in the table `residue`. A program that ends without that may leave it to SQLite to
 * empty the log: then the page of that table is not in the log any more, and all pages are looked at.
 */
import { statSync } from 'node:fs';
import type { Connection } from './connection.ts';
import { isOfTheFiles, sqliteCode } from './failures.ts';
import { Pages, pagesInLog } from './pages.ts';

/** What may have residue. */
const inNone = 0;
const inLog = 1;
const inAll = 2;

/** So large may the log be, bytes. */
const largeLog = 4e6;

/** From now on, notes what is written, and empties the log in time. */
export function watchResidue(connection: Connection): void {
  connection.script('PRAGMA wal_autocheckpoint = 0'); // it would not clear anything
  let emptyAt = largeLog;
  connection.watchWrites({
    begun: () => connection.run(`UPDATE residue SET due = ${inLog} WHERE due = ${inNone}`),
    committed: () => {
      const size = logSize(connection);
      emptyAt = Math.min(emptyAt, size + largeLog);
      if (size < emptyAt) return;
      emptyLogNow(connection);
      // Somebody may read in it: then it is tried again when it has grown.
      emptyAt = largeLog + logSize(connection);
    },
    closing: () => emptyLogNow(connection),
  });
}

/** Notes that any page may have residue, such as after VACUUM, which writes without the watcher. */
export function noteAnywhere(connection: Connection): void {
  connection.unwatchedTransaction(() => connection.run(`UPDATE residue SET due = ${inAll}`));
}

/** Overwrites residue, in all pages if that is due. */
export function clearResidue(connection: Connection, { everywhere }: { readonly everywhere: boolean }): void {
  if (dueOf(connection) === inNone) return;
  connection.unwatchedTransaction(() => {
    // Under the lock: nobody else writes now.
    const logged = pagesInLog(connection.path);
    const { due, page: notedOn } = noteOf(connection);
    const isLogged = due !== inAll && logged.has(notedOn);
    const pages = new Pages(connection);
    if (isLogged || !everywhere) for (const page of logged) pages.clearUnallocated(page);
    else for (let page = 1; page <= pages.count; page++) pages.clearUnallocated(page);
    connection.run('UPDATE residue SET due = ?', isLogged || everywhere ? inNone : inAll);
  });
}

/**
 * Clears what is in the write-ahead log, moves it into the database and cuts it to nothing; false when somebody still
 * reads it.
 */
export function emptyLog(connection: Connection): boolean {
  clearResidue(connection, { everywhere: false });
  return connection.get<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')?.busy === 0;
}

/** Without waiting for anybody. What fails here is done the next time; what was committed is committed. */
function emptyLogNow(connection: Connection): void {
  const { timeout = 0 } = connection.get<{ timeout: number }>('PRAGMA busy_timeout') ?? {};
  try {
    connection.script('PRAGMA busy_timeout = 0');
    if (dueOf(connection) !== inNone) emptyLog(connection);
  } catch (error) {
    if (sqliteCode(error) === undefined && !isOfTheFiles(error)) throw error;
  } finally {
    connection.script(`PRAGMA busy_timeout = ${timeout}`);
  }
}

function logSize(connection: Connection): number {
  return statSync(`${connection.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

function dueOf(connection: Connection): number {
  return noteOf(connection).due;
}

/** The note, and the page on which it stands: its table is that small. */
function noteOf(connection: Connection): { readonly due: number; readonly page: number } {
  const note = connection.get<{ due: number; page: number }>(
    `SELECT due, (SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = 'residue') AS page FROM residue`,
  );
  return note ?? { due: inAll, page: 0 };
}
