/**
 * What the clock on the wall showed at which media time. A live source runs with it; a recording may be paused, played
 * in real time or read as fast as it can be. Kept as stretches in which both clocks ran alike, few of them as a rule.
 */

/** From media time `from` to `to` (seconds), both included; `at`: wall clock at `from`, milliseconds since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** Milliseconds by which the clocks may differ within a stretch: frames are not captured on the dot. */
const tolerance = 100;
/** Stretches kept; only a recording that is read ahead of its time has so many. */
const most = 20_000;

export class WallClock {
  #stretches: { from: number; to: number; at: number }[];

  constructor(stretches: readonly Stretch[] = []) {
    this.#stretches = stretches.map((stretch) => ({ ...stretch }));
  }

  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  /** Something happened at media time `t` when the wall clock showed `at`. */
  note(t: number, at: number): void {
    const last = this.#stretches.at(-1);
    if (last && Math.abs(last.at + (t - last.from) * 1000 - at) <= tolerance) last.to = Math.max(last.to, t);
    else this.#stretches.push({ from: t, to: t, at });
    if (this.#stretches.length > most) this.#stretches.splice(0, most / 2);
  }

  /** Forgets what lay before media time `t`. */
  dropBefore(t: number): void {
    while (this.#stretches[0] && this.#stretches[0].to < t) this.#stretches.shift();
  }

  /** The wall clock at media time `t`; undefined when it was not noted. */
  at(t: number): number | undefined {
    const stretch = this.#stretches.findLast(({ from, to }) => from <= t && t <= to);
    return stretch && stretch.at + (t - stretch.from) * 1000;
  }

  /** The media time, both ends included, of all that happened in a span of the wall clock; rather too much than too little. */
  mediaSpan(from: number, before: number): { readonly from: number; readonly to: number } | undefined {
    const parts = this.#stretches.flatMap((stretch) => {
      const first = Math.max(stretch.from, stretch.from + (from - tolerance - stretch.at) / 1000);
      const last = Math.min(stretch.to, stretch.from + (before + tolerance - stretch.at) / 1000);
      return first <= last ? [{ first, last }] : [];
    });
    if (parts.length === 0) return undefined;
    return { from: Math.min(...parts.map(({ first }) => first)), to: Math.max(...parts.map(({ last }) => last)) };
  }
}
