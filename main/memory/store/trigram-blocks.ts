/**
 * The stored index of words: that of 2048 ids of utterances a block, which goes with any row of it, as stretches and bins
 * do. So what is forgotten takes along the index of its neighbours and nothing else, and that is made anew when it is needed.
 * Texts of blocks that are not stored are looked at one by one.
 */
import { type Connection, utf8 } from './connection.ts';
import { corrupt } from './failures.ts';
import { fold } from './search-terms.ts';
import { idsOf, numberOf } from './stretch-blocks.ts';
import { type Fields, indexTrigrams, placesIn, runningSums, shards, trigramsIn, trigramsOf } from './trigrams.ts';

/** A row's query and its text: both are searched. */
const fieldsOfARow = 2;
const noFields: Fields = ['', ''];

/** Blocks that are made at once, at most: it takes twenty milliseconds each. */
const mostAtOnce = 64;

/** Stores blocks that are missing, and returns how many. The last one is not full yet, and stays out. */
export function storeTrigrams(connection: Connection): number {
  const { first, last } = utteranceBlocks(connection);
  const stored = new Set(
    connection.all<{ number: number }>('SELECT number FROM trigram_blocks').map(({ number }) => number),
  );
  let made = 0;
  for (let number = first; number < last && made < mostAtOnce; number++) {
    if (stored.has(number)) continue;
    // A transaction each: a recorder that wants to write meanwhile waits for a few milliseconds only.
    connection.transaction(() => store(connection, number));
    made++;
  }
  return made;
}

/** All texts as they are at this moment; for use within `Connection.snapshot`. */
export class IndexedTexts {
  /** How many there are, and how many trigrams they have. */
  readonly texts: number;
  readonly trigrams: number;
  readonly #connection: Connection;
  readonly #stored: readonly number[];
  /** Of blocks that are not stored. */
  readonly #rows: ReadonlyMap<number, Fields>;
  /** Where the fields of a stored block end among its trigrams. */
  readonly #ends = new Map<number, Uint32Array>();

  constructor(connection: Connection) {
    this.#connection = connection;
    const { first, last } = utteranceBlocks(connection);
    const blocks = connection.all<{ number: number; texts: number; trigrams: number }>(
      `SELECT number, CAST(texts AS INTEGER) AS texts, CAST(trigrams AS INTEGER) AS trigrams FROM trigram_blocks
       WHERE number BETWEEN ? AND ?`,
      ...[first, last],
    );
    this.#stored = blocks.map(({ number }) => number);
    const known = new Set(this.#stored);
    const rows = new Map<number, Fields>();
    for (let number = first; number <= last; number++) {
      if (!known.has(number)) for (const [id, fields] of rowsOf(connection, number)) rows.set(id, fields);
    }
    this.#rows = rows;
    this.texts = rows.size + blocks.reduce((sum, { texts }) => sum + texts, 0);
    this.trigrams =
      blocks.reduce((sum, { trigrams }) => sum + trigrams, 0) +
      [...rows.values()].reduce((sum, fields) => sum + trigramsOfFields(fields), 0);
  }

  /** How often a folded phrase of three letters or more stands in each text that has it, by the text's id. */
  occurrences(phrase: string): Map<number, number> {
    const found = new Map<number, number>();
    const length = trigramsIn([...phrase].length);
    for (const [number, places] of this.#placesOf(phrase)) {
      const ends = this.#endsOf(number);
      const firstId = idsOf(number)[0];
      let field = 0;
      for (const place of places) {
        while (field < ends.length && ends[field]! <= place) field++;
        if (field === ends.length) throw corrupt('an index of trigrams has a place beyond its texts');
        if (place + length > ends[field]!) continue; // it ends in another field
        const id = firstId + Math.floor(field / fieldsOfARow);
        found.set(id, (found.get(id) ?? 0) + 1);
      }
    }
    for (const [id, fields] of this.#rows) {
      const times = fields.reduce((sum, field) => sum + timesIn(field, phrase), 0);
      if (times > 0) found.set(id, times);
    }
    return found;
  }

  /** Trigrams of a text that `occurrences` found. */
  trigramsOf(id: number): number {
    const fields = this.#rows.get(id);
    if (fields) return trigramsOfFields(fields);
    const number = numberOf(id);
    const ends = this.#endsOf(number);
    const field = fieldsOfARow * (id - idsOf(number)[0]);
    return ends[field + fieldsOfARow - 1]! - (ends[field - 1] ?? 0);
  }

  /** Where the phrase begins among the trigrams of each stored block, ascending. */
  #placesOf(phrase: string): Map<number, Uint32Array> {
    let found = new Map<number, Uint32Array>();
    for (const [i, wanted] of trigramsOf(phrase).entries()) {
      const blocks = i === 0 ? this.#stored : [...found.keys()];
      const rows = this.#connection.all<{ id: number; postings: Uint8Array }>(
        `SELECT id, CAST(postings AS BLOB) AS postings FROM trigram_shards
         WHERE id IN (SELECT value * ${shards} + ? FROM json_each(?))`,
        ...[wanted.shard, JSON.stringify(blocks)],
      );
      const next = new Map<number, Uint32Array>();
      for (const { id, postings } of rows) {
        const number = Math.floor(id / shards);
        const begins = placesIn(postings, wanted)
          .filter((place) => place >= wanted.offset)
          .map((place) => place - wanted.offset);
        const both = i === 0 ? begins : inBoth(found.get(number)!, begins);
        if (both.length > 0) next.set(number, both);
      }
      found = next;
    }
    return found;
  }

  #endsOf(number: number): Uint32Array {
    let ends = this.#ends.get(number);
    if (!ends) {
      const row = this.#connection.get<{ lengths: Uint8Array }>(
        'SELECT CAST(lengths AS BLOB) AS lengths FROM trigram_blocks WHERE number = ?',
        number,
      );
      ends = runningSums(row?.lengths ?? new Uint8Array());
      const [first, last] = idsOf(number);
      if (ends.length !== fieldsOfARow * (last - first + 1)) throw corrupt('an index of trigrams has another length');
      this.#ends.set(number, ends);
    }
    return ends;
  }
}

