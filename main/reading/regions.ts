/** Which parts of a screen are fed to the reader, so that its lines are whole. */
import type { PixelBox } from '../capture/screen-picture.ts';
import { around, grown, overlap, within } from './boxes.ts';
import type { Grid } from './grid.ts';

/** Around what is to be read: lines that begin beside it are seen whole, or seen to be cut. */
const margin = { across: 64, down: 16 };

/** Parts that are further apart changed on their own. */
const gap = 16;

/** A part of one tile that is to be read. */
export interface Part {
  readonly index: number;
  readonly area: PixelBox;
}

export interface Region<P extends Part> {
  readonly box: PixelBox;
  readonly parts: readonly P[];
}

/** Boxes around parts that lie together, and around the lines that are known to touch them. No two boxes overlap. */
export function regionsOf<P extends Part>(
  parts: readonly P[],
  grid: Grid,
  linesAt: (index: number) => readonly PixelBox[],
): Region<P>[] {
  const all: Region<P>[] = [];
  for (const group of joined(parts, grid)) {
    const boxes = group.flatMap(({ index, area }) => {
      return [grown(area, margin.across, margin.down), ...linesAt(index).filter((line) => overlap(line, area))];
    });
    let region: Region<P> = { box: within(around(boxes), grid.size), parts: group };
    const touching = () => all.findIndex(({ box }) => overlap(box, region.box));
    for (let at = touching(); at >= 0; at = touching()) {
      const [other] = all.splice(at, 1) as [Region<P>];
      region = { box: around([region.box, other.box]), parts: [...other.parts, ...region.parts] };
    }
    all.push(region);
  }
  return all;
}

/** Parts in groups that lie together. */
export function joined<P extends Part>(parts: readonly P[], grid: Grid): P[][] {
  const left = new Map(parts.map((part) => [part.index, part]));
  const groups: P[][] = [];
  for (const first of parts) {
    if (!left.delete(first.index)) continue;
    const group = [first];
    for (const { index, area } of group) {
      const near = grown(area, gap, gap);
      const column = index % grid.across;
      for (let down = -1; down <= 1; down += 1) {
        for (let across = Math.max(-1, -column); across <= Math.min(1, grid.across - 1 - column); across += 1) {
          const part = left.get(index + down * grid.across + across);
          if (part && overlap(part.area, near) && left.delete(part.index)) group.push(part);
        }
      }
    }
    groups.push(group);
  }
  return groups;
}
