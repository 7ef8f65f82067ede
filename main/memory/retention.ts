/** How long and how much is kept; whichever limit is reached first. The limits lie in the database itself. */
import type { Connection } from './connection.ts';
import { deleteRows } from './forget.ts';

export interface RetentionLimits {
  /** What is older is deleted. */
  readonly keepDays: number;
  /** When the database is larger, the oldest is deleted until it is a twentieth smaller. */
  readonly keepBytes: number;
}

const day = 24 * 3_600_000;

export function readLimits(connection: Connection): RetentionLimits {
  const row = connection.get<RetentionLimits>('SELECT keep_days AS keepDays, keep_bytes AS keepBytes FROM retention');
  if (!row) throw new Error('the memory has no retention limits');
  return { keepDays: row.keepDays, keepBytes: row.keepBytes };
}

/** Sets the limits that are given. */
export function setLimits(connection: Connection, { keepDays, keepBytes }: Partial<RetentionLimits>): void {
  const sql = 'UPDATE retention SET keep_days = coalesce(?, keep_days), keep_bytes = coalesce(?, keep_bytes)';
  if (keepDays !== undefined || keepBytes !== undefined) connection.run(sql, keepDays ?? null, keepBytes ?? null);
}

/** Deletes what is beyond the limits and gives the room back. Returns whether there was anything. */
export function applyRetention(connection: Connection, now: number = Date.now()): boolean {
  const { keepDays, keepBytes } = readLimits(connection);
  let deleted = deleteUntil(connection, now - keepDays * day - 1);
  if (usedBytes(connection) > keepBytes) {
    // The share of the time to delete is estimated from the share of the bytes, and estimated again.
    for (let used = usedBytes(connection); used > 0.95 * keepBytes; used = usedBytes(connection)) {
      const cutoff = timeAtShare(connection, Math.max(0.01, 1 - (0.95 * keepBytes) / used));
      if (cutoff === undefined) break;
      deleted = deleteUntil(connection, cutoff) || deleted;
    }
  }
  if (deleted) connection.all('PRAGMA incremental_vacuum');
  return deleted;
}

/** Bytes of the pages that hold something. */
export function usedBytes(connection: Connection): number {
  const { bytes } = connection.get<{ bytes: number }>(
    'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  ) ?? { bytes: 0 };
  return bytes;
}

function deleteUntil(connection: Connection, at: number): boolean {
  const tables = ['frames', 'utterances', 'thumbnails', 'gaps'];
  const old = tables.some((table) => connection.get(`SELECT 1 FROM ${table} WHERE at <= ? LIMIT 1`, at));
  if (old) connection.transaction(() => deleteRows(connection, { to: at }));
  return old;
}

/** The wall clock before which a share (0..1) of the frames lies, at least one of them; undefined when there are none. */
function timeAtShare(connection: Connection, share: number): number | undefined {
  const { count } = connection.get<{ count: number }>('SELECT count(*) AS count FROM frames') ?? { count: 0 };
  const offset = Math.min(count - 1, Math.floor(share * count));
  return connection.get<{ at: number }>('SELECT at FROM frames ORDER BY at LIMIT 1 OFFSET ?', Math.max(0, offset))?.at;
}
