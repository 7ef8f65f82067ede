/**
 * The format in which llama.cpp saves a sequence (`llama_state_seq_get_data`; `llama_kv_cache::state_write` in
 * llama-kv-cache.cpp of the pinned release), read before llama.cpp does: it trusts the numbers in it and takes memory
 * for as many cells as they claim. All little endian:
 *
 *     magic u32, version u32, then for each cache of the model (one, or two where some layers have a sliding window):
 *       streams u32 = 1 | cells u32 | cells x (position i32, sequences u32 = 1, sequence i32 = 0)
 *       values transposed u32 | layers u32
 *       layers x (type i32, bytes of a row u64, cells x row)                              the keys
 *       layers x (type i32, bytes of a row u64, cells x row)                              the values,
 *       or layers x (type i32, bytes of an element u32, width u32, width x cells x element)  where they are transposed
 */
import { unusable } from './cache-state.ts';

/** f16 in `enum ggml_type`: the only type this program opens a cache with. */
const f16 = 1;
/** Bytes of what is saved for a cell beside its keys and values. */
const cellBytes = 12;
/** Bytes of what is saved for a layer, at least, beside its keys and values. */
const layerBytes = 24;

/** What has to be the same in two states of one model; everything but the number of cells. */
export type SequenceLayout = readonly number[];

/**
 * Checks that the bytes hold `cells` positions from 0 on, each once, that every size in them fits their length, and that
 * keys and values are numbers. Returns the layout, for the comparison with that of the model at hand.
 * @throws OnlookerError `snapshot-unusable`
 */
export function checkSequence(payload: Uint8Array, cells: number): SequenceLayout {
  const reader = new Reader(payload);
  const layout = [reader.uint32(), reader.uint32()];
  while (reader.remaining > 0) layout.push(...checkCache(reader, cells));
  return layout;
}

/** True if the two states come from the same model and the same program. */
export function isSameLayout(a: SequenceLayout, b: SequenceLayout): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function checkCache(reader: Reader, cells: number): number[] {
  const streams = reader.uint32();
  if (streams !== 1) throw unusable(`it holds ${streams} streams`);
  checkCells(reader, cells);
  if (cells === 0) return [];
  const transposed = reader.uint32();
  const layers = reader.uint32();
  if (transposed > 1 || layers > reader.remaining / layerBytes) throw unusable('its sizes do not fit its length');
  const layout = [transposed, layers];
  for (let i = 0; i < layers; i++) layout.push(...checkRows(reader, cells));
  for (let i = 0; i < layers; i++) {
    layout.push(...(transposed === 1 ? checkColumns(reader, cells) : checkRows(reader, cells)));
  }
  return layout;
}

function checkCells(reader: Reader, cells: number): void {
  const saved = reader.uint32();
  if (saved !== cells || saved > reader.remaining / cellBytes) throw unusable('its number of positions is wrong');
  const seen = new Uint8Array(cells);
  for (let i = 0; i < cells; i++) {
    const position = reader.uint32();
    const [sequences, sequence] = [reader.uint32(), reader.uint32()];
    if (sequences !== 1 || sequence !== 0) throw unusable('it holds several sequences');
    if (position >= cells || seen[position] === 1) throw unusable('its positions do not follow one another');
    seen[position] = 1;
  }
}

function checkRows(reader: Reader, cells: number): number[] {
  const type = reader.uint32();
  const row = reader.uint64();
  reader.numbers(type, row * cells);
  return [type, row];
}

function checkColumns(reader: Reader, cells: number): number[] {
  const [type, element, width] = [reader.uint32(), reader.uint32(), reader.uint32()];
  reader.numbers(type, element * width * cells);
  return [type, element, width];
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  /** Goes past keys or values. */
  numbers(type: number, bytes: number): void {
    if (type !== f16 || bytes % 2 !== 0) throw unusable('its numbers have another type');
    const from = this.#skip(bytes);
    // Copied (which `slice` of a Buffer does not): the place of 16 bit numbers in a buffer has to be even.
    const numbers = new Uint16Array(new Uint8Array(this.#bytes.subarray(from, from + bytes)).buffer);
    // All bits of the exponent set: infinity, or not a number.
    if (numbers.some((bits) => (bits & 0x7c00) === 0x7c00)) throw unusable('it holds values that are not numbers');
  }

  #skip(bytes: number): number {
    if (bytes > this.remaining) throw unusable('its sizes do not fit its length');
    this.#at += bytes;
    return this.#at - bytes;
  }
}
