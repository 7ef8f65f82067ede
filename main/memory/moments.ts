/** Moments: hits that lie close together are one thing that happened. */

/** Something that was said. `t` is media time in seconds, `at` the wall clock, milliseconds since 1970. */
export interface Utterance {
  readonly t: number;
  readonly at: number;
  readonly kind: 'narration' | 'answer';
  /** The question, of an answer. */
  readonly query?: string;
  readonly text: string;
}

/** Why something matched: which words, and where they stand. */
export interface Matched {
  readonly in: 'narration' | 'answer' | 'query';
  readonly words: readonly string[];
}

export interface Hit {
  readonly id: number;
  readonly session: number;
  readonly source: string;
  /** Smaller is better. */
  readonly rank: number;
  readonly utterance: Utterance;
  readonly matched: readonly Matched[];
}

export interface Moment {
  readonly session: number;
  readonly source: string;
  /** Media time of the first and the last hit, seconds. */
  readonly from: number;
  readonly to: number;
  /** Wall clock of the first hit, milliseconds since 1970. */
  readonly at: number;
  /** What was said, in order. */
  readonly utterances: readonly Utterance[];
  readonly matched: readonly Matched[];
}

/** Hits of one session at most this far apart are one moment, seconds of media time. */
const together = 15;
/** No moment is longer than this. */
const longest = 60;

/** Groups hits, in the order of their best ones; of equally good ones the latest first. */
export function intoMoments(hits: readonly Hit[]): Moment[] {
  const groups: Hit[][] = [];
  const inOrder = [...hits].sort((a, b) => a.session - b.session || a.utterance.t - b.utterance.t || a.id - b.id);
  for (const hit of inOrder) {
    const group = groups.at(-1);
    if (group && belongs(hit, group)) group.push(hit);
    else groups.push([hit]);
  }
  const best = (group: readonly Hit[]) => Math.min(...group.map(({ rank }) => rank));
  const latest = (group: readonly Hit[]) => Math.max(...group.map(({ id }) => id));
  return groups.sort((a, b) => best(a) - best(b) || latest(b) - latest(a)).map(moment);
}

function belongs(hit: Hit, group: readonly Hit[]): boolean {
  const first = group[0]!;
  const { t } = hit.utterance;
  if (first.session !== hit.session || t - first.utterance.t > longest) return false;
  return t - group.at(-1)!.utterance.t <= together;
}

function moment(group: readonly Hit[]): Moment {
  const first = group[0]!;
  const matched = new Map<Matched['in'], Set<string>>();
  for (const place of group.flatMap((hit) => hit.matched)) {
    matched.set(place.in, new Set([...(matched.get(place.in) ?? []), ...place.words]));
  }
  return {
    session: first.session,
    source: first.source,
    from: first.utterance.t,
    to: group.at(-1)!.utterance.t,
    at: first.utterance.at,
    utterances: group.map(({ utterance }) => utterance),
    matched: [...matched].map(([place, words]) => ({ in: place, words: [...words] })),
  };
}
