/** Deleted rows leave the files of the database: their copies, the free pages and the write-ahead log. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { guarded, isPassing, memoryError, sqliteCode } from './failures.ts';
import { emptyLog, sweepResidue } from './residue.ts';

/** Share of the file that may be free: it is used again. */
const muchFree = 0.125;
/** Free pages that are given back in one transaction. */
const pagesOfAStep = 500;
/** Between two steps, so that others come to write, milliseconds. */
const pauseMs = 20;

export interface WipeOptions {
  /** How long other programs are waited for; default 20 s. */
  readonly waitMs?: number;
  /** Told which share (0..1) of a longer wiping is done. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * Overwrites what is left of deleted rows in any file of the database, and gives the room back. All pages are looked
 * at only the first time in a memory of an older version, or when a program was killed; otherwise the cost is that of what
 * was deleted. Long work is done in steps, and others write between them.
 * @throws OnlookerError `memory-busy`, `memory-unwritable`
 */
export async function wipe(connection: Connection, { waitMs = 20_000, onProgress }: WipeOptions = {}): Promise<void> {
  const last = lastForgotten(connection);
  for (let end = performance.now() + waitMs; ; ) {
    try {
      const share = wipeStep(connection, last);
      if (share === 1) return;
      onProgress?.(share);
      end = performance.now() + waitMs;
      await sleep(pauseMs);
    } catch (error) {
      const busy = /^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error) ?? '');
      if (!busy || performance.now() > end) throw memoryError(error, connection.folder);
      await sleep(5 * pauseMs);
    }
  }
}

/** Finishes a forgetting that another program has not: it was killed, or is about to. */
export function finishForgetting(connection: Connection): void {
  const last = lastForgotten(connection);
  if (last <= wipedUntil(connection)) return;
  try {
    guarded(connection.folder, () => {
      while (wipeStep(connection, last) < 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    });
  } catch (error) {
    if (!isPassing(error)) throw error; // rows are gone; whoever opens the memory next does the rest
  }
}

/** Returns which share of the work is done; 1: no byte is left of what was forgotten up to `last`, a row of `forgotten`. */
function wipeStep(connection: Connection, last: number): number {
  if (isMuchFree(connection)) {
    connection.transaction(() => connection.all(`PRAGMA incremental_vacuum(${pagesOfAStep})`));
    return 0;
  }
  const swept = sweepResidue(connection);
  if (swept < 1) return swept;
  if (!emptyLog(connection)) throw Object.assign(new Error('the log is being read'), { code: 'SQLITE_BUSY' });
  if (sweepResidue(connection) < 1) return 0; // the log had been emptied by SQLite
  if (last > wipedUntil(connection)) {
    connection.unwatchedTransaction(() => connection.run('UPDATE wiping SET wiped = max(wiped, ?)', last));
  }
  return 1;
}

function lastForgotten(connection: Connection): number {
  return connection.get<{ last: number }>('SELECT coalesce(max(id), 0) AS last FROM forgotten')?.last ?? 0;
}

function wipedUntil(connection: Connection): number {
  return connection.get<{ wiped: number }>('SELECT wiped FROM wiping')?.wiped ?? 0;
}

function isMuchFree(connection: Connection): boolean {
  const { pages, free } = connection.get<{ pages: number; free: number }>(
    'SELECT page_count AS pages, freelist_count AS free FROM pragma_page_count, pragma_freelist_count',
  ) ?? { pages: 0, free: 0 };
  return free > muchFree * pages;
}
