/** Names for what appears in a recording, where no system tells what its windows are. */
import type { PixelBox } from '../capture/screen-picture.ts';
import { centre, share } from './boxes.ts';
import type { KnownLine } from './sheet.ts';

/** A window is at least that large; a menu or a message without a title bar is not. */
const least = { width: 120, height: 60 };
/** A title bar is at most that high, and at most that share of its window. */
const titleBar = { height: 44, share: 0.35 };

/** The text of the title bar in a part of the screen that appeared as a whole: its first line, with nothing beside it. */
export function titleIn(region: PixelBox, lines: readonly KnownLine[]): string | undefined {
  if (region.width < least.width || region.height < least.height) return undefined;
  const inside = lines.filter(({ box }) => share(box, region) > 0.9).toSorted((a, b) => a.box.y - b.box.y);
  const [first, ...others] = inside;
  if (!first || others.length === 0) return undefined;
  const bottom = first.box.y + first.box.height - region.y;
  const { x } = centre(first.box);
  const isInMiddle = Math.abs(x - region.x - region.width / 2) < region.width / 10;
  const isAtLeft = first.box.x - region.x < region.width / 5;
  const isAlone = others.every(
    ({ box }) => box.y >= first.box.y + first.box.height / 2 || box.width < box.height * 1.5,
  );
  const isBar = bottom <= titleBar.height && bottom <= titleBar.share * region.height;
  return isBar && isAlone && (isInMiddle || isAtLeft) ? first.text : undefined;
}
