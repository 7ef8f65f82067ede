/**
 * Metrics over the stretches between true events. Each event opens a segment that lasts until the next one, or to the
 * end of the stream; a narration belongs to the segment it was said in. Events at the same time share one segment.
 */
import { readSentence, similarity } from './grammar.ts';
import type { TrueEvent, Utterance } from './matching.ts';

export interface SegmentScore {
  /** Narrations in the segment. One a segment would be ideal. */
  readonly replies: number;
  /** Share of the area under the curve of the best score so far, 0..1 (`paucOf`). */
  readonly pauc: number;
  /** The same had nothing been said. */
  readonly silentPauc: number;
}

export function scoreSegments(
  said: readonly Utterance[],
  truth: readonly TrueEvent[],
  seconds: number,
): SegmentScore[] {
  const groups = [...Map.groupBy(truth, (event) => event.t)].sort(([a], [b]) => a - b);
  return groups.flatMap(([start, events], i) => {
    const end = groups[i + 1]?.[0] ?? seconds;
    if (end <= start) return []; // after the last frame
    const replies = said.filter(({ t }) => t >= start - tolerance && t < end - tolerance);
    const span = { start, end };
    return [
      {
        replies: replies.length,
        pauc: paucOf(
          replies.map((reply) => ({ t: reply.t, score: judge(reply, events) })),
          span,
        ),
        silentPauc: paucOf([], span),
      },
    ];
  });
}

/** Times are multiples of a frame in floating point. */
const tolerance = 1e-6;

/** Highest score of a reply: 2 = kind and subject are right, 1 = the kind is, 0 = wrong. */
const bestScore = 2;
/** What saying nothing is worth: better than a wrong reply, worse than half a right one. */
const silenceScore = 0.5;
/** How much of a delay is forgiven. */
const forgiven = 0.5;

function judge({ text }: Utterance, events: readonly TrueEvent[]): number {
  const meaning = readSentence(text);
  const alike = Math.max(...events.map((event) => similarity(meaning, event)));
  return alike === 1 ? bestScore : alike > 0 ? 1 : 0;
}

/**
 * PAUC of one span: the best score so far as a step curve over the span, starting at
 * that of silence; a reply at t counts from (1 - forgiven)(t - start). The area, as a share of the highest possible.
 */
export function paucOf(
  replies: readonly { readonly t: number; readonly score: number }[],
  { start, end }: { readonly start: number; readonly end: number },
): number {
  const length = end - start;
  let best = silenceScore;
  let from = 0;
  let area = 0;
  for (const { t, score } of replies.toSorted((a, b) => a.t - b.t)) {
    if (score <= best) continue;
    const x = Math.min(length, Math.max(0, (1 - forgiven) * (t - start)));
    area += best * (x - from);
    best = score;
    from = x;
  }
  return (area + best * (length - from)) / (length * bestScore);
}
