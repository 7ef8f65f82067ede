import type { Captured, Frame, Gap } from './frame.ts';

interface Waiting {
  readonly frame: Frame;
  /** How much it differs from the frame before it; what dropping it would lose. */
  change: number;
  /** What happened between the frame before it and this one. */
  gap: Gap | undefined;
}

/** One byte in so many is compared; a prime, so that no column of the picture is favoured. */
const stride = 61;

/**
 * Between a live source, which never waits, and its reader, who may be slow: the one place where live frames are
 * dropped. Keeps at most `capacity` frames; beyond that the least changed one goes (the oldest of equals), never the
 * newest. What was dropped is counted and told as a gap before the next frame delivered.
 */
export class LiveQueue {
  readonly #capacity: () => number;
  readonly #waiting: Waiting[] = [];
  #previous: Uint8Array | undefined;
  #finish: { readonly error?: unknown; readonly gap?: Gap | undefined } | undefined;
  #wake: (() => void) | undefined;
  /** Frames dropped so far. */
  dropped = 0;

  /** @param capacity frames that may wait, asked at each one: a source may send many at once */
  constructor(capacity: () => number) {
    this.#capacity = capacity;
  }

  /** @param gap A silence that this frame ends. */
  push(frame: Frame, gap?: Gap): void {
    this.#waiting.push({ frame, gap, change: difference(frame.pixels, this.#previous) });
    this.#previous = frame.pixels;
    if (this.#waiting.length > Math.max(1, this.#capacity())) this.#drop();
    this.#wake?.();
  }

  /**
   * Nothing more will come; with an error, reading ends with it after the waiting frames.
   * @param gap what is missing at the end
   */
  finish(error?: unknown, gap?: Gap): void {
    this.#finish ??= { error, gap };
    this.#wake?.();
  }

  /** Frames and gaps until the queue is finished. */
  async *read(): AsyncGenerator<Captured> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next) {
        if (next.gap) yield { type: 'gap', gap: next.gap };
        yield { type: 'frame', frame: next.frame };
      } else if (this.#finish) {
        if (this.#finish.gap) yield { type: 'gap', gap: this.#finish.gap };
        if (this.#finish.error !== undefined) throw this.#finish.error;
        return;
      } else {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
      }
    }
  }

  #drop(): void {
    const waiting = this.#waiting;
    let least = 0;
    for (let i = 1; i < waiting.length - 1; i += 1) {
      if (waiting[i]!.change < waiting[least]!.change) least = i;
    }
    const [lost] = waiting.splice(least, 1);
    const heir = waiting[least]; // absent when the queue holds a single frame: then the newest took its place
    if (!lost || !heir) return;
    this.dropped += 1;
    heir.change += lost.change;
    heir.gap = merge(lost, heir);
  }
}

/** The gap before `heir` once `lost` is gone. A restart says more than an overload, so its reason stays. */
function merge(lost: Waiting, heir: Waiting): Gap {
  const from = lost.gap?.from ?? lost.frame.t;
  const dropped = (lost.gap?.dropped ?? 0) + (heir.gap?.dropped ?? 0) + 1;
  const reason = [heir.gap, lost.gap].find((gap) => gap && gap.reason !== 'overload')?.reason ?? 'overload';
  return { from, to: heir.frame.t, reason, dropped };
}

function difference(pixels: Uint8Array, previous: Uint8Array | undefined): number {
  if (!previous || previous.length !== pixels.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < pixels.length; i += stride) sum += Math.abs(pixels[i]! - previous[i]!);
  return sum;
}
