/** What a person types to search, and where it stands in a text. */

import { checkText, checkWords } from '../../base/text-limits.ts';

/** Letters that an index entry has: shorter words are looked for without the index. */
const indexed = 3;

export interface SearchTerms {
  /** Every word, and every phrase in double quotes. All of them must occur. */
  readonly words: readonly string[];
  /** FTS5 expression of those long enough; undefined when there are none. */
  readonly match: string | undefined;
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
  const long = words.filter((word) => [...word].length >= indexed);
  return {
    words,
    match: long.length > 0 ? long.map((word) => `"${word}"`).join(' AND ') : undefined,
    short: words.filter((word) => [...word].length < indexed),
  };
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

function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').normalize().toLowerCase();
}
