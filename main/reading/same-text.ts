/** Whether two readings say the same: a character of a line that is read anew may come out otherwise. */

/** Shorter lines must be read alike. */
const leastLength = 4;
/** Of so many characters one may differ. */
const charactersPerMistake = 10;

/** True for texts that are alike but for what a reader takes for one another; other figures are another text. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [plainText(a), plainText(b)];
  if (left === right) return true;
  if (figures(a) !== figures(b)) return false;
  return differences(left, right) <= allowed(Math.min(left.length, right.length));
}

/** True for a piece of a text, whose first and last letter may have been cut. */
export function isPieceOf(piece: string, whole: string): boolean {
  const [left, right] = [plainText(piece), plainText(whole)];
  const mistakes = allowed(left.length);
  return left.length < right.length && differences(left, right, true) <= mistakes + Math.sign(mistakes);
}

function allowed(length: number): number {
  return length < leastLength ? 0 : Math.max(1, Math.floor(length / charactersPerMistake));
}

/** Without spaces and punctuation marks, and with one letter for those that look alike. */
export function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\s\p{P}]/gu, '')
    .replaceAll(/[Il|1]/g, 'l')
    .replaceAll(/[Oo0]/g, 'o')
    .toLowerCase();
}

function figures(text: string): string {
  return text.replaceAll(/[^0-9]/g, '');
}

/** Fewest characters to add, leave out or change (Levenshtein). @param within what of `b` is before and behind does not count */
function differences(a: string, b: string, within = false): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => (within ? 0 : i));
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      next.push(Math.min(row[j]! + (a[i] === b[j] ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return within ? Math.min(...row) : row[b.length]!;
}
