/** Which lines came and which went between two sheets. */
import type { PixelBox } from '../capture/screen-picture.ts';
import { areaOf, common, share } from './boxes.ts';
import { isPieceOf, plainText, sameText } from './same-text.ts';
import type { KnownLine } from './sheet.ts';

/** Boxes that have so much in common are at one place. */
const samePlace = 0.5;
/** A line of which this much is not covered has not gone. */
const leftOver = 0.25;

/**
 * Compares the lines of two sheets. A line that moved, was read a little differently, or is partly covered has neither
 * come nor gone.
 * @param changed where the sheets differ
 */
export function lineChanges(
  before: readonly KnownLine[],
  now: readonly KnownLine[],
  changed: readonly PixelBox[],
): { readonly came: KnownLine[]; readonly went: KnownLine[] } {
  const came = new Set(now).difference(new Set(before));
  const went = new Set(before).difference(new Set(now));
  const settle = (isSettled: (line: KnownLine, other: KnownLine) => boolean) => {
    for (const line of came) {
      const other = [...went].find((one) => isSettled(line, one));
      if (!other) continue;
      came.delete(line);
      went.delete(other);
      line.firstSeen = Math.min(line.firstSeen, other.firstSeen);
    }
  };
  settle((line, other) => share(line.box, other.box) > samePlace && sameText(line.text, other.text));
  settle((line, other) => share(line.box, other.box) > samePlace && isPieceOf(line.text, other.text));
  const texts = new Map([...came, ...went].map((line) => [line, plainText(line.text)]));
  settle((line, other) => texts.get(line) === texts.get(other));
  for (const line of went) {
    const isReplaced = [...came].some(({ box }) => share(box, line.box) > samePlace);
    if (!isReplaced && visibleShare(line.box, changed) > leftOver) went.delete(line);
  }
  return { came: [...came], went: [...went] };
}

/** @param changed no two of them overlap */
function visibleShare(box: PixelBox, changed: readonly PixelBox[]): number {
  const covered = changed.reduce((sum, area) => sum + areaOf(common(box, area) ?? { width: 0, height: 0 }), 0);
  return 1 - covered / areaOf(box);
}
