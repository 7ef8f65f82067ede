/** The stored bins: a row for 2048 ids of frames, which goes with any frame of it, as a block of stretches does. */
import { type BinBlock, type BinnedFrame, binsOf, packBins, unpackBins } from './bins.ts';
import type { Connection } from './connection.ts';
import { corrupt, guarded, isPassing } from './failures.ts';
import { blockRange, idsOf, numberOf } from './stretch-blocks.ts';

interface WallSpan {
  /** Wall clock, milliseconds since 1970: from this on, and before that. */
  readonly from: number;
  readonly before: number;
  /** Only this session; default all of them. */
  readonly session?: number | undefined;
}

/** What is known of a block that is stored. */
interface BlockFacts {
  readonly number: number;
  readonly frames: number;
  /** Wall clock of the earliest and the latest frame, milliseconds since 1970. */
  readonly fromAt: number;
  readonly toAt: number;
}

/**
 * The bins of the frames of a span, block by block in the order of their ids, and which share (0..1) of the blocks is done
 * with it. Blocks that are full and not stored yet are stored on the way.
 */
export function* binBlocks(
  connection: Connection,
  { from, before, session }: WallSpan,
): Generator<{ readonly block: BinBlock; readonly share: number }> {
  const facts = new Map(blockFacts(connection).map((block) => [block.number, block]));
  const numbers = blocksIn(connection, facts, { from, before });
  const notFull = blockRange(connection).last;
  for (const [i, number] of numbers.entries()) {
    if (number < notFull && !facts.has(number)) tryToStore(connection, number);
    const block = wholeBlock(connection, number, { from, before });
    yield {
      block: ofSession(block ?? binsOf(framesOf(connection, number, from, before)), session),
      share: (i + 1) / numbers.length,
    };
  }
}

function blockFacts(connection: Connection): BlockFacts[] {
  return connection.all<BlockFacts>(
    'SELECT number, frames, from_at AS fromAt, to_at AS toAt FROM bin_blocks ORDER BY number',
  );
}

/** Stores blocks that are missing, the latest first, so many at most. The last one is not full yet, and stays out. */
export function storeBins(connection: Connection, most = Number.POSITIVE_INFINITY): number {
  const { first, last } = blockRange(connection);
  const known = new Set(blockFacts(connection).map(({ number }) => number));
  let made = 0;
  for (let number = last - 1; number >= first && made < most; number--) {
    if (known.has(number)) continue;
    store(connection, number);
    made++;
  }
  return made;
}

/** How many frames there are on each local day, by its beginning. */
export function framesByDay(connection: Connection): Map<number, number> {
  const days = new Map<number, number>();
  const add = (at: number, frames: number) => days.set(dayOf(at), (days.get(dayOf(at)) ?? 0) + frames);
  // By quarters of an hour, because that is how time zones differ; the local day is JavaScript's to know.
  const count = (where: string, ...ids: number[]) => {
    const sql = `SELECT at / ${quarterHour} * ${quarterHour} AS at, count(*) AS frames FROM frames ${where} GROUP BY 1`;
    for (const { at, frames } of connection.all<{ at: number; frames: number }>(sql, ...ids)) add(at, frames);
  };
  const { first, last } = blockRange(connection);
  const facts = new Map(blockFacts(connection).map((block) => [block.number, block]));
  // The index of times is read faster than the rows of many blocks.
  if (last - first + 1 - facts.size > fewBlocks) {
    count('');
    return days;
  }
  for (let number = first; number <= last; number++) {
    const block = facts.get(number);
    if (block && dayOf(block.fromAt) === dayOf(block.toAt)) {
      if (block.frames > 0) add(block.fromAt, block.frames);
    } else count('NOT INDEXED WHERE id BETWEEN ? AND ?', ...idsOf(number));
  }
  return days;
}

/** Beginning of the local day, milliseconds since 1970. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

export const quarterHour = 15 * 60_000;
/** So many blocks may be missing, and their frames be counted one by one. */
const fewBlocks = 8;

interface BinnedRow extends BinnedFrame {
  readonly id: number;
}

function framesOf(
  connection: Connection,
  number: number,
  from = Number.MIN_SAFE_INTEGER,
  before = Number.MAX_SAFE_INTEGER,
): BinnedRow[] {
  return connection.all<BinnedRow>(
    `SELECT id, session_id AS session, t, at, CAST(changed AS INTEGER) AS changed, CAST(embedding AS BLOB) AS embedding
     FROM frames NOT INDEXED WHERE id BETWEEN ? AND ? AND at >= ? AND at < ? ORDER BY id`,
    ...[...idsOf(number), from, before],
  );
}

/** Undefined where it is not stored, and where some of its frames are not of the span. */
function wholeBlock(connection: Connection, number: number, { from, before }: WallSpan): BinBlock | undefined {
  const row = connection.get<Record<'facts' | 'means', Uint8Array<ArrayBuffer>>>(
    `SELECT CAST(facts AS BLOB) AS facts, CAST(means AS BLOB) AS means FROM bin_blocks
     WHERE number = ? AND from_at >= ? AND to_at < ?`,
    ...[number, from, before],
  );
  if (!row) return undefined;
  if (row.facts.length % 8 !== 0) throw corrupt('a block of bins has another length');
  return unpackBins({ facts: new Float64Array(row.facts.buffer), means: new Int8Array(row.means.buffer) });
}

/** Another program that writes meanwhile waits for a few milliseconds only. */
function store(connection: Connection, number: number): void {
  connection.transaction(() => {
    const frames = framesOf(connection, number);
    const { facts, means } = packBins(binsOf(frames));
    const times = frames.map(({ at }) => at);
    const [from, to] = frames.length > 0 ? [Math.min(...times), Math.max(...times)] : [0, 0];
    connection.run(
      'INSERT OR REPLACE INTO bin_blocks(number, frames, from_at, to_at, facts, means) VALUES (?, ?, ?, ?, ?, ?)',
      ...[number, frames.length, from, to, new Uint8Array(facts.buffer), new Uint8Array(means.buffer)],
    );
  });
}

/** Another program may be writing, or the disk be full: then it stays missing. */
function tryToStore(connection: Connection, number: number): void {
  try {
    guarded(connection.folder, () => store(connection, number));
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
}

/** Numbers of the blocks in which frames of the span may lie, ascending. */
function blocksIn(
  connection: Connection,
  facts: ReadonlyMap<number, BlockFacts>,
  { from, before }: WallSpan,
): readonly number[] {
  let { first, last } = blockRange(connection);
  // Where many are not stored, the index of times tells sooner.
  if (last - first + 1 - facts.size > fewBlocks) {
    const row = connection.get<{ first: number | null; last: number | null }>(
      'SELECT min(id) AS first, max(id) AS last FROM frames WHERE at >= ? AND at < ?',
      ...[from, before],
    );
    if (row?.first == null || row.last == null) return [];
    [first, last] = [numberOf(row.first), numberOf(row.last)];
  }
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  return numbers.filter((number) => {
    const known = facts.get(number);
    return !known || (known.frames > 0 && known.toAt >= from && known.fromAt < before);
  });
}

function ofSession({ bins, last }: BinBlock, session: number | undefined): BinBlock {
  if (session === undefined) return { bins, last };
  return { bins: bins.filter((bin) => bin.session === session), last };
}
