import { join } from 'node:path';
import type { NativeImage } from 'electron';
import { nativeImage } from 'electron';
import type { Status } from '../../preload/contract.ts';

/** What the tray's icon says at a glance. */
export type Light = 'green' | 'amber' | 'red' | 'grey';

/** Age of the last frame, milliseconds, up to which it counts as watching, and from which as not watching at all. */
const fresh = 5_000;
const lost = 20_000;

/**
 * What is true, not what is meant to be: while it should be watching, the age of the last frame alone decides. Grey is
 * a pause, and nothing being watched.
 */
export function lightOf({ state, lastFrameAt }: Pick<Status, 'state' | 'lastFrameAt'>, now: number): Light {
  if (state === 'failed') return 'red';
  if (state === 'idle' || state === 'paused') return 'grey';
  if (lastFrameAt === null) return 'amber';
  const age = now - lastFrameAt;
  if (age >= lost) return 'red';
  return age > fresh || state === 'stalled' || state === 'restarting' ? 'amber' : 'green';
}

/** @param folder with `tray-green.png`, `tray-green@2x.png` and so on */
export function trayIcon(folder: string, light: Light): NativeImage {
  return nativeImage.createFromPath(join(folder, `tray-${light}.png`));
}
