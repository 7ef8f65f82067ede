/** Whether what a narration quotes is what could be read on the screen. */
import type { TrueEvent, Utterance } from './matching.ts';

/** Seconds either way within which a narration may quote what an event showed. */
const readingWindow = 3;
/** Least similarity: 1 less the edits for each character of the text sought. */
const leastAlike = 0.85;

/** For each event with texts to read, in order: whether a narration near it holds one of them. */
export function scoreReading(said: readonly Utterance[], truth: readonly TrueEvent[]): boolean[] {
  return truth.flatMap(({ t, read }) => {
    if (read === undefined) return [];
    // Times are multiples of a frame in floating point: what is exactly on the border is inside.
    const near = said.filter((one) => Math.abs(one.t - t) <= readingWindow + 1e-6);
    return [near.some(({ text }) => read.some((wanted) => holds(text, wanted)))];
  });
}

/** Whether some part of `text` is `wanted`, or alike enough. Only what `comparable` leaves of the two counts. */
export function holds(text: string, wanted: string): boolean {
  const sought = [...comparable(wanted)];
  return 1 - leastEdits([...comparable(text)], sought) / sought.length >= leastAlike;
}

/** Letters, marks and digits alone, in lower case. */
export function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** Fewest characters to add, leave out or change in the best part of `text` to make it `sought` (Sellers). */
function leastEdits(text: readonly string[], sought: readonly string[]): number {
  // row[j]: edits from the best part of `text` that ends before its j-th character to what was sought so far
  let row = new Array<number>(text.length + 1).fill(0);
  for (const [i, letter] of sought.entries()) {
    const next = [i + 1];
    for (const [j, other] of text.entries()) {
      next.push(Math.min(row[j]! + (letter === other ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return Math.min(...row);
}
