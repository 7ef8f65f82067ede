import { Turns } from '../base/turns.ts';
import { DecodeBatch } from './batch.ts';
import { frameState, unframeState, unusable } from './cache-state.ts';
import { later } from './functions.ts';
import { NativeArray, readFloats } from './library.ts';
import { largest, softmaxAt } from './logits.ts';
import type { ContextHost, NativeContext } from './native-context.ts';
import { Occupancy } from './occupancy.ts';
import { checkSequence, isSameLayout, type SequenceLayout } from './saved-sequence.ts';
import type { Batch, Pointer } from './structs.ts';
import type { LanguageContext } from './types.ts';

const sequence = 0;
/** Where positions wait while others are put before them: llama.cpp only ever appends to a sequence. */
const aside = 1;
/** From so many positions in one call on, more threads gain more than they lose by waiting for one another. */
export const wideCall = 32;

/** See `LanguageContext`. Made by `openContext`. */
export class Context implements LanguageContext {
  readonly capacity: number;
  readonly batch: number;
  readonly counters = { decodes: 0, embeddings: 0, tokens: 0 };
  readonly #host: ContextHost;
  readonly #native: NativeContext;
  readonly #address: Pointer;
  readonly #memory: Pointer;
  readonly #batch: DecodeBatch;
  readonly #turns = new Turns();
  readonly #occupancy = new Occupancy();
  /** Logits of the last decode, by offset. */
  readonly #rows = new Map<number, Float32Array>();
  /** Keys whose positions were shifted are rotated by the next decode, and are not yet what a saved cache must hold. */
  #rotationDue = false;
  #disposing: Promise<void> | undefined;

  constructor(host: ContextHost, native: NativeContext) {
    this.#host = host;
    this.#native = native;
    this.#address = native.address;
    this.#memory = native.memory;
    this.#batch = new DecodeBatch(native.batch, host.embeddingWidth);
    this.capacity = native.capacity;
    this.batch = native.batch;
  }

