/** How old the rows of a memory are, counted in time that has passed for certain (used-time.ts). */
import type { Connection } from '../store/connection.ts';
import { countedWithJump, look, type UsedTime } from './used-time.ts';

interface StoredTime {
  readonly counted: number;
  readonly clock: number;
  readonly latest: number;
  readonly jump_to: number | null;
  readonly jump_now: number | null;
  readonly jump_for: number | null;
}

const hour = 3_600_000;

/**
 * Looks at the clock, and notes how old what is there is by now. Returns the id of the last frame that was there `age`
 * milliseconds ago; undefined when there was none. Belongs into a transaction.
 */
export function lastFrameOfAge(connection: Connection, age: number, now: number): number | undefined {
  const known = readTime(connection) ?? timeOfRows(connection, age);
  const time = lookAndNote(connection, known, { now, frame: lastFrame(connection), age });
  if (!time) return undefined;
  writeTime(connection, time);
  const old = connection.get<{ frame: number | null }>(
    'SELECT max(frame) AS frame FROM ages WHERE counted < ? AND NOT open',
    time.counted - age,
  );
  return old?.frame || undefined;
}

/** Notes are of use while there are frames of before them; the latest one keeps the distance to the next. */
export function dropOldNotes(connection: Connection): void {
  connection.run(
    `DELETE FROM ages WHERE counted < (SELECT max(counted) FROM ages) AND NOT open
     AND frame < coalesce((SELECT min(id) FROM frames), ${Number.MAX_SAFE_INTEGER})`,
  );
}

/** Looks at the clock, and notes what the last frame was then. Notes of while a jump is open hold once it is believed. */
function lookAndNote(
  connection: Connection,
  known: UsedTime | undefined,
  { now, frame, age }: { readonly now: number; readonly frame: number; readonly age: number },
): UsedTime | undefined {
  const { time, jump } = look(known, now) ?? {};
  if (!time) return undefined;
  if (jump === 'believed') connection.run('UPDATE OR REPLACE ages SET open = 0 WHERE open');
  if (jump === 'dropped') connection.run('DELETE FROM ages WHERE open');
  const counted = countedWithJump(time);
  const { last } = connection.get<{ last: number | null }>('SELECT max(counted) AS last FROM ages') ?? {};
  // A note an hour is fine enough for an age of days; a shorter one takes more of them.
  if (last == null || counted - last >= Math.min(hour, age / 100)) {
    const sql = 'INSERT OR REPLACE INTO ages(counted, open, frame) VALUES (?, ?, ?)';
    connection.run(sql, counted, time.jump ? 1 : 0, frame);
  }
  return time;
}

/** The rows tell what the clock was when they were written: a memory of an older version, or one that was imported. */
function timeOfRows(connection: Connection, age: number): UsedTime | undefined {
  const hours = connection.all<{ frame: number; at: number }>(
    'SELECT max(id) AS frame, max(at) AS at FROM frames GROUP BY at / 3600000 ORDER BY frame',
  );
  let time: UsedTime | undefined;
  for (const { frame, at } of hours) time = lookAndNote(connection, time, { now: at, frame, age });
  return time;
}

function lastFrame(connection: Connection): number {
  return connection.get<{ last: number }>('SELECT coalesce(max(id), 0) AS last FROM frames')?.last ?? 0;
}

function readTime(connection: Connection): UsedTime | undefined {
  const row = connection.get<StoredTime>(
    'SELECT counted, clock, latest, jump_to, jump_now, jump_for FROM used_time WHERE id = 1',
  );
  if (!row) return undefined;
  const { counted, clock, latest, jump_to: to, jump_now: now, jump_for } = row;
  const jump = to === null || now === null || jump_for === null ? undefined : { to, now, for: jump_for };
  return { counted, clock, latest, ...(jump && { jump }) };
}

function writeTime(connection: Connection, { counted, clock, latest, jump }: UsedTime): void {
  connection.run(
    'INSERT OR REPLACE INTO used_time(id, counted, clock, latest, jump_to, jump_now, jump_for) VALUES (1, ?, ?, ?, ?, ?, ?)',
    ...[counted, clock, latest, jump?.to ?? null, jump?.now ?? null, jump?.for ?? null],
  );
}