/** What two ascending lists have in common. */
function inBoth(one: Uint32Array, other: Uint32Array): Uint32Array {
  let [i, count] = [0, 0];
  const both = new Uint32Array(Math.min(one.length, other.length));
  for (const value of one) {
    while (i < other.length && other[i]! < value) i++;
    if (other[i] === value) both[count++] = value;
  }
  return both.subarray(0, count);
}

function store(connection: Connection, number: number): void {
  const rows = rowsOf(connection, number);
  const [first, last] = idsOf(number);
  const all = Array.from({ length: last - first + 1 }, (_, i) => rows.get(first + i) ?? noFields);
  const index = indexTrigrams(all);
  connection.run(
    'INSERT OR REPLACE INTO trigram_blocks(number, texts, trigrams, lengths) VALUES (?, ?, ?, ?)',
    ...[number, rows.size, index.trigrams, index.lengths],
  );
  for (const [shard, postings] of index.shards.entries()) {
    if (postings) {
      const sql = 'INSERT OR REPLACE INTO trigram_shards(id, postings) VALUES (?, ?)';
      connection.run(sql, number * shards + shard, postings);
    }
  }
}

/** Folded, by the ids of the rows. They are read as one: a statement that returns 2048 rows takes ten times as long. */
function rowsOf(connection: Connection, number: number): Map<number, Fields> {
  // No text has the byte 255, unless it is damaged.
  const all = connection.get<Record<'ids' | 'queries' | 'texts', Uint8Array | null>>(
    `SELECT CAST(group_concat(id, x'ff') AS BLOB) AS ids, CAST(group_concat(coalesce(query, ''), x'ff') AS BLOB) AS queries,
            CAST(group_concat(text, x'ff') AS BLOB) AS texts
     FROM utterances WHERE id BETWEEN ? AND ?`,
    ...idsOf(number),
  );
  if (!all?.ids || !all.queries || !all.texts) return new Map();
  const [ids, queries, texts] = [all.ids, all.queries, all.texts].map(textsIn) as [string[], string[], string[]];
  if (queries.length !== ids.length || texts.length !== ids.length) return rowsOneByOne(connection, number);
  return new Map(ids.map((id, i) => [Number(id), [fold(queries[i]!), fold(texts[i]!)]]));
}

function rowsOneByOne(connection: Connection, number: number): Map<number, Fields> {
  const rows = connection.all<{ id: number; query: Uint8Array | null; text: Uint8Array }>(
    `SELECT id, CAST(query AS BLOB) AS query, CAST(text AS BLOB) AS text FROM utterances
     WHERE id BETWEEN ? AND ? ORDER BY id`,
    ...idsOf(number),
  );
  return new Map(rows.map(({ id, query, text }) => [id, [query ? fold(utf8(query)) : '', fold(utf8(text))]]));
}

/** Texts between bytes 255. */
function textsIn(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const texts: string[] = [];
  for (let from = 0; from <= buffer.length; ) {
    const end = buffer.indexOf(0xff, from);
    texts.push(buffer.toString('utf8', from, end < 0 ? buffer.length : end));
    if (end < 0) break;
    from = end + 1;
  }
  return texts;
}

/** Numbers of the first block and of the last one, which is not full yet; none: the last is before the first. */
function utteranceBlocks(connection: Connection): { first: number; last: number } {
  const row = connection.get<{ first: number | null; last: number | null }>(
    'SELECT (SELECT min(id) FROM utterances) AS first, (SELECT max(id) FROM utterances) AS last',
  );
  return { first: numberOf(row?.first ?? 0), last: row?.last == null ? -1 : numberOf(row.last) };
}

function trigramsOfFields(fields: Fields): number {
  return fields.reduce((sum, field) => sum + trigramsIn([...field].length), 0);
}

/** Also where it overlaps itself. */
function timesIn(field: string, phrase: string): number {
  let times = 0;
  for (let at = field.indexOf(phrase); at >= 0; at = field.indexOf(phrase, at + 1)) times++;
  return times;
}
