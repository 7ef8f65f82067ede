/** The text in pieces, those that one of the words begins or is marked as hits. Case does not count. */
export function marked(text: string, words: readonly string[]): { readonly text: string; readonly hit: boolean }[] {
  const wanted = words.filter((word) => word !== '').map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  if (wanted.length === 0) return [{ text, hit: false }];
  return text
    .split(new RegExp(`(${wanted.join('|')})`, 'giu'))
    .map((piece, i) => ({ text: piece, hit: i % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}
