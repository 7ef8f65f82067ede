import type { CurvePoint } from '../../../preload/contract.ts';

/**
 * Where it would have spoken under this theta: at the first point of each stretch below it. What the speaking policy
 * would have held back on top of that is not known here.
 */
export function speakingTimes(points: readonly CurvePoint[], theta: number): number[] {
  return points.flatMap(({ at, least }, i) => {
    const before = points[i - 1];
    return least < theta && (before === undefined || before.least >= theta) ? [at] : [];
  });
}
