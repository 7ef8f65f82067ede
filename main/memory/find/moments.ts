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

/** Why something matched: which words, and where they stand, or that the picture looks like what is meant. */
export type Matched =
  | { readonly in: 'narration' | 'answer' | 'query'; readonly words: readonly string[] }
  /** `likeness` is the cosine of the best picture, -1 to 1. */
  | { readonly in: 'picture'; readonly likeness: number };

/** A single thing that was found: something said, or a frame. */
export interface Hit {
  readonly session: number;
  readonly source: string;
  /** Media time, seconds, and wall clock, milliseconds since 1970. */
  readonly t: number;
  readonly at: number;
  /** Smaller is better; only comparable with hits of the same search. */
  readonly rank: number;
  /** Undefined for a frame. */
  readonly utterance?: Utterance;
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
  /** What was said that matched, in order; where only a picture did, what was said about then. */
  readonly utterances: readonly Utterance[];
  readonly matched: readonly Matched[];
}

/** Hits of one session at most this far apart are one moment, seconds of media time. */
export const together = 15;
/** No moment of a single search is longer than this. */
export const longest = 60;
/** How much the first places of a search count for more than later ones; 60 is usual (Cormack et al., SIGIR 2009). */
const fusion = 60;

/**
 * Groups hits, in the order of their best ones; of equally good ones the latest first. The hits of several searches are
 * merged by reciprocal rank fusion: how good a hit is cannot be compared between them, but at which place its moment
 * comes can.
 */
export function intoMoments(...searches: readonly (readonly Hit[])[]): Moment[] {
  const shares = searches.map(sharesOf);
  const score = (group: readonly Hit[]) =>
    shares.reduce((sum, share) => sum + Math.max(...group.map((hit) => share.get(hit) ?? 0)), 0);
  return inOrder(grouped(searches.flat()), (group) => -score(group)).map(moment);
}

/** What each hit of a search gives to its moment. */
function sharesOf(hits: readonly Hit[]): Map<Hit, number> {
  const groups = inOrder(grouped(hits), (group) => Math.min(...group.map(({ rank }) => rank)));
  return new Map(groups.flatMap((group, place) => group.map((hit) => [hit, 1 / (fusion + place + 1)] as const)));
}

function grouped(hits: readonly Hit[]): Hit[][] {
  const groups: Hit[][] = [];
  for (const hit of [...hits].sort((a, b) => a.session - b.session || a.t - b.t)) {
    const group = groups.at(-1);
    if (group && belongs(hit, group)) group.push(hit);
    else groups.push([hit]);
  }
  return groups;
}

function belongs({ session, t }: Hit, group: readonly Hit[]): boolean {
  const first = group[0]!;
  return first.session === session && t - first.t <= longest && t - group.at(-1)!.t <= together;
}

function inOrder(groups: readonly Hit[][], rank: (group: readonly Hit[]) => number): Hit[][] {
  const latest = (a: readonly Hit[], b: readonly Hit[]) => b[0]!.session - a[0]!.session || b[0]!.t - a[0]!.t;
  const ranked = groups.map((group) => ({ group, rank: rank(group) }));
  return ranked.sort((a, b) => a.rank - b.rank || latest(a.group, b.group)).map(({ group }) => group);
}

function moment(group: readonly Hit[]): Moment {
  const first = group[0]!;
  return {
    session: first.session,
    source: first.source,
    from: first.t,
    to: group.at(-1)!.t,
    at: first.at,
    utterances: group.flatMap(({ utterance }) => utterance ?? []),
    matched: merged(group.flatMap((hit) => hit.matched)),
  };
}

/** One entry a place: all words that stand there, the likeness of the best picture. */
function merged(places: readonly Matched[]): Matched[] {
  const words = new Map<'narration' | 'answer' | 'query', Set<string>>();
  let likeness = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    if (place.in === 'picture') likeness = Math.max(likeness, place.likeness);
    else words.set(place.in, new Set([...(words.get(place.in) ?? []), ...place.words]));
  }
  return [
    ...[...words].map(([place, found]) => ({ in: place, words: [...found] })),
    ...(likeness > Number.NEGATIVE_INFINITY ? [{ in: 'picture', likeness } as const] : []),
  ];
}
