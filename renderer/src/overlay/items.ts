import type { GapSpan, Speech } from '../../../preload/contract.ts';

/** What the history shows. */
export type Item = Speech | GapSpan;

/**
 * In order of time; a speech keeps its place while it grows, because it is sorted by when it began. The items are the
 * speeches and gaps themselves: what did not change is not drawn anew for each word of another.
 */
export function itemsOf(speeches: readonly Speech[], gaps: readonly GapSpan[]): Item[] {
  return [...speeches, ...gaps].sort((a, b) => beginOf(a) - beginOf(b));
}

export function isGap(item: Item): item is GapSpan {
  return 'before' in item;
}

/** The same for as long as it is the same speech or gap. */
export function keyOf(item: Item): string {
  return isGap(item) ? `gap-${item.from}` : `speech-${item.id}`;
}

function beginOf(item: Item): number {
  return isGap(item) ? item.from : item.at;
}
