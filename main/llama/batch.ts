import { NativeArray } from './library.ts';
import type { Batch } from './structs.ts';

/**
 * The arrays of one decode call, allocated once and filled again for every call: llama.cpp keeps their addresses while
 * it works. All positions belong to sequence 0, which is what null `n_seq_id` and `seq_id` mean.
 */
export class DecodeBatch implements Disposable {
  /** Most positions. */
  readonly length: number;
  readonly #width: number;
  readonly #owned = new DisposableStack();
  readonly #tokens: NativeArray<'int32_t'>;
  readonly #embeddings: NativeArray<'float'>;
  readonly #positions: NativeArray<'int32_t'>;
  readonly #wanted: NativeArray<'int8_t'>;
  readonly #positionValues: Int32Array;
  readonly #wantedValues: Int8Array;
  readonly #struct: Batch;

  constructor(length: number, embeddingWidth: number) {
    this.length = length;
    this.#width = embeddingWidth;
    this.#tokens = this.#owned.use(new NativeArray('int32_t', length));
    this.#embeddings = this.#owned.use(new NativeArray('float', length * embeddingWidth));
    this.#positions = this.#owned.use(new NativeArray('int32_t', length));
    this.#wanted = this.#owned.use(new NativeArray('int8_t', length));
    this.#positionValues = new Int32Array(length);
    this.#wantedValues = new Int8Array(length);
    this.#struct = {
      n_tokens: 0,
      token: null,
      embd: null,
      pos: this.#positions.address,
      n_seq_id: null,
      seq_id: null,
      logits: this.#wanted.address,
    };
  }

  /** Token ids at `position`...; `wanted` lists the offsets whose logits are kept. */
  tokens(tokens: Int32Array, position: number, wanted: readonly number[]): Batch {
    this.#tokens.write(tokens);
    this.#struct.token = this.#tokens.address;
    this.#struct.embd = null;
    return this.#fill(tokens.length, position, wanted);
  }

  /** Embeddings [n x embeddingWidth] at `position`... */
  embeddings(embeddings: Float32Array, position: number, wanted: readonly number[]): Batch {
    this.#embeddings.write(embeddings);
    this.#struct.token = null;
    this.#struct.embd = this.#embeddings.address;
    return this.#fill(embeddings.length / this.#width, position, wanted);
  }

  #fill(count: number, position: number, wanted: readonly number[]): Batch {
    for (let i = 0; i < count; i++) this.#positionValues[i] = position + i;
    this.#wantedValues.fill(0, 0, count);
    for (const offset of wanted) this.#wantedValues[offset] = 1;
    this.#positions.write(this.#positionValues.subarray(0, count));
    this.#wanted.write(this.#wantedValues.subarray(0, count));
    this.#struct.n_tokens = count;
    return this.#struct;
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}
