/**
 * Residue: copies of rows in the unallocated space of pages. SQLite overwrites what is deleted (`secure_delete`), but where
 * it moves rows from page to page, when a tree is balanced, their bytes stay in the old one. They are overwritten before
 * the write-ahead log, which tells what pages were written, goes into the database. So outside the log there is none, and
 * what is forgotten is gone without a look at all of the database.
 *
 * The table `residue` says whether the log is still to be looked at. A program that ends without that may leave it to SQLite
 * to empty the log: then the page of that table is not in the log any more, and all pages are looked at. The table
 * `wiping` says how far that has come: it takes seconds, and others write between its steps.
 */
import { statSync } from 'node:fs';
import type { Connection } from './connection.ts';
import { isOfTheFiles, sqliteCode } from './failures.ts';
import { Pages, pagesInLog } from './pages.ts';

/** Pages that are looked at in one transaction: some thirty milliseconds. */
const pagesOfAStep = 1500;

/** So large may the log be, bytes. */
const largeLog = 4e6;

/** From now on, notes what is written, and empties the log in time. */
export function watchResidue(connection: Connection): void {
  let emptyAt = largeLog;
  connection.watchWrites({
    begun: () => connection.run('UPDATE residue SET due = 1 WHERE due = 0'),
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

/** Overwrites residue in the pages of the log; nobody else writes meanwhile. */
function clearLog(connection: Connection): void {
  if (!isDue(connection)) return;
  connection.unwatchedTransaction(() => {
    const logged = pagesInLog(connection.path);
    const pages = new Pages(connection);
    for (const page of logged) pages.clearUnallocated(page);
    const note = connection.get<{ page: number }>(
      "SELECT rootpage AS page FROM sqlite_master WHERE type = 'table' AND name = 'residue'",
    );
    if (!logged.has(note?.page ?? 0)) connection.run('UPDATE wiping SET swept = 0');
    connection.run('UPDATE residue SET due = 0');
  });
}

/**
 * Overwrites residue in some of the pages that were written before anything watched over it, and returns which share (0..1)
 * of them is clear by now.
 */
export function sweepResidue(connection: Connection): number {
  const swept = () => connection.get<{ swept: number | null }>('SELECT swept FROM wiping')?.swept ?? undefined;
  if (swept() === undefined) return 1;
  return connection.unwatchedTransaction(() => {
    const before = swept(); // under the lock
    if (before === undefined) return 1;
    const pages = new Pages(connection);
    const last = Math.min(before + pagesOfAStep, pages.count);
    for (let page = before + 1; page <= last; page++) pages.clearUnallocated(page);
    connection.run('UPDATE wiping SET swept = ?', last < pages.count ? last : null);
    return last / pages.count;
  });
}

/**
 * Clears what is in the write-ahead log, moves it into the database and cuts it to nothing; false when somebody still
 * reads it.
 */
export function emptyLog(connection: Connection): boolean {
  clearLog(connection);
  return connection.get<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')?.busy === 0;
}

/** Without waiting for anybody. What fails here is done the next time; what was committed is committed. */
function emptyLogNow(connection: Connection): void {
  const { timeout = 0 } = connection.get<{ timeout: number }>('PRAGMA busy_timeout') ?? {};
  try {
    connection.script('PRAGMA busy_timeout = 0');
    if (isDue(connection)) emptyLog(connection);
  } catch (error) {
    if (sqliteCode(error) === undefined && !isOfTheFiles(error)) throw error;
  } finally {
    connection.script(`PRAGMA busy_timeout = ${timeout}`);
  }
}

function logSize(connection: Connection): number {
  return statSync(`${connection.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

function isDue(connection: Connection): boolean {
  return connection.get<{ due: number }>('SELECT due FROM residue')?.due !== 0;
}
