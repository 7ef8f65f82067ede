import type { MonitorPlace, Rectangle } from './overlay-place.ts';

/**
 * The part of the desktop that a source shows: `screen` is the primary monitor, `screen:1` the second in the system's
 * order. Undefined for what is no screen: nothing of ours can be in a camera or a recording, and where a single window
 * lies is not known here.
 * @param monitors the primary one first
 */
export function watchedArea(source: string | null, monitors: readonly MonitorPlace[]): Rectangle | undefined {
  if (source === 'screen') return monitors[0]?.bounds;
  const wanted = /^screen:(\d+)$/.exec(source ?? '')?.[1];
  if (wanted === undefined) return undefined;
  // Only a single monitor has a number that is surely the same here and there.
  return monitors.length === 1 ? monitors[0]?.bounds : monitors[Number(wanted)]?.bounds;
}
