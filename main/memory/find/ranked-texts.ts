import type { Connection } from '../store/connection.ts';
import { IndexedTexts } from '../store/trigram-blocks.ts';

export interface RankedText {
  /** Id of an utterance. */
  readonly id: number;
  /** The less, the better. */
  readonly rank: number;
}

/** Parameters of Okapi BM25: how soon a phrase that occurs often counts no more, and how much a text's length matters. */
const k1 = 1.2;
const b = 0.75;
/** What a phrase weighs that is in most of the texts. */
const leastWeight = 1e-6;

/**
 * The texts in which all of the folded phrases occur, best first, of equal ones the latest first: by Okapi BM25, as FTS5
 * computes it. Belongs into a snapshot.
 */
export function rankedTexts(connection: Connection, phrases: readonly string[]): RankedText[] {
  const index = new IndexedTexts(connection);
  const found = phrases.map((phrase) => {
    const times = index.occurrences(phrase);
    const weight = Math.log((index.texts - times.size + 0.5) / (times.size + 0.5));
    return { times, weight: Math.max(weight, leastWeight) };
  });
  const [rarest, ...others] = found.sort((one, other) => one.times.size - other.times.size);
  const ids = [...(rarest?.times.keys() ?? [])].filter((id) => others.every(({ times }) => times.has(id)));
  const average = index.trigrams / index.texts;
  const ranked = ids.map((id) => {
    const length = 1 - b + (b * index.trigramsOf(id)) / average;
    const score = found.reduce((sum, { times, weight }) => {
      const often = times.get(id)!;
      return sum + (weight * often * (k1 + 1)) / (often + k1 * length);
    }, 0);
    return { id, rank: -score };
  });
  return ranked.sort((one, other) => one.rank - other.rank || other.id - one.id);
}
