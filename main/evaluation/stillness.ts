import type { Utterance } from './matching.ts';

/** A screen counts as still once nothing has changed for this many seconds: by then there is nothing left to report. */
const settled = 10;

/** Time and narrations on a screen that does not change. */
export interface Stillness {
  readonly seconds: number;
  readonly utterances: number;
}

/** `frames`: all frames of a stream in order, with the number of cells that changed; `fps`: how many make a second. */
export function measureStillness(
  frames: readonly { readonly t: number; readonly changed: number }[],
  said: readonly Utterance[],
  fps: number,
): Stillness {
  const still = new Set<number>();
  let lastChange = Number.NEGATIVE_INFINITY;
  for (const [i, { t, changed }] of frames.entries()) {
    if (changed > 0 || i === 0)
      lastChange = t; // the first frame is all new, whatever the gate says of it
    else if (t - lastChange > settled) still.add(t);
  }
  return { seconds: still.size / fps, utterances: said.filter(({ t }) => still.has(t)).length };
}
