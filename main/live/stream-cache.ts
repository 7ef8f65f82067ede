/** The KV cache of a stream with the ledger of what lies in it: neither ever changes without the other. */
import type { LanguageContext, LanguageModel } from '../llama/types.ts';
import { Ledger, type Range, type Span } from './ledger.ts';
import type { FrameProtocol } from './protocol.ts';
import type { SessionFrame } from './session-types.ts';

export class StreamCache implements AsyncDisposable {
  readonly #context: LanguageContext;
  readonly #protocol: FrameProtocol;
  readonly #frameWidth: number;
  #ledger = new Ledger();

  /** @param context empty; it is owned from now on */
  constructor(context: LanguageContext, model: Pick<LanguageModel, 'embeddingWidth'>, protocol: FrameProtocol) {
    this.#context = context;
    this.#protocol = protocol;
    this.#frameWidth = model.embeddingWidth * protocol.tokensPerFrame;
  }

  /** Decode calls and tokens fed so far. */
  get counters(): LanguageContext['counters'] {
    return this.#context.counters;
  }

  /** What lies in the cache. Only this class changes it. */
  get ledger(): Ledger {
    return this.#ledger;
  }

  get spans(): readonly Span[] {
    return this.#ledger.spans;
  }

  get last(): Span | undefined {
    return this.#ledger.last;
  }

  /** Cells in use. */
  get length(): number {
    return this.#ledger.length;
  }

  /** True if so many tokens more fit. */
  hasRoom(tokens: number): boolean {
    return this.#ledger.length + tokens <= this.#context.capacity;
  }

  /** See `LanguageContext`; offsets are those of the last call that fed something. */
  probability(offset: number, token: number): number {
    return this.#context.probability(offset, token);
  }

  argmax(offset: number, except: ReadonlySet<number>): number {
    return this.#context.argmax(offset, except);
  }

  /** Appends tokens as a span of their own; logits are kept at the last one. */
  async feed(kind: Span['kind'], t: number, tokens: Int32Array): Promise<void> {
    if (tokens.length > 0) await this.#context.decodeTokens(tokens, this.#ledger.length, [tokens.length - 1]);
    this.#ledger.append({ kind, tokens: tokens.length, t });
  }

  /** Appends frames in one decode call; logits are kept at each one's last position. */
  async feedFrames(frames: readonly SessionFrame[]): Promise<void> {
    const { tokensPerFrame, separator } = this.#protocol;
    const last = this.#ledger.last?.kind;
    if (last === 'frame' && separator.length > 0) {
      await this.#context.decodeTokens(separator, this.#ledger.length, []);
      this.#ledger.extendLast(separator.length);
    }
    const opening = this.#protocol.transition(last, 'frame');
    if (opening.length > 0) await this.feed('opening', frames[0]!.t, opening);

    const embeddings = new Float32Array(frames.length * this.#frameWidth);
    for (const [i, frame] of frames.entries()) embeddings.set(frame.tokens, i * this.#frameWidth);
    const lastPositions = frames.map((_, i) => (i + 1) * tokensPerFrame - 1);
    await this.#context.decodeEmbeddings(embeddings, this.#ledger.length, lastPositions);
    for (const { index, t } of frames) this.#ledger.append({ kind: 'frame', tokens: tokensPerFrame, t, frame: index });
  }

  /** Appends one token to the last span; its logits are kept at offset 0. */
  async extend(token: number): Promise<void> {
    await this.#context.decodeTokens(Int32Array.of(token), this.#ledger.length, [0]);
    this.#ledger.extendLast(1);
  }

  /** Puts other tokens in the place of a span; what lies behind it stays and is re-indexed. */
  async replace(span: number, tokens: Int32Array): Promise<void> {
    const { from, to } = this.#ledger.resize(span, tokens.length);
    await this.#context.replace(from, to, tokens);
  }

  /** Takes the newest spans back out. */
  async dropLast(count: number): Promise<void> {
    if (count === 0) return;
    for (let i = 0; i < count; i++) this.#ledger.dropLast();
    await this.#context.remove(this.#ledger.length, -1);
  }

  /** Removes spans and re-indexes what lies behind them, last range first, so that earlier positions still hold. */
  async evict(indices: ReadonlySet<number>): Promise<void> {
    let end = this.#ledger.length;
    const ranges: Range[] = this.#ledger.remove(indices);
    for (const { from, to } of ranges.reverse()) {
      await this.#context.remove(from, to);
      if (to < end) await this.#context.shift(to, end, from - to);
      end -= to - from;
    }
  }

  /** Does work that leaves no trace here. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    const saved = await this.save();
    try {
      return await work();
    } finally {
      await this.#context.clear();
      await this.restore(saved);
    }
  }

  async save(): Promise<{ readonly spans: readonly Span[]; readonly cache: Uint8Array }> {
    const { spans } = new Ledger(this.#ledger.spans);
    return { spans, cache: await this.#context.saveState() };
  }

  /** @throws OnlookerError `snapshot-unusable` when the cache does not fit the model or the spans */
  async restore({ spans, cache }: { readonly spans: readonly Span[]; readonly cache: Uint8Array }): Promise<void> {
    const ledger = new Ledger(spans);
    await this.#context.loadState(cache, ledger.length);
    this.#ledger = ledger;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context[Symbol.asyncDispose]();
  }
}
