/**
 * Rows that no version of the program writes, found before anything reads them: libsql ends the process over text that is
 * no text in the place of a number, and what is computed with a moment beyond all calendars fails far from its cause.
 * Small tables are read whole; of large ones only what their indexes show, because a memory is opened for every question.
 */
import { type Connection, utf8 } from './connection.ts';
import { corrupt } from './failures.ts';

const small = ['sources', 'sessions', 'gaps', 'forgotten', 'retention', 'used_time', 'ages', 'residue', 'wiping'];
const large = ['frames', 'thumbnails', 'utterances'];

/** The last millisecond of the year 9999, and so many before 1970. */
const lastMoment = 253_402_300_799_999;
/** Seconds of media time: thirty years. */
const lastSecond = 1e9;

/** @throws an error that `isDamage` */
export function checkRows(connection: Connection): void {
  for (const sql of [...small.map((table) => oddTypes(connection, table)), ...oddValues]) {
    if (connection.get(sql)) throw corrupt(`a row that cannot be meant: ${sql}`);
  }
}

const isMoment = (column: string) => `${column} BETWEEN -${lastMoment} AND ${lastMoment}`;

/** Numbers come before text, and text before bytes: whatever is no number lies beyond the last one. */
const oddValues: readonly string[] = [
  // Pages of rows begin behind the id that the page before ended with: beyond what a number holds they would never end.
  ...['sources', 'sessions', 'gaps', ...large].flatMap((table) => [
    `SELECT 1 FROM ${table} WHERE id < 1 LIMIT 1`,
    `SELECT 1 FROM ${table} WHERE id > ${Number.MAX_SAFE_INTEGER} LIMIT 1`,
  ]),
  `SELECT 1 FROM sessions WHERE NOT (${isMoment('started_at')}) OR NOT (${isMoment('ended_at')}) OR NOT (fps > 0)
     OR source_id NOT IN (SELECT id FROM sources)`,
  `SELECT 1 FROM gaps WHERE NOT (${isMoment('at')}) OR NOT (to_t <= ${lastSecond})`,
  'SELECT 1 WHERE (SELECT count(*) FROM retention WHERE keep_days > 0 AND keep_bytes > 0) <> 1',
  ...large.flatMap((table) => [
    `SELECT 1 FROM ${table} WHERE at > ${lastMoment} LIMIT 1`,
    `SELECT 1 FROM ${table} WHERE at < -${lastMoment} LIMIT 1`,
    `SELECT 1 FROM ${table} WHERE at IS NULL LIMIT 1`,
    `SELECT 1 FROM ${table} WHERE session_id > (SELECT coalesce(max(id), 0) FROM sessions) LIMIT 1`,
    `SELECT 1 FROM ${table} WHERE session_id IS NULL LIMIT 1`,
    // Two looks into the index: one condition with OR would read all of it.
    ...[`t > ${lastSecond}`, 't IS NULL'].map(
      (odd) => `SELECT 1 FROM sessions s WHERE EXISTS (SELECT 1 FROM ${table} WHERE session_id = s.id AND ${odd})`,
    ),
  ]),
];

/** What may stand in a column. SQLite keeps a number with a fraction even where whole ones are wanted. */
const storedTypes: Readonly<Record<string, readonly string[]>> = {
  INTEGER: ['integer', 'real'],
  REAL: ['integer', 'real'],
  TEXT: ['text'],
};

/** The statement that finds a value of a table that has another type than its column. */
function oddTypes(connection: Connection, table: string): string {
  const columns = connection
    .all<{ name: Uint8Array; type: Uint8Array; required: number }>(
      `SELECT CAST(name AS BLOB) AS name, CAST(type AS BLOB) AS type, "notnull" AS required
       FROM pragma_table_info('${table}')`,
    )
    .map(({ name, type, required }) => {
      const allowed = [...(storedTypes[utf8(type)] ?? []), ...(required ? [] : ['null'])];
      return `typeof(${utf8(name)}) NOT IN (${allowed.map((each) => `'${each}'`).join(', ')})`;
    });
  if (columns.length === 0) throw corrupt(`there is no table ${table}`);
  return `SELECT 1 FROM ${table} WHERE ${columns.join(' OR ')} LIMIT 1`;
}
