/** The stored stretches: a row for 2048 ids of frames. The rows of frames are the truth, these only a way to find them. */

import type { Connection } from './connection.ts';
import { corrupt } from './failures.ts';
import { keptStretches } from './kept-stretches.ts';
import { type EmbeddedFrame, type StretchBlock, stretchesOf } from './stretches.ts';

/** Ids of a block: `id >> blockBits` is its number, as in the triggers of schema.ts. */
const blockBits = 11;

/** Number of the block that an id lies in. */
export function numberOf(id: number): number {
  return Math.floor(id / 2 ** blockBits);
}

/** First and last id of a block. */
export function idsOf(number: number): [number, number] {
  const first = number * 2 ** blockBits;
  return [first, first + 2 ** blockBits - 1];
}

/** Every block in turn; one that is not stored is made from its frames. What was read stays in memory for the next time. */
export function* stretchBlocks(connection: Connection): Generator<StretchBlock> {
  const kept = keptStretches(connection);
  kept.dropChanged();
  const { first, last } = blockRange(connection);
  for (let number = first; number <= last; number++) {
    const known = kept.get(number);
    if (known) {
      yield known;
      continue;
    }
    const stored = read(connection, number);
    const block = stored?.block ?? stretchesOf(framesOf(connection, number));
    kept.add(number, stored?.stamp, block);
    yield block;
  }
}

/** Stores those blocks that are missing; the last one is not full yet, and stays out. Returns how many it were. */
export function storeStretches(connection: Connection): number {
  let made = 0;
  for (const _ of storingStretches(connection)) made++;
  return made;
}

/** As `storeStretches`, a step for each block, with the share (0..1) that is done. */
export function* storingStretches(connection: Connection): Generator<number, void> {
  const kept = keptStretches(connection);
  if (kept.allStored) return;
  const { first, last } = blockRange(connection);
  const stored = new Set(
    connection.all<{ number: number }>('SELECT number FROM stretch_blocks').map(({ number }) => number),
  );
  for (let number = first; number < last; number++) {
    if (stored.has(number)) continue;
    store(connection, number);
    yield (number - first + 1) / (last - first);
  }
  kept.noteAllStored();
}

/** Numbers of the first block and of the last one, which is not full yet; none: the last is before the first. */
export function blockRange(connection: Connection): { first: number; last: number } {
  const row = connection.get<{ first: number | null; last: number | null }>(
    `SELECT (SELECT min(id) FROM frames) >> ${blockBits} AS first, (SELECT max(id) FROM frames) >> ${blockBits} AS last`,
  );
  return { first: row?.first ?? 0, last: row?.last ?? -1 };
}

function read(
  connection: Connection,
  number: number,
): { readonly stamp: number; readonly block: StretchBlock } | undefined {
  const row = connection.get<{ stamp: number } & Record<'facts' | 'means', Uint8Array<ArrayBuffer>>>(
    'SELECT stamp, CAST(facts AS BLOB) AS facts, CAST(means AS BLOB) AS means FROM stretch_blocks WHERE number = ?',
    number,
  );
  if (!row) return undefined;
  if (row.facts.length % 8 !== 0) throw corrupt('a block of stretches has another length');
  const block = { facts: new Float64Array(row.facts.buffer), means: new Int8Array(row.means.buffer) };
  return { stamp: row.stamp, block };
}

/** A transaction for each: a recorder that wants to write meanwhile waits for a few milliseconds only. */
function store(connection: Connection, number: number): void {
  connection.transaction(() => {
    const { facts, means } = stretchesOf(framesOf(connection, number));
    connection.run(
      'INSERT OR REPLACE INTO stretch_blocks(number, stamp, facts, means) VALUES (?, random() >> 11, ?, ?)',
      ...[number, new Uint8Array(facts.buffer), new Uint8Array(means.buffer)],
    );
  });
}

function framesOf(connection: Connection, number: number): EmbeddedFrame[] {
  return connection.all<EmbeddedFrame>(
    `SELECT id, session_id AS session, t, at, CAST(embedding AS BLOB) AS embedding FROM frames
     WHERE id BETWEEN ? AND ? AND embedding IS NOT NULL ORDER BY id`,
    ...idsOf(number),
  );
}
