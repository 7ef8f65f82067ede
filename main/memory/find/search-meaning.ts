/**
 * What a search by meaning looks for. A text tower finds a nearest picture for every text, also for what was never on the
 * screen. So a text with a word that the tower has never learned finds no picture, and where it names one of the things
 * that may be on a screen, a picture counts only if it is more like that thing than like any other (docs/memory.md).
 */
import type { Connection } from '../store/connection.ts';
import type { Meaning } from './nearest-frames.ts';
import { captionsFor, distinctMeaning, thingNamed } from './picture-question.ts';
import { meaningsOf } from './text-meaning.ts';
import type { TextTowers } from './text-towers.ts';

/** So much more like the thing than like any other must a picture be; cosines. */
const margin = 0.1;
/** Unknown words in a message, at most. */
const mostNamed = 3;

export type SearchMeaning =
  | { readonly meaning: Meaning; readonly problem?: undefined }
  /** `unknown`: words that the tower has not learned; without them, there is no tower to ask. */
  | { readonly meaning?: undefined; readonly problem: string; readonly unknown?: readonly string[] };

/**
 * @param kept as `meaningsOf` has it
 * @throws OnlookerError `memory-damaged`, and what a bundle throws that is there but not whole
 */
export async function meaningOf(connection: Connection, text: string, kept?: TextTowers): Promise<SearchMeaning> {
  const { thing, rest } = thingNamed(text);
  const words = rest.match(/[\p{L}\p{N}]+/gu) ?? [];
  const { own, others } = thing === undefined ? { own: text, others: [] } : captionsFor(thing);
  // The tower has learned whole captions: a name alone, in whatever language, is looked for as one.
  const isNameAlone = thing !== undefined && words.every((word) => articles.has(word) || isParticle(word));
  const put = await meaningsOf(connection, [isNameAlone ? own : text, own, ...others], kept);
  if (put.problem !== undefined) return put;
  if (thing === undefined && !words.some(tells)) return { problem: 'no word in it names anything', unknown: [] };
  const unknown = [...new Set(words)].filter((word) => !isKnown(word, put.captionWords));
  if (unknown.length > 0) {
    return { problem: `no caption that its text tower has learned has ${namedShortly(unknown)} in it`, unknown };
  }
  const [asked, ...captions] = put.meanings;
  if (thing === undefined) return { meaning: asked! };
  return { meaning: { ...asked!, ...distinctMeaning(captions, margin, asked!.embedding) } };
}

/** The first few words, for a message of one line. */
function namedShortly(words: readonly string[]): string {
  const named = words.slice(0, mostNamed).map((word) => JSON.stringify(word));
  const left = words.length - named.length;
  return named.join(', ') + (left > 0 ? ` (and ${left} more)` : '');
}

const articles: ReadonlySet<string> = new Set(['a', 'an', 'the']);
const grammar: ReadonlySet<string> = new Set(['and', 'at', 'in', 'is', 'of', 'on', 'or', 'to', 'with', ...articles]);

/** False for a number and for grammar: alone they stand in captions of everything. */
function tells(word: string): boolean {
  return !/^\d+$/.test(word) && !grammar.has(word);
}

function isKnown(word: string, captionWords: readonly string[] | undefined): boolean {
  if (captionWords === undefined || /^\d+$/.test(word) || isParticle(word)) return true;
  return captionWords.includes(word) || captionWords.includes(word.replace(/e?s$/, ''));
}

/** What may be left of a Korean word without the name in it. */
function isParticle(word: string): boolean {
  return /^\p{Script=Hangul}$/u.test(word);
}