  get #functions() {
    return this.#host.library.functions;
  }

  decodeTokens(tokens: Int32Array, position: number, logitsAt: readonly number[]): Promise<void> {
    return this.#turn(() => this.#appendTokens(tokens, position, logitsAt));
  }

  async #appendTokens(tokens: Int32Array, position: number, logitsAt: readonly number[]): Promise<void> {
    for (const token of tokens) this.#host.vocabulary.check(token);
    await this.#append(tokens.length, position, logitsAt, (from, to, wanted) =>
      this.#batch.tokens(tokens.subarray(from, to), position + from, wanted),
    );
    this.counters.tokens += tokens.length;
  }

  decodeEmbeddings(embeddings: Float32Array, position: number, logitsAt: readonly number[]): Promise<void> {
    return this.#turn(async () => {
      const width = this.#host.embeddingWidth;
      const count = embeddings.length / width;
      if (!Number.isInteger(count)) {
        throw new RangeError(`${embeddings.length} numbers are not whole embeddings of ${width}`);
      }
      await this.#append(count, position, logitsAt, (from, to, wanted) =>
        this.#batch.embeddings(embeddings.subarray(from * width, to * width), position + from, wanted),
      );
      this.counters.embeddings += count;
    });
  }

  /** Feeds `count` positions in as many decode calls as they need; a failure leaves the cache as it was. */
  async #append(
    count: number,
    position: number,
    logitsAt: readonly number[],
    fill: (from: number, to: number, wanted: readonly number[]) => Batch,
  ): Promise<void> {
    this.#checkAppend(count, position, logitsAt);
    if (count === 0) return;
    this.#rows.clear();
    for (let from = 0; from < count; from += this.batch) {
      const to = Math.min(from + this.batch, count);
      const wanted = logitsAt.filter((offset) => offset >= from && offset < to).map((offset) => offset - from);
      this.#spread(to - from);
      const code = await later(this.#functions.llama_decode, this.#address, fill(from, to, wanted));
      if (code !== 0) {
        this.#rows.clear();
        this.#functions.llama_memory_seq_rm(this.#memory, sequence, position, -1);
        throw await this.#decodeFailure(code);
      }
      this.counters.decodes++;
      for (const offset of wanted) this.#keepRow(from + offset, offset);
    }
    this.#rotationDue = false;
    this.#occupancy.append(count);
  }

  /** Chooses the threads of the next decode call, and of the rotation of shifted keys that may come before it. */
  #spread(count: number): void {
    const { threads, wide } = this.#native;
    if (!wide) return;
    const pool = count < wideCall ? null : wide.address;
    const used = count < wideCall ? threads : wide.threads;
    this.#functions.llama_attach_threadpool(this.#address, pool, pool);
    this.#functions.llama_set_n_threads(this.#address, used, used);
  }

  #checkAppend(count: number, position: number, logitsAt: readonly number[]): void {
    const { end, cells } = this.#occupancy;
    if (position !== end) throw new RangeError(`Position ${position} does not follow the cache, which ends at ${end}`);
    if (cells + count > this.capacity) {
      throw new RangeError(`${count} positions do not fit: ${cells} of ${this.capacity} cells are in use`);
    }
    for (const offset of logitsAt) {
      if (!(Number.isInteger(offset) && offset >= 0 && offset < count)) {
        throw new RangeError(`Logits are asked for at offset ${offset} of ${count} positions`);
      }
    }
  }

  async #decodeFailure(code: number): Promise<Error> {
    const meaning = code === 1 ? 'no free cells in a row' : code === 2 ? 'aborted' : 'failed';
    const cause = await this.#host.library.complaints();
    return new Error(`llama_decode returned ${code} (${meaning})`, { cause });
  }

  #keepRow(offset: number, batchOffset: number): void {
    const row = this.#functions.llama_get_logits_ith(this.#address, batchOffset);
    this.#rows.set(offset, readFloats(row, this.#host.vocabulary.size));
  }

  probability(offset: number, token: number): number {
    this.#host.vocabulary.check(token);
    return softmaxAt(this.#row(offset), token);
  }

  argmax(offset: number, except?: ReadonlySet<number>): number {
    return largest(this.#row(offset), except);
  }

  logits(offset: number): Float32Array {
    return this.#row(offset).slice();
  }

  #row(offset: number): Float32Array {
    this.#checkOpen();
    const row = this.#rows.get(offset);
    if (row === undefined) throw new RangeError(`The last decode kept no logits at offset ${offset}`);
    return row;
  }

  remove(from: number, to: number): Promise<void> {
    return this.#turn(() => {
      const end = this.#range(from, to);
      if (!this.#functions.llama_memory_seq_rm(this.#memory, sequence, from, end)) {
        throw new Error(`llama.cpp could not remove positions [${from}, ${end})`);
      }
      this.#occupancy.remove(from, end);
      if (this.#occupancy.cells === 0) this.#rotationDue = false;
    });
  }

  shift(from: number, to: number, delta: number): Promise<void> {
    return this.#turn(() => {
      const end = this.#range(from, to);
      if (!Number.isInteger(delta)) throw new RangeError(`Positions cannot be shifted by ${delta}`);
      this.#occupancy.shift(from, end, delta);
      this.#functions.llama_memory_seq_add(this.#memory, sequence, from, end, delta);
      this.#rotationDue = true;
    });
  }

  /** `to`, or the end of the cache for -1. */
  #range(from: number, to: number): number {
    const end = to === -1 ? Math.max(from, this.#occupancy.end) : to;
    if (!(Number.isInteger(from) && Number.isInteger(end) && from >= 0 && from <= end)) {
      throw new RangeError(`[${from}, ${to}) is not a range of positions`);
    }
    return end;
  }

  /** After a failure what lay behind is lost. */
  replace(from: number, to: number, tokens: Int32Array): Promise<void> {
    return this.#turn(async () => {
      if (!this.#native.replaces) throw new Error('This context was opened without `replaces`');
      const behind = this.#range(to, -1);
      const { llama_memory_seq_cp: copy, llama_memory_seq_rm: remove, llama_memory_seq_add: add } = this.#functions;
      copy(this.#memory, sequence, aside, to, behind);
      try {
        remove(this.#memory, sequence, from, -1);
        this.#occupancy.remove(from, behind);
        await this.#appendTokens(tokens, from, []);
        const moved = from + tokens.length - to;
        add(this.#memory, aside, to, behind, moved);
        copy(this.#memory, aside, sequence, to + moved, behind + moved);
        this.#occupancy.append(behind - to);
        this.#rotationDue = moved !== 0 && behind > to;
      } finally {
        remove(this.#memory, aside, -1, -1);
      }
    });
  }

  clear(): Promise<void> {
    return this.#turn(() => this.#clear());
  }

  #clear(): void {
    this.#functions.llama_memory_clear(this.#memory, false);
    this.#occupancy.clear();
    this.#rows.clear();
    this.#rotationDue = false;
  }

  saveState(): Promise<Uint8Array> {
    return this.#turn(async () => {
      if (this.#rotationDue) await this.#rotate();
      return frameState(this.#occupancy.cells, await this.#sequence());
    });
  }

  async #sequence(): Promise<Uint8Array> {
    const size = this.#functions.llama_state_seq_get_size(this.#address, sequence);
    using bytes = new NativeArray('uint8_t', Math.max(size, 1));
    const written = await later(this.#functions.llama_state_seq_get_data, this.#address, bytes.address, size, sequence);
    if (size === 0 || written !== size) {
      throw new Error(`llama.cpp saved ${written} of ${size} bytes of its cache`, {
        cause: await this.#host.library.complaints(),
      });
    }
    return bytes.read();
  }

  /** Decodes a token and forgets it again: nothing else makes llama.cpp rotate shifted keys. */
  async #rotate(): Promise<void> {
    const { end, cells } = this.#occupancy;
    if (cells === this.capacity) throw new Error('A full cache with shifted positions cannot be saved');
    const batch = this.#batch.tokens(Int32Array.of(0), end, []);
    const code = await later(this.#functions.llama_decode, this.#address, batch);
    this.#functions.llama_memory_seq_rm(this.#memory, sequence, end, -1);
    if (code !== 0) throw await this.#decodeFailure(code);
    this.#rotationDue = false;
  }

  /** A state that is refused for its frame leaves the cache as it was; after any other failure it is empty. */
  loadState(state: Uint8Array, expected?: number): Promise<void> {
    return this.#turn(async () => {
      const { cells, payload } = unframeState(state);
      if (expected !== undefined && cells !== expected) throw unusable(`it holds ${cells} positions, not ${expected}`);
      if (cells > this.capacity) throw unusable(`it holds ${cells} positions, and this cache ${this.capacity}`);
      this.#clear();
      const layout = checkSequence(payload, cells);
      if (cells > 0 && !isSameLayout(layout, await this.#ownLayout()))
        throw unusable('it was saved with another model');
      using bytes = new NativeArray('uint8_t', Math.max(payload.length, 1));
      bytes.write(payload);
      const set = this.#functions.llama_state_seq_set_data;
      const read = await later(set, this.#address, bytes.address, payload.length, sequence);
      const last = this.#functions.llama_memory_seq_pos_max(this.#memory, sequence);
      if (read !== payload.length || last + 1 !== cells) {
        this.#clear();
        throw unusable('it was saved with another model', {
          cause: await this.#host.library.complaints(),
        });
      }
      this.#occupancy.append(cells);
    });
  }

  /** The layout of a state of this context, from one of a single token. The cache has to be empty, and is so afterwards. */
  async #ownLayout(): Promise<SequenceLayout> {
    await this.#appendTokens(Int32Array.of(0), 0, []);
    const layout = checkSequence(await this.#sequence(), 1);
    this.#clear();
    return layout;
  }

  #turn<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#turns.run(() => {
      this.#checkOpen();
      return work();
    });
  }

  #checkOpen(): void {
    if (this.#disposing) throw new Error('This context is closed');
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposing ??= this.#turns.run(() => {
      this.#rows.clear();
      this.#native.owned[Symbol.dispose]();
      this.#batch[Symbol.dispose]();
      this.#host.release();
    });
    return this.#disposing;
  }
}
