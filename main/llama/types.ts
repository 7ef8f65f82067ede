/** The language side as the session sees it; nothing here says how libllama is called. */

export interface LanguageModel extends AsyncDisposable {
  /** Width of a token embedding. */
  readonly embeddingWidth: number;
  readonly vocabularySize: number;
  readonly trainedContext: number;
  /** GGUF file type name of the weights ("f16", "q8_0"), as in `bundle.json`'s calibration table. */
  readonly quantisation: string;
  readonly beginOfText: number | undefined;
  /** Text to tokens. `special`: texts of special tokens become those tokens. No begin-of-text token is added. */
  tokenize(text: string, options?: { special?: boolean }): Int32Array;
  /** Tokens to text; special tokens give ''. Bytes of an unfinished UTF-8 character are held by `TextDecoder` semantics. */
  detokenize(tokens: Int32Array | readonly number[]): string;
  /** Raw bytes of one token, for streaming text out. */
  piece(token: number): Uint8Array;
  openContext(options: ContextOptions): Promise<LanguageContext>;
}

export interface ContextOptions {
  /** Cells of the KV cache. */
  readonly capacity: number;
  /** Most positions in one decode call; default 512. Longer inputs take several calls. */
  readonly batch?: number;
  /** Default: 1 below four cores, else half the cores, at most 8. */
  readonly threads?: number | undefined;
  /**
   * Whether something else, such as the encoder, needs the CPU at the same time; default true. If not, and `threads` is
   * left open, calls of 32 positions and more, such as several frames at once, run on all cores, at most 8.
   */
  readonly sharesCpu?: boolean | undefined;
  /** Whether `replace` will be used: that takes a second sequence, which makes decoding a little slower; default false. */
  readonly replaces?: boolean | undefined;
}

/**
 * One sequence over one KV cache. Positions are given by the caller (the ledger owns them). All calls take turns on a
 * thread of their own; a failed call does not poison the next.
 */
export interface LanguageContext extends AsyncDisposable {
  readonly capacity: number;
  readonly batch: number;
  /** Decode calls and positions fed so far: counted, so that "a silent frame costs no token" can be measured. */
  readonly counters: { readonly decodes: number; readonly embeddings: number; readonly tokens: number };
  /** Appends token ids at `position`...; keeps logits for the listed offsets into `tokens`. */
  decodeTokens(tokens: Int32Array, position: number, logitsAt: readonly number[]): Promise<void>;
  /** Appends embeddings [n x embeddingWidth]; keeps logits for the listed offsets. */
  decodeEmbeddings(embeddings: Float32Array, position: number, logitsAt: readonly number[]): Promise<void>;
  /** Probability (softmax over the vocabulary) of one token at an offset asked for in the last decode. */
  probability(offset: number, token: number): number;
  /** Most probable token at an offset asked for in the last decode; the first such token on a tie. */
  argmax(offset: number, except?: ReadonlySet<number>): number;
  /** A copy of the logits at an offset asked for in the last decode: [vocabularySize]. */
  logits(offset: number): Float32Array;
  /** Forgets positions [from, to); to = -1 for "to the end". */
  remove(from: number, to: number): Promise<void>;
  /** Adds `delta` to positions [from, to) and re-rotates their keys. */
  shift(from: number, to: number, delta: number): Promise<void>;
  /** Puts tokens in the place of positions [from, to); those behind keep their cells and are re-indexed. */
  replace(from: number, to: number, tokens: Int32Array): Promise<void>;
  clear(): Promise<void>;
  /**
   * The cache as bytes, and back. A state that does not fit this model, or has another number of positions than is
   * expected of it, throws `snapshot-unusable`.
   */
  saveState(): Promise<Uint8Array>;
  loadState(state: Uint8Array, expected?: number): Promise<void>;
}
