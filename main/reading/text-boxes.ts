import type { Box } from './picture.ts';

/** How likely each pixel of a picture is text, 0..255, row by row. */
export interface TextMap {
  readonly values: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** As the detector was trained (`PostProcess` of its `inference.yml`). */
const textFrom = 0.2 * 255;
const boxFrom = 0.4 * 255;
/** The network marks the middle of a line; its box is that much larger. */
const unclipRatio = 1.4;
/** Marks lower or narrower than this are noise. */
const smallestMark = 2;

interface Run {
  readonly y: number;
  readonly from: number;
  /** Behind its last pixel. */
  readonly to: number;
  readonly sum: number;
  part: number;
}

/** Boxes around what hangs together in the map, upright as on a screen, cut at the borders of the picture. */
export function textBoxes(map: TextMap): Box[] {
  const runs: Run[] = [];
  /** Parts that turned out to be one: each names an earlier one, or itself. */
  const parents: number[] = [];
  const rootOf = (part: number) => {
    let root = part;
    while (parents[root] !== root) root = parents[root]!;
    parents[part] = root;
    return root;
  };
  let above: Run[] = [];
  for (let y = 0; y < map.height; y += 1) {
    const row = runsOf(map, y);
    let first = 0;
    for (const run of row) {
      while (first < above.length && above[first]!.to < run.from) first += 1;
      for (let i = first; i < above.length && above[i]!.from <= run.to; i += 1) {
        const root = rootOf(above[i]!.part);
        if (run.part < 0) run.part = root;
        else parents[Math.max(rootOf(run.part), root)] = Math.min(rootOf(run.part), root);
      }
      if (run.part < 0) run.part = parents.push(parents.length) - 1;
      runs.push(run);
    }
    above = row;
  }
  const parts = Map.groupBy(runs, ({ part }) => rootOf(part));
  return [...parts.values()].flatMap((part) => boxOf(part, map) ?? []);
}

function runsOf({ values, width }: TextMap, y: number): Run[] {
  const runs: Run[] = [];
  for (let x = 0; x < width; x += 1) {
    if (values[y * width + x]! < textFrom) continue;
    const from = x;
    let sum = 0;
    for (; x < width && values[y * width + x]! >= textFrom; x += 1) sum += values[y * width + x]!;
    runs.push({ y, from, to: x, sum, part: -1 });
  }
  return runs;
}

function boxOf(part: readonly Run[], map: TextMap): Box | undefined {
  const top = part[0]!.y;
  const bottom = part.at(-1)!.y + 1;
  let left = map.width;
  let right = 0;
  let sum = 0;
  let count = 0;
  for (const run of part) {
    left = Math.min(left, run.from);
    right = Math.max(right, run.to);
    sum += run.sum;
    count += run.to - run.from;
  }
  const width = right - left;
  const height = bottom - top;
  if (width < smallestMark || height < smallestMark || sum / count < boxFrom) return undefined;
  const grown = Math.round((width * height * unclipRatio) / (2 * (width + height)));
  const x = Math.max(0, left - grown);
  const y = Math.max(0, top - grown);
  return {
    x,
    y,
    width: Math.min(map.width, right + grown) - x,
    height: Math.min(map.height, bottom + grown) - y,
  };
}
