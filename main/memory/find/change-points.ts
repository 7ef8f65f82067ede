/**
 * Where one activity ends and another begins, from what the pictures look like. At each place the mean direction of the
 * pictures before it is compared with that of the pictures behind it; a change point is where they differ most. A dialog
 * that comes and goes hardly moves a mean over half a minute, another program in front does.
 */

import { dot } from '../store/embedding.ts';

/** Places compared on either side, and the fewest between two change points. */
export const windowBins = 6;
/** A change is at least this share of how far two pictures of the stretch lie apart on average ... */
const share = 0.5;
/** ... and at least this cosine distance: on a screen that hardly changes, there is nothing to divide. */
const floor = 0.1;

/**
 * Places at which a new activity begins, ascending, never the first. Takes one direction for each place, [E], of any
 * length; undefined where nothing is known.
 */
export function changePoints(directions: readonly (Float32Array | undefined)[]): number[] {
  const units = unitsOf(directions);
  const novelty = noveltyOf(units);
  const least = Math.max(floor, share * spread(units));
  const isChange = (i: number) => {
    if (novelty[i]! < least) return false;
    const near = novelty.slice(i - windowBins + 1, i + windowBins);
    // Of equals the first.
    return near.indexOf(Math.max(...near)) === windowBins - 1;
  };
  // With less than a window on one side, a passing thing would count as an activity.
  const last = directions.length - windowBins;
  return [...novelty.keys()].flatMap((i) => (i >= windowBins && i <= last && isChange(i) ? [i] : []));
}

/** Vectors of unit length, side by side: a month has hundreds of thousands. Zero where nothing is known. */
interface Units {
  readonly all: Float32Array;
  readonly width: number;
  readonly known: Uint8Array;
}

function unitsOf(directions: readonly (Float32Array | undefined)[]): Units {
  const width = directions.find((direction) => direction !== undefined)?.length ?? 0;
  const all = new Float32Array(directions.length * width);
  const known = new Uint8Array(directions.length);
  for (const [i, direction] of directions.entries()) {
    // Another width is another model's, and not comparable.
    if (direction?.length !== width) continue;
    known[i] = 1;
    const length = Math.sqrt(dot(direction, direction)) || 1;
    for (let k = 0; k < width; k++) all[i * width + k] = direction[k]! / length;
  }
  return { all, width, known };
}

/** Of each place, how far the mean of the window before it is from that of the window behind it: a cosine distance. */
function noveltyOf(units: Units): Float64Array {
  const { known } = units;
  const before = new Float64Array(units.width);
  const behind = new Float64Array(units.width);
  let [knownBefore, knownBehind] = [0, 0];
  const move = (sum: Float64Array, place: number, sign: 1 | -1) => {
    if (!(place >= 0 && known[place])) return 0;
    addUnit(units, sum, place, sign);
    return sign;
  };
  for (let i = 0; i < windowBins; i++) knownBehind += move(behind, i, 1);
  return Float64Array.from(known, (_, i) => {
    const novelty = knownBefore > 0 && knownBehind > 0 ? 1 - cosine(before, behind) : 0;
    knownBefore += move(before, i, 1) + move(before, i - windowBins, -1);
    knownBehind += move(behind, i, -1) + move(behind, i + windowBins, 1);
    return novelty;
  });
}

function addUnit({ all, width }: Units, sum: Float64Array, place: number, sign: 1 | -1): void {
  for (let k = 0; k < width; k++) sum[k]! += sign * all[place * width + k]!;
}

function cosine(a: Float64Array, b: Float64Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    ab += a[k]! * b[k]!;
    aa += a[k]! * a[k]!;
    bb += b[k]! * b[k]!;
  }
  return ab / (Math.sqrt(aa * bb) || 1);
}

/** Mean cosine distance of any two of them: 1 - |mean of the unit vectors| squared. */
function spread(units: Units): number {
  const sum = new Float64Array(units.width);
  let known = 0;
  for (const [i, isKnown] of units.known.entries()) {
    if (!isKnown) continue;
    addUnit(units, sum, i, 1);
    known++;
  }
  return known === 0 ? 0 : 1 - sum.reduce((squares, value) => squares + value * value, 0) / known ** 2;
}
