/** Which line is read after which, and which of them are one paragraph. */
import type { Box } from './picture.ts';

interface Boxed {
  readonly box: Box;
}

/** A gap between columns is at least this many line heights wide. */
const columnGap = 1.5;
/** Columns have at least so many lines, this many line heights wide on average: a table is read row by row. */
const columnLines = 3;
const columnWidth = 8;

/** In reading order: column by column, each row by row, each row from the left. */
export function inReadingOrder<Line extends Boxed>(lines: readonly Line[]): Line[] {
  const cut = columnCut(lines);
  if (cut !== undefined) {
    const isLeft = ({ box }: Line) => box.x < cut;
    return [...inReadingOrder(lines.filter(isLeft)), ...inReadingOrder(lines.filter((line) => !isLeft(line)))];
  }
  const blocks = blocksOf(lines);
  if (blocks.length > 1) return blocks.flatMap((block) => inReadingOrder(block));
  return rowsOf(lines).flat();
}

/** The number of each line's paragraph, for lines in reading order. */
export function paragraphs(lines: readonly Boxed[]): number[] {
  let paragraph = 0;
  return lines.map(({ box }, i) => {
    const before = lines[i - 1]?.box;
    if (before && !continues(before, box)) paragraph += 1;
    return paragraph;
  });
}

/** True for the line below, with the same left edge, the same height and no more than a line's gap between. */
function continues(before: Box, next: Box): boolean {
  const height = Math.min(before.height, next.height);
  const gap = next.y - (before.y + before.height);
  return (
    Math.abs(before.x - next.x) < height &&
    Math.abs(before.height - next.height) < 0.3 * height &&
    gap > -0.6 * height &&
    gap < 0.6 * height
  );
}

/** The left edge of the second column; undefined where there is one column only. */
function columnCut(lines: readonly Boxed[]): number | undefined {
  if (lines.length < 2 * columnLines) return undefined;
  const height = medianHeight(lines);
  const isColumn = (side: readonly Boxed[]) =>
    side.length >= columnLines && sum(side.map(({ box }) => box.width)) >= side.length * columnWidth * height;
  const sorted = lines.toSorted((a, b) => a.box.x - b.box.x);
  let right = 0;
  for (const [i, { box }] of sorted.entries()) {
    if (i > 0 && box.x - right > columnGap * height && isColumn(sorted.slice(0, i)) && isColumn(sorted.slice(i))) {
      return box.x;
    }
    right = Math.max(right, box.x + box.width);
  }
  return undefined;
}

/** Parts with empty space between them, from the top. */
function blocksOf<Line extends Boxed>(lines: readonly Line[]): Line[][] {
  const gap = medianHeight(lines);
  const blocks: Line[][] = [];
  let bottom = 0;
  for (const line of lines.toSorted((a, b) => a.box.y - b.box.y)) {
    const block = blocks.at(-1);
    if (block && line.box.y - bottom < gap) block.push(line);
    else blocks.push([line]);
    bottom = Math.max(bottom, line.box.y + line.box.height);
  }
  return blocks;
}

/** Lines of which more than half the height is beside the row's first line are in its row. */
function rowsOf<Line extends Boxed>(lines: readonly Line[]): Line[][] {
  const middle = ({ box }: Line) => box.y + box.height / 2;
  const rows: Line[][] = [];
  for (const line of lines.toSorted((a, b) => middle(a) - middle(b))) {
    const first = rows.at(-1)?.[0];
    const height = first ? Math.min(first.box.height, line.box.height) : 0;
    if (first && middle(line) - middle(first) < height / 2) rows.at(-1)!.push(line);
    else rows.push([line]);
  }
  return rows.map((row) => row.toSorted((a, b) => a.box.x - b.box.x));
}

function medianHeight(lines: readonly Boxed[]): number {
  return lines.map(({ box }) => box.height).toSorted((a, b) => a - b)[lines.length >> 1] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
