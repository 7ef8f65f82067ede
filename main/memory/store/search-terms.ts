/** What a person types to search, and where it stands in a text. */

import { checkText, checkWords } from '../../base/text-limits.ts';

import { trigramLength } from './trigrams.ts';

export interface SearchTerms {
  /** Every word, and every phrase in double quotes. All of them must occur. */
  readonly words: readonly string[];
  /** Those long enough for the index of trigrams, folded. */
  readonly indexed: readonly string[];
  /** The others, to be found by looking at every text. */
  readonly short: readonly string[];
}

/** `build "is done"` to its words. Empty `words`: nothing to search for. @throws OnlookerError `usage` when it is too long */
export function parseSearch(text: string): SearchTerms {
  checkText('What is searched for', text);
  // SQLite ends a text at a NUL: the quotes of a word would have no end.
  const typed = text.normalize().replaceAll('\0', ' ');
  const found = [...typed.matchAll(/"([^"]*)"|([^\s"]+)/g)];
  const all = found.map(([, phrase, word]) => (phrase ?? word ?? '').trim()).filter((word) => word !== '');
  const words = [...new Set(all)];
  checkWords('What is searched for', words);
  const isIndexed = (word: string) => [...fold(word)].length >= trigramLength;
  const indexed = [...new Set(words.filter(isIndexed).map(fold))];
  return { words, indexed, short: words.filter((word) => !isIndexed(word)) };
}

/** An SQL LIKE pattern, with `\` as its escape, that finds the word anywhere. @throws OnlookerError `usage` when it is too long */
export function likePattern(word: string): string {
  checkText('A name that is looked for', word);
  return `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

/** Which of the words stand in the text; case and accents do not matter. */
export function wordsIn(text: string, words: readonly string[]): string[] {
  const folded = fold(text);
  return words.filter((word) => folded.includes(fold(word)));
}

/** Latin letters that have an accent, and accents that stand alone behind one. */
const accents = /[\u00c0-\u024f\u1e00-\u1eff]|(?<=[a-z])[\u0300-\u036f]+/g;

/** As texts are compared: without regard to case, and to accents of Latin letters. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (isAscii.test(lower)) return lower;
  // A sigma at the end of a word is the same letter as any other.
  return lower
    .normalize()
    .replaceAll('ς', 'σ')
    .replaceAll(accents, (letter) => letter.normalize('NFD').replaceAll(/[\u0300-\u036f]/g, ''));
}

const isAscii = /^[\0-\x7f]*$/;
