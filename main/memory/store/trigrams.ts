/**
 * An inverted index of trigrams: where any three letters in a row stand in the texts of a block, so that a phrase is found
 * in every script without a look at the texts. A place is that of a trigram among all trigrams of the block. The trigrams
 * are spread over shards by their hash: a search reads only the shards of those that it looks for.
 */
import { corrupt } from './failures.ts';

/** Letters of a trigram: shorter words have no entry. */
export const trigramLength = 3;

/** A part of the id of a stored shard: 6 bits, as in the triggers of schema.ts. */
export const shards = 64;

/** What is searched of a row: a query and a text, folded as searches are (search-terms.ts). */
export type Fields = readonly string[];

export interface TrigramIndex {
  /** The entries by shard: undefined where there are none. */
  readonly shards: readonly (Uint8Array | undefined)[];
  /** Trigrams of each field of each row, one after another. */
  readonly lengths: Uint8Array;
  readonly trigrams: number;
}

/** A trigram of a phrase, the shard it is in, and how many letters into the phrase it stands. */
export interface WantedTrigram {
  readonly key: Buffer;
  readonly shard: number;
  readonly offset: number;
}

/** Indexes the rows of a block; all of them have the same number of fields. */
export function indexTrigrams(rows: Iterable<Fields>): TrigramIndex {
  const lengths: number[] = [];
  const places = new Map<string, number[]>();
  let place = 0;
  for (const fields of rows) {
    for (const field of fields) {
      const letters = [...field];
      const trigrams = trigramsIn(letters.length);
      putVarint(lengths, trigrams);
      for (let i = 0; i < trigrams; i++, place++) {
        const trigram = `${letters[i]}${letters[i + 1]}${letters[i + 2]}`;
        const known = places.get(trigram);
        if (known) known.push(place);
        else places.set(trigram, [place]);
      }
    }
  }
  const entries = Array.from({ length: shards }, (): number[] => []);
  for (const [trigram, at] of places) {
    const key = Buffer.from(trigram);
    const postings: number[] = [];
    let last = 0;
    for (const each of at) {
      putVarint(postings, each - last);
      last = each;
    }
    const shard = entries[shardOf(key)]!;
    shard.push(key.length, ...key);
    putVarint(shard, postings.length);
    for (const byte of postings) shard.push(byte);
  }
  return {
    shards: entries.map((bytes) => (bytes.length > 0 ? Uint8Array.from(bytes) : undefined)),
    lengths: Uint8Array.from(lengths),
    trigrams: place,
  };
}

/** Trigrams of a field of so many letters. */
export function trigramsIn(letters: number): number {
  return Math.max(0, letters - trigramLength + 1);
}

/** As many trigrams as cover the phrase: where they stand at these distances from each other, it stands. */
export function trigramsOf(phrase: string): WantedTrigram[] {
  const letters = [...phrase];
  const wanted: WantedTrigram[] = [];
  const last = letters.length - trigramLength;
  for (let next = 0; next < last + trigramLength; next += trigramLength) {
    const offset = Math.min(next, last);
    const key = Buffer.from(letters.slice(offset, offset + trigramLength).join(''));
    wanted.push({ key, shard: shardOf(key), offset });
  }
  return wanted;
}

/** Where the trigram stands, ascending. @throws what SQLite would say of a damaged page */
export function placesIn(shard: Uint8Array, { key }: WantedTrigram): Uint32Array {
  const at = { byte: 0 };
  while (at.byte < shard.length) {
    const found = part(shard, at);
    const postings = part(shard, at);
    if (key.equals(found)) return runningSums(postings);
  }
  return new Uint32Array();
}

/** Numbers that were packed by the differences between them, which is what `lengths` are to where fields begin. */
export function runningSums(bytes: Uint8Array): Uint32Array {
  const sums = new Uint32Array(bytes.length);
  const at = { byte: 0 };
  let [sum, count] = [0, 0];
  while (at.byte < bytes.length) {
    sum += varint(bytes, at);
    sums[count++] = sum;
  }
  return sums.subarray(0, count);
}

/** FNV-1a. */
function shardOf(key: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % shards;
}

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function putVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
}

/** Reads a number at `at`, and moves it on. */
function varint(bytes: Uint8Array, at: { byte: number }): number {
  let value = 0;
  for (let shift = 0; shift <= 28; shift += 7) {
    const byte = bytes[at.byte++];
    if (byte === undefined) break;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
  throw corrupt('an index of trigrams has a number without an end');
}

/** Reads bytes that stand behind their number. */
function part(bytes: Uint8Array, at: { byte: number }): Uint8Array {
  const length = varint(bytes, at);
  const found = bytes.subarray(at.byte, at.byte + length);
  if (found.length < length) throw corrupt('an index of trigrams lacks a part');
  at.byte += length;
  return found;
}
