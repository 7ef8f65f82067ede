/** Scripts of which one character is a syllable or a word. */
const dense = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/**
 * How long a text has to stay to be noticed and read twice at an ordinary pace, in milliseconds: at least 6 seconds,
 * at most 30.
 */
export function readingMs(text: string): number {
  const syllables = text.match(dense)?.length ?? 0;
  const letters = text.length - syllables;
  return Math.min(30_000, Math.max(6000, 3000 + 2 * (letters * 60 + syllables * 160)));
}
