import type { KnownDisplay } from '../capture/port-feed.ts';
import { monitorAgain } from './monitors.ts';
import type { MonitorPlace, Rectangle } from './overlay-place.ts';

/** The part of the desktop that a source shows, also when monitors change their order while it is watched. */
export class WatchedArea {
  #source: string | null = null;
  #monitor: KnownDisplay | undefined;

  /**
   * `screen` is the primary monitor; `screen:1` the second in the system's order when it is asked for first, and that one
   * from then on. Undefined while it is away, and for what is no screen: nothing of ours can be in a camera or a
   * recording, and where a single window lies is not known here.
   * @param monitors the primary one first
   */
  of(source: string | null, monitors: readonly MonitorPlace[]): Rectangle | undefined {
    if (source !== this.#source) this.#monitor = undefined;
    this.#source = source;
    if (source === 'screen') return monitors[0]?.bounds;
    const wanted = /^screen:(\d+)$/.exec(source ?? '')?.[1];
    if (wanted === undefined) return undefined;
    // Only a single monitor has a number that is surely the same here and there.
    const first = monitors.length === 1 ? monitors[0] : monitors[Number(wanted)];
    const monitor = this.#monitor ? monitorAgain(this.#monitor, monitors) : first;
    this.#monitor ??= monitor && { id: monitor.id, label: monitor.label };
    return monitor?.bounds;
  }
}
