/**
 * The ledger: what lies in the KV cache, span by span. It is the only place that knows positions; the context is told
 * them. Spans are contiguous from position 0, so a span's position is the sum of the token counts before it.
 */

export type SpanKind =
  | 'system' // system prompt
  | 'instruction' // standing instruction
  | 'opening' // tokens that open a list of frames, where the protocol has them
  | 'frame'
  | 'narration' // its opening transition, text and end of reply
  | 'query'
  | 'answer';

export interface Span {
  readonly kind: SpanKind;
  /** Cache cells it takes. A frame's count grows by one when a separator is put behind it. */
  tokens: number;
  /** Media time in seconds; for a reply, of the frame it was said on. */
  readonly t: number;
  /** Frame number on the sampling grid, for frames. */
  readonly frame?: number;
}

/** A range of cache positions, [from, to). */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export class Ledger {
  #spans: Span[];
  #length: number;

  constructor(spans: readonly Span[] = []) {
    this.#spans = spans.map((span) => ({ ...span }));
    this.#length = countTokens(this.#spans);
  }

  /** Cells in use; also the position of the next token. */
  get length(): number {
    return this.#length;
  }

  get spans(): readonly Span[] {
    return this.#spans;
  }

  get last(): Span | undefined {
    return this.#spans.at(-1);
  }

  append(span: Span): void {
    this.#spans.push({ ...span });
    this.#length += span.tokens;
  }

  /** Adds tokens to the last span: a separator behind a frame, the next token of a reply. */
  extendLast(tokens: number): void {
    const last = this.#spans.at(-1);
    if (!last) throw new Error('An empty ledger has no span to extend.');
    last.tokens += tokens;
    this.#length += tokens;
  }

  /** Gives a span another length. Returns the positions that it had. */
  resize(index: number, tokens: number): Range {
    const from = countTokens(this.#spans.slice(0, index));
    const span = this.#spans[index]!;
    const range = { from, to: from + span.tokens };
    this.#length += tokens - span.tokens;
    span.tokens = tokens;
    return range;
  }

  /** Takes the last span off, as if it had never been fed. */
  dropLast(): void {
    const last = this.#spans.pop();
    if (last) this.#length -= last.tokens;
  }

  /**
   * Removes the spans at these indices and closes the holes.
   * Returns the removed position ranges, first to last, neighbours merged, in positions *before* the removal.
   */
  remove(indices: ReadonlySet<number>): Range[] {
    const ranges: { from: number; to: number }[] = [];
    const kept: Span[] = [];
    let position = 0;
    for (const [index, span] of this.#spans.entries()) {
      const end = position + span.tokens;
      if (!indices.has(index)) kept.push(span);
      else if (ranges.at(-1)?.to === position) ranges.at(-1)!.to = end;
      else ranges.push({ from: position, to: end });
      position = end;
    }
    this.#spans = kept;
    this.#length = countTokens(kept);
    return ranges;
  }
}

function countTokens(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + span.tokens, 0);
}
