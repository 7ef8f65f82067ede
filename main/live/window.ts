/**
 * The window: which spans leave the cache when it is full. Vision goes first and text stays longer, because a few
 * recent frames carry what is on the screen while earlier replies carry what happened (StreamingVLM, SimpleStream).
 * Eviction works in blocks between two water marks: re-indexing costs one pass over the cache, so it must be rare.
 */
import type { Ledger, Span } from './ledger.ts';

/** All in tokens. */
export interface WindowMarks {
  /** No frame is fed past this mark. */
  readonly high: number;
  /** What eviction comes down to. */
  readonly low: number;
  /** Most tokens of replies older than the oldest frame that is kept. */
  readonly replies: number;
}

/**
 * Indices of the spans to evict so that the ledger comes down to `marks.low`: oldest frames first, then oldest replies.
 * Never the system prompt, the standing instruction, a query without its answer, or the newest frame.
 */
export function planEviction(ledger: Ledger, marks: WindowMarks): Set<number> {
  const { spans } = ledger;
  const evicted = new Set<number>();
  let excess = ledger.length - marks.low;
  const evict = (index: number) => {
    evicted.add(index);
    excess -= spans[index]!.tokens;
  };

  const frames = indicesOf(spans, (span) => span.kind === 'frame');
  for (const index of frames.slice(0, -1)) {
    if (excess <= 0) break;
    evict(index);
  }

  const oldestFrame = frames.find((index) => !evicted.has(index)) ?? spans.length;
  const exchanges = finishedExchanges(spans);
  let oldReplies = sum(
    exchanges
      .flat()
      .filter((index) => index < oldestFrame)
      .map((index) => spans[index]!.tokens),
  );
  for (const exchange of exchanges) {
    const old = exchange.every((index) => index < oldestFrame);
    if (excess <= 0 && !(old && oldReplies > marks.replies)) break;
    for (const index of exchange) {
      if (old) oldReplies -= spans[index]!.tokens;
      evict(index);
    }
  }

  // An opening with no frame left in its list goes with the reply that closed it.
  for (const index of indicesOf(spans, (span) => span.kind === 'opening')) {
    const next = spans.findIndex((span, at) => at > index && span.kind !== 'frame');
    const hasFrames = frames.some((at) => at > index && (next < 0 || at < next) && !evicted.has(at));
    if (!hasFrames && next >= 0 && evicted.has(next)) evicted.add(index);
  }
  return evicted;
}

/** Indices of the spans that lie in a span of media time: what must go when that time is forgotten. */
export function spansWithin(ledger: Ledger, from: number, to: number): Set<number> {
  const forgettable = (span: Span) => span.kind !== 'system' && span.kind !== 'instruction' && span.kind !== 'opening';
  return new Set(indicesOf(ledger.spans, (span) => forgettable(span) && span.t >= from && span.t <= to));
}

/** Narrations, and queries together with their answers, oldest first. A query still waiting is not among them. */
function finishedExchanges(spans: readonly Span[]): number[][] {
  const exchanges: number[][] = [];
  for (const [index, span] of spans.entries()) {
    if (span.kind === 'narration') exchanges.push([index]);
    if (span.kind === 'query' && spans[index + 1]?.kind === 'answer') exchanges.push([index, index + 1]);
  }
  return exchanges;
}

function indicesOf(spans: readonly Span[], wanted: (span: Span) => boolean): number[] {
  return spans.flatMap((span, index) => (wanted(span) ? [index] : []));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
