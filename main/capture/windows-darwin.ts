/** Windows of a macOS desktop, through JavaScript for Automation, which every Mac has. */

import { parseJson } from '../base/json.ts';
import type { VisibleWindow, WindowList } from './visible-window.ts';

/**
 * The window server's list, the topmost first. Titles are told only to programs that may record the screen, which this
 * one must be allowed to anyway; without that they are null, and such a window is an unknown one.
 */
const script = `
ObjC.import('CoreGraphics'); ObjC.import('Foundation');
const list = ObjC.deepUnwrap(ObjC.castRefToObject($.CGWindowListCopyWindowInfo(1 | 16, 0)));
JSON.stringify(list.map((w) => [String(w.kCGWindowNumber), w.kCGWindowOwnerName ?? '', w.kCGWindowName ?? null,
  w.kCGWindowBounds.X, w.kCGWindowBounds.Y, w.kCGWindowBounds.Width, w.kCGWindowBounds.Height,
  w.kCGWindowLayer, w.kCGWindowAlpha]))`;

/** Program and arguments for one look. */
export function darwinLister(): readonly [string, readonly string[]] {
  return ['osascript', ['-l', 'JavaScript', '-e', script]];
}

/** Layers above it hold the menu bar, the dock and their like. */
const normalLayers = 20;

/** Reads its answer; undefined when titles are withheld, or it is no answer. The topmost window last. */
export function parseDarwin(text: string): WindowList {
  let rows: unknown;
  try {
    rows = parseJson(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(rows)) return undefined;
  const windows: VisibleWindow[] = [];
  let titled = 0;
  for (const row of rows as unknown[]) {
    if (!Array.isArray(row) || row.length !== 9) return undefined;
    const [id, app, title, x, y, width, height, layer, alpha] = row as [string, string, string | null, ...number[]];
    if (layer! >= normalLayers || alpha === 0) continue;
    if (title !== null) titled += 1;
    windows.push({ id, app, title: title ?? '', x: x!, y: y!, width: width!, height: height! });
  }
  return titled === 0 && windows.length > 0 ? undefined : windows.reverse();
}
