/** How long and how much is kept; whichever limit is reached first. The limits lie in the database itself. */

import { z } from 'zod';
import { record } from '../../log/record.ts';
import { localTime } from '../../said-times/typed-times.ts';
import type { Connection } from '../store/connection.ts';
import { corrupt } from '../store/failures.ts';
import { dropOldNotes, lastFrameOfAge } from './ages.ts';
import { deleteEmptySessions, type Forgotten } from './forget.ts';

export const retentionLimits = z.strictObject({
  /** What is older is deleted. Time counts while the clock can be believed (used-time.ts). */
  keepDays: z.number(),
  /** When the database is larger, the oldest is deleted until it is a twentieth smaller. */
  keepBytes: z.number(),
});
export type RetentionLimits = Readonly<z.infer<typeof retentionLimits>>;

const day = 24 * 3_600_000;

export function readLimits(connection: Connection): RetentionLimits {
  const row = connection.get<RetentionLimits>('SELECT keep_days AS keepDays, keep_bytes AS keepBytes FROM retention');
  if (!row) throw corrupt('the memory has no retention limits');
  return { keepDays: row.keepDays, keepBytes: row.keepBytes };
}

/** Sets the limits that are given. */
export function setLimits(connection: Connection, { keepDays, keepBytes }: Partial<RetentionLimits>): void {
  const sql = 'UPDATE retention SET keep_days = coalesce(?, keep_days), keep_bytes = coalesce(?, keep_bytes)';
  if (keepDays !== undefined || keepBytes !== undefined) connection.run(sql, keepDays ?? null, keepBytes ?? null);
}

/**
 * Deletes what is beyond the limits, gives the room back, and tells whoever opened the connection how much it was and why.
 * Returns whether there was anything.
 */
export function applyRetention(connection: Connection, now: number = Date.now()): boolean {
  const { keepDays, keepBytes } = readLimits(connection);
  const old = connection.transaction(() => {
    const frame = lastFrameOfAge(connection, keepDays * day, now);
    return frame === undefined ? undefined : deleteUntil(connection, frame);
  });
  if (old) tell(connection, old, `older than ${amount(keepDays, 'day')}`);
  let most: Deleted | undefined;
  if (usedBytes(connection) > keepBytes) {
    // The share of the frames to delete is estimated from the share of the bytes, and estimated again.
    for (let used = usedBytes(connection); used > 0.95 * keepBytes; used = usedBytes(connection)) {
      const frame = frameAtShare(connection, Math.max(0.01, 1 - (0.95 * keepBytes) / used));
      if (frame === undefined) break;
      most = sum(
        most,
        connection.transaction(() => deleteUntil(connection, frame)),
      );
    }
  }
  if (most) tell(connection, most, `beyond ${amount(keepBytes / 1e9, 'GB', 'GB')}`);
  if (old || most) connection.all('PRAGMA incremental_vacuum');
  return old !== undefined || most !== undefined;
}

/** Bytes of the pages that hold something. */
export function usedBytes(connection: Connection): number {
  const { bytes } = connection.get<{ bytes: number }>(
    'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  ) ?? { bytes: 0 };
  return bytes;
}

/** What was deleted, and when it was seen by the clock of then, milliseconds since 1970. */
interface Deleted extends Forgotten {
  readonly from: number;
  readonly to: number;
}

/**
 * Deletes the frames up to an id, which is the order in which they were written whatever the clock said, and what else was
 * written of their sessions until then. Undefined when there is no such frame.
 */
function deleteUntil(connection: Connection, frame: number): Deleted | undefined {
  const sessions = connection.all<{ id: number; t: number; from: number; to: number; left: number }>(
    `SELECT session_id AS id, max(t) AS t, min(at) AS "from", max(at) AS "to",
            EXISTS (SELECT 1 FROM frames f WHERE f.session_id = frames.session_id AND f.id > ?) AS left
     FROM frames WHERE id <= ? GROUP BY session_id`,
    ...[frame, frame],
  );
  if (sessions.length === 0) return undefined;
  let utterances = 0;
  let thumbnails = 0;
  for (const { id, t, left } of sessions) {
    const end = left === 0 ? Number.MAX_SAFE_INTEGER : t;
    utterances += connection.run('DELETE FROM utterances WHERE session_id = ? AND t <= ?', id, end);
    thumbnails += connection.run('DELETE FROM thumbnails WHERE session_id = ? AND t <= ?', id, end);
    connection.run('DELETE FROM gaps WHERE session_id = ? AND from_t <= ?', id, end);
  }
  const frames = connection.run('DELETE FROM frames WHERE id <= ?', frame);
  dropOldNotes(connection);
  deleteEmptySessions(connection);
  const from = Math.min(...sessions.map((session) => session.from));
  const to = Math.max(...sessions.map((session) => session.to));
  return { frames, utterances, thumbnails, from, to };
}

/** The frame up to which a share (0..1) of them lies, at least one of them; undefined when there are none. */
function frameAtShare(connection: Connection, share: number): number | undefined {
  const { count } = connection.get<{ count: number }>('SELECT count(*) AS count FROM frames') ?? { count: 0 };
  const offset = Math.min(count - 1, Math.floor(share * count));
  return connection.get<{ id: number }>('SELECT id FROM frames ORDER BY id LIMIT 1 OFFSET ?', Math.max(0, offset))?.id;
}

function sum(one: Deleted | undefined, other: Deleted | undefined): Deleted | undefined {
  if (!one || !other) return one ?? other;
  return {
    frames: one.frames + other.frames,
    utterances: one.utterances + other.utterances,
    thumbnails: one.thumbnails + other.thumbnails,
    from: Math.min(one.from, other.from),
    to: Math.max(one.to, other.to),
  };
}

function tell(connection: Connection, deleted: Deleted, why: string): void {
  const { frames, utterances, thumbnails, from, to } = deleted;
  record('memory-expired', { frames, texts: utterances, pictures: thumbnails });
  const what = [amount(frames, 'frame'), amount(utterances, 'text'), amount(thumbnails, 'picture')].join(', ');
  const when = `seen ${localTime(from)} to ${localTime(to)}`;
  connection.notify(
    `The memory has deleted what was ${why}: ${what}, ${when}. Its limits are --keep-days and --keep-gb.`,
  );
}

/** "1 day", "1,200 frames" */
function amount(value: number, noun: string, nouns = `${noun}s`): string {
  return `${value.toLocaleString('en')} ${value === 1 ? noun : nouns}`;
}
