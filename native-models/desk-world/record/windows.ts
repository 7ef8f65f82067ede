import { setTimeout as sleep } from 'node:timers/promises';
import type { Box } from './screen-recording.ts';
import type { VirtualDisplay } from './virtual-display.ts';

/** Top-level windows of programs that can be seen now, by X window id. */
export async function visibleWindows(display: VirtualDisplay): Promise<string[]> {
  const found = await display.run('xdotool', ['search', '--onlyvisible', '--class', '.']);
  return found?.split('\n').filter(Boolean) ?? [];
}

/** The title its program gave a window, whether or not it is drawn. */
export async function windowTitle(display: VirtualDisplay, id: string): Promise<string> {
  return (await display.run('xdotool', ['getwindowname', id]))?.trim() ?? '';
}

export async function windowBox(display: VirtualDisplay, id: string): Promise<Box | undefined> {
  const text = await display.run('xwininfo', ['-id', id]);
  if (!text?.includes('IsViewable')) return undefined;
  const value = (label: string): number => Number(new RegExp(`${label}:\\s+(-?\\d+)`).exec(text)?.[1]);
  return {
    x: value('Absolute upper-left X'),
    y: value('Absolute upper-left Y'),
    width: value('Width'),
    height: value('Height'),
  };
}

/** Waits for a window that was not among `known`; the largest where several appear at once. */
export async function newWindow(
  display: VirtualDisplay,
  known: readonly string[],
  seconds = 12,
): Promise<{ id: string; box: Box } | undefined> {
  for (let attempt = 0; attempt < seconds * 12; attempt += 1) {
    let best: { id: string; box: Box } | undefined;
    for (const id of await visibleWindows(display)) {
      if (known.includes(id)) continue;
      const box = await windowBox(display, id);
      if (box && box.width * box.height > (best ? best.box.width * best.box.height : 1000)) best = { id, box };
    }
    if (best) return best;
    await sleep(80);
  }
  return undefined;
}

export function overlap(a: Box, b: Box): number {
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return wide > 0 && high > 0 ? wide * high : 0;
}
