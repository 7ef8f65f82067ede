/**
 * One-to-one matching of what was said and what was true. Two sentences may be a pair when they are at most `window`
 * seconds apart and similar enough; of all such matchings the one with most pairs is taken, and among those the one
 * that costs least: (1 - similarity) + 0.3 (|dt| / window)^1.5 a pair.
 */
import { assign } from './assignment.ts';
import { type Meaning, readSentence, similarity } from './grammar.ts';

/** A narration: media time in seconds, and the sentence. */
export interface Utterance {
  readonly t: number;
  readonly text: string;
}

/** Something that happened: `t` is when the first frame shows it. */
export interface TrueEvent extends Meaning {
  readonly t: number;
  /** What can then be read on the screen and is worth repeating; any of these texts will do. */
  readonly read?: readonly string[] | undefined;
}

export interface Pair {
  /** Places in the lists of what was said and what was true. */
  readonly said: number;
  readonly truth: number;
  readonly similarity: number;
  /** Seconds: positive when it was said after it happened. */
  readonly dt: number;
}

/** Seconds either way within which a narration may stand for an event. */
export const defaultWindow = 2;
/** A pair counts when its similarity is above this. */
const leastSimilarity = 0.5;
/** Dearer than any matching of real pairs: such a cell is only taken when there is no other way. */
const impossible = 1e6;

export function matchUtterances(
  said: readonly Utterance[],
  truth: readonly TrueEvent[],
  window: number = defaultWindow,
): Pair[] {
  const candidates: Pair[] = [];
  for (const [i, { t, text }] of said.entries()) {
    const meaning = readSentence(text);
    for (const [j, event] of truth.entries()) {
      const dt = t - event.t;
      const alike = similarity(meaning, event);
      // Times are multiples of a frame in floating point: what is exactly on the border is inside.
      if (Math.abs(dt) <= window + 1e-6 && alike > leastSimilarity) {
        candidates.push({ said: i, truth: j, similarity: alike, dt });
      }
    }
  }
  return islands(candidates)
    .flatMap((island) => matchIsland(island, window))
    .sort((a, b) => a.truth - b.truth);
}

function matchIsland(candidates: readonly Pair[], window: number): Pair[] {
  const rows = [...new Set(candidates.map((pair) => pair.said))];
  const columns = [...new Set(candidates.map((pair) => pair.truth))];
  const turned = rows.length > columns.length; // the method wants no more rows than columns
  const [short, long] = turned ? [columns, rows] : [rows, columns];
  const cost = short.map(() => new Array<number>(long.length).fill(impossible));
  const at = new Map<string, Pair>();
  for (const pair of candidates) {
    const row = short.indexOf(turned ? pair.truth : pair.said);
    const column = long.indexOf(turned ? pair.said : pair.truth);
    cost[row]![column] = 1 - pair.similarity + 0.3 * (Math.abs(pair.dt) / window) ** 1.5;
    at.set(`${row} ${column}`, pair);
  }
  return assign(cost).flatMap((column, row) => at.get(`${row} ${column}`) ?? []);
}

/** Candidates that share a sentence, directly or through others, belong together; islands can be matched one by one. */
function islands(candidates: readonly Pair[]): Pair[][] {
  const parent = new Map<string, string>();
  const root = (key: string): string => {
    const above = parent.get(key) ?? key;
    if (above === key) return key;
    const top = root(above);
    parent.set(key, top);
    return top;
  };
  for (const { said, truth } of candidates) parent.set(root(`said ${said}`), root(`truth ${truth}`));
  return [...Map.groupBy(candidates, ({ said }) => root(`said ${said}`)).values()];
}
