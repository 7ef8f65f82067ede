import type { GapSpan, Moment, Utterance } from '../../../preload/contract.ts';

export type Line =
  | { readonly type: 'said'; readonly key: string; readonly at: number; readonly utterance: Utterance }
  | { readonly type: 'gap'; readonly key: string; readonly at: number; readonly gap: GapSpan };

/** Utterances and gaps, in order of time. */
export function linesOf(moments: readonly Moment[], gaps: readonly GapSpan[]): Line[] {
  return [
    ...moments.flatMap((moment, m) =>
      moment.utterances.map(
        (utterance, u): Line => ({
          type: 'said',
          key: `said-${moment.session}-${m}-${u}`,
          at: utterance.at,
          utterance,
        }),
      ),
    ),
    ...gaps.map((gap, g): Line => ({ type: 'gap', key: `gap-${gap.from}-${g}`, at: gap.from, gap })),
  ].sort((a, b) => a.at - b.at);
}
