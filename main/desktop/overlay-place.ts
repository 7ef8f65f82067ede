/** Where the overlay goes: pure arithmetic over monitors and remembered places. Pixels as the window system counts. */
import type { Area } from '../../preload/contract.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MonitorPlace {
  /** The system's own name for it, until it is unplugged. */
  readonly id: string;
  /** The same for the same monitor, also after it was unplugged. */
  readonly key: string;
  /** What the system calls it for people; '' when it does not. */
  readonly label: string;
  readonly bounds: Rectangle;
  /** Without task bar and dock. */
  readonly workArea: Rectangle;
}

/** Relative to the work area of each monitor the overlay was on. */
export interface RememberedPlaces {
  readonly last: string | null;
  readonly places: Readonly<Record<string, Rectangle>>;
}

export const nothingRemembered: RememberedPlaces = { last: null, places: {} };

const margin = 24;
const smallest = { width: 240, height: 96 };

/**
 * Its place on the monitor it was last on, if that is there; else on the first one, where it was on that one before,
 * or in the corner below right. Always wholly inside.
 * @param monitors the primary one first; at least one
 */
export function placeOverlay(
  monitors: readonly MonitorPlace[],
  { last, places }: RememberedPlaces,
  size: Pick<Rectangle, 'width' | 'height'>,
): Rectangle {
  const monitor = monitors.find(({ key }) => key === last) ?? monitors[0]!;
  const area = monitor.workArea;
  const relative = Object.hasOwn(places, monitor.key) ? places[monitor.key] : undefined;
  const wanted = relative
    ? { ...relative, x: area.x + relative.x, y: area.y + relative.y }
    : { ...size, x: area.x + area.width - size.width - margin, y: area.y + area.height - size.height - margin };
  return inside(wanted, area);
}

/** What to remember of an overlay that lies at `at` on `monitor`. */
export function remember(known: RememberedPlaces, monitor: MonitorPlace, at: Rectangle): RememberedPlaces {
  const { x, y } = monitor.workArea;
  const place = { x: at.x - x, y: at.y - y, width: at.width, height: at.height };
  return { last: monitor.key, places: { ...known.places, [monitor.key]: place } };
}

/** The part of `bounds` that `window` covers, as shares of it; null when it lies elsewhere. */
export function coverage(window: Rectangle, bounds: Rectangle): Area | null {
  const x = Math.max(window.x, bounds.x);
  const y = Math.max(window.y, bounds.y);
  const right = Math.min(window.x + window.width, bounds.x + bounds.width);
  const bottom = Math.min(window.y + window.height, bounds.y + bounds.height);
  if (right <= x || bottom <= y) return null;
  const share = { x: (x - bounds.x) / bounds.width, y: (y - bounds.y) / bounds.height };
  return { ...share, width: (right - x) / bounds.width, height: (bottom - y) / bounds.height };
}

/** Moved, and made smaller where it must be, so that all of it is in `area`. */
export function inside(wanted: Rectangle, area: Rectangle): Rectangle {
  const width = Math.round(Math.min(Math.max(wanted.width, smallest.width), area.width));
  const height = Math.round(Math.min(Math.max(wanted.height, smallest.height), area.height));
  const x = Math.round(Math.min(Math.max(wanted.x, area.x), area.x + area.width - width));
  const y = Math.round(Math.min(Math.max(wanted.y, area.y), area.y + area.height - height));
  return { x, y, width, height };
}

export function isRememberedPlaces(value: unknown): value is RememberedPlaces {
  if (typeof value !== 'object' || value === null) return false;
  const { last, places } = value as Partial<Record<keyof RememberedPlaces, unknown>>;
  if (last !== null && typeof last !== 'string') return false;
  return typeof places === 'object' && places !== null && Object.values(places).every(isRectangle);
}

function isRectangle(value: unknown): value is Rectangle {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, width, height } = value as Partial<Record<keyof Rectangle, unknown>>;
  return [x, y, width, height].every(Number.isFinite);
}
