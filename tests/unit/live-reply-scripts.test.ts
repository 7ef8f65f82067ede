import { expect, test } from 'vitest';
import { ReplyScripts } from '../../main/live/reply-scripts.ts';

const korean = Buffer.from('창');
/** Tokens of a byte-level vocabulary: words, signs, a syllable, its first two bytes and its last one. */
const pieces = [' window', '.', ' ', '창', korean.subarray(0, 2), korean.subarray(2), '5'].map((piece) =>
  Buffer.from(piece as string),
);
const vocabulary = { vocabularySize: pieces.length, piece: (token: number) => pieces[token]! };

test('a reply in one language has no token with letters of another, nor one in which such a letter begins', () => {
  const scripts = new ReplyScripts({ scripts: { en: 'Latin', ko: 'Hangul' } }, vocabulary);
  expect([...scripts.foreignTo('en')]).toEqual([3, 4]);
  expect([...scripts.foreignTo('ko')]).toEqual([0]);
  expect(scripts.foreignTo('ja').size).toBe(0);
});

test('where the bundle says nothing, every token may stand in a reply', () => {
  expect(new ReplyScripts({}, vocabulary).foreignTo('en').size).toBe(0);
});
