import type { GapSpan } from '../../preload/contract.ts';
import type { GapEvent } from '../live/events.ts';

/** A gap that is told now, in wall clock. @param lastFrameAt of the last frame before it */
export function gapSpan({ from, to, reason }: GapEvent, lastFrameAt: number | null): GapSpan {
  const now = Date.now();
  return { from: lastFrameAt ?? now - Math.round(1000 * Math.abs(to - from)), before: now, reason };
}
