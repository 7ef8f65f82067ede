import type { GapSpan, Speech } from '../../../preload/contract.ts';

/** What the history shows, in order of time. */
export type Item =
  | { readonly type: 'speech'; readonly key: string; readonly at: number; readonly speech: Speech }
  | { readonly type: 'gap'; readonly key: string; readonly at: number; readonly gap: GapSpan };

/** A speech keeps its place while it grows: it is sorted by when it began. */
export function itemsOf(speeches: readonly Speech[], gaps: readonly GapSpan[]): Item[] {
  return [
    ...speeches.map((speech): Item => ({ type: 'speech', key: `speech-${speech.id}`, at: speech.at, speech })),
    ...gaps.map((gap): Item => ({ type: 'gap', key: `gap-${gap.from}`, at: gap.from, gap })),
  ].sort((a, b) => a.at - b.at);
}
