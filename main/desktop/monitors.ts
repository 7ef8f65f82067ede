import { type Display, screen } from 'electron';
import type { KnownDisplay } from '../capture/port-feed.ts';
import type { MonitorPlace } from './overlay-place.ts';

/** The primary monitor first. */
export function monitors(): MonitorPlace[] {
  const primary = screen.getPrimaryDisplay().id;
  return screen
    .getAllDisplays()
    .toSorted((a, b) => Number(b.id === primary) - Number(a.id === primary))
    .map(describe);
}

/** The monitor that was known before: by its id, else by its label if only one has it. Undefined when it is away. */
export function monitorAgain({ id, label }: KnownDisplay, among: readonly MonitorPlace[]): MonitorPlace | undefined {
  const same = among.find((monitor) => monitor.id === id);
  const alike = among.filter((monitor) => label !== '' && monitor.label === label);
  return same ?? (alike.length === 1 ? alike[0] : undefined);
}

/** The monitor that most of a rectangle lies on. */
export function monitorOf(bounds: { x: number; y: number; width: number; height: number }): MonitorPlace {
  return describe(screen.getDisplayMatching(bounds));
}

/** Called when a monitor comes, goes or changes. */
export function followMonitors(listener: () => void): Disposable {
  const changes = ['display-added', 'display-removed', 'display-metrics-changed'] as const;
  for (const change of changes) screen.on(change as 'display-added', listener);
  return {
    [Symbol.dispose]: () => {
      for (const change of changes) screen.off(change as 'display-added', listener);
    },
  };
}

/** Ids may change when a monitor is plugged in again; its name and size do not, and the id tells two alike apart. */
function describe({ id, label, bounds, workArea }: Display): MonitorPlace {
  return {
    id: String(id),
    label: label ?? '',
    key: label ? `${label} ${bounds.width}x${bounds.height}` : `monitor ${id}`,
    bounds,
    workArea,
  };
}
