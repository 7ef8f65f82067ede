import type { Moment } from '../memory/find/moments.ts';

/** A moment for other programs: wall-clock times as ISO 8601. */
export function isoMoment(moment: Moment) {
  const utterances = moment.utterances.map((utterance) => ({ ...utterance, at: iso(utterance.at) }));
  return { ...moment, at: iso(moment.at), utterances };
}

/** Milliseconds since 1970 as ISO 8601. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}
