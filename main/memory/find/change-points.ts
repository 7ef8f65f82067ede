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
  const units = directions.map((direction) => direction && unit(direction));
  const novelty = units.map((_, i) => {
    const before = mean(units.slice(Math.max(0, i - windowBins), i));
    const behind = mean(units.slice(i, i + windowBins));
    return before && behind ? 1 - dot(unit(before), unit(behind)) : 0;
  });
  const least = Math.max(floor, share * spread(units));
  const isChange = (i: number) => {
    const near = novelty.slice(i - windowBins + 1, i + windowBins);
    // Of equals the first.
    return novelty[i]! >= least && near.indexOf(Math.max(...near)) === windowBins - 1;
  };
  // With less than a window on one side, a passing thing would count as an activity.
  const last = directions.length - windowBins;
  return novelty.flatMap((_, i) => (i >= windowBins && i <= last && isChange(i) ? [i] : []));
}

/** Mean cosine distance of any two of them: 1 - |mean of the unit vectors| squared. */
function spread(units: readonly (Float32Array | undefined)[]): number {
  const all = mean(units);
  return all ? 1 - dot(all, all) : 0;
}

/** Mean of the vectors that are known; undefined when there are none. */
function mean(units: readonly (Float32Array | undefined)[]): Float32Array | undefined {
  const known = units.filter((each) => each !== undefined);
  const sum = known[0]?.slice().fill(0);
  for (const direction of known) for (let k = 0; k < direction.length; k++) sum![k]! += direction[k]! / known.length;
  return sum;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}
