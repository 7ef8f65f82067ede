/** Figures of a run, in constant memory however long it goes. */
import type { FinishedEvent, LiveEvent } from './events.ts';

/** Values in geometric buckets 2 % apart, from 0.01 ms to beyond an hour: quantiles within 1 %. */
export class Histogram {
  static readonly #smallest = 0.01;
  static readonly #ratio = Math.log(1.02);
  readonly #counts = new Uint32Array(1_000);
  #total = 0;

  add(value: number): void {
    const bucket = Math.floor(Math.log(Math.max(value, Histogram.#smallest) / Histogram.#smallest) / Histogram.#ratio);
    const at = Math.min(bucket, this.#counts.length - 1);
    this.#counts[at] = this.#counts[at]! + 1;
    this.#total++;
  }

  /** The value below which a share `q` (0..1) of the values lies; 0 when there are none. */
  quantile(q: number): number {
    let rest = q * this.#total;
    for (const [bucket, count] of this.#counts.entries()) {
      rest -= count;
      if (count > 0 && rest <= 0) return Histogram.#smallest * Math.exp((bucket + 0.5) * Histogram.#ratio);
    }
    return 0;
  }
}

export class RunStatistics {
  readonly #fps: number;
  readonly #startedAt = performance.now();
  readonly #latency = new Histogram();
  #frames = 0;
  #narrations = 0;
  #answers = 0;
  #dropped = 0;
  #gaps = 0;
  #first: number | undefined;
  #last = 0;

  constructor(fps: number) {
    this.#fps = fps;
  }

  get frames(): number {
    return this.#frames;
  }

  count(event: LiveEvent): void {
    switch (event.type) {
      case 'frame':
        this.#frames++;
        this.#first ??= event.t;
        this.#last = event.t;
        this.#latency.add(event.latencyMs);
        break;
      case 'narration':
        this.#narrations++;
        break;
      case 'answer':
        this.#answers++;
        break;
      case 'gap':
        this.#dropped += event.dropped;
        this.#gaps++;
        break;
      case 'started':
      case 'notice':
      case 'failed':
      case 'finished':
        break;
    }
  }

  /** @param end media time at which the recording ends, seconds, where that is known */
  finished(complete: boolean, end?: number): FinishedEvent {
    const wallMs = performance.now() - this.#startedAt;
    const seconds = this.#first === undefined ? 0 : this.#last - this.#first + 1 / this.#fps;
    return {
      type: 'finished',
      frames: this.#frames,
      seconds: round(seconds),
      narrations: this.#narrations,
      answers: this.#answers,
      dropped: this.#dropped,
      gaps: this.#gaps,
      wallMs: round(wallMs),
      framesPerSecond: round((1000 * this.#frames) / wallMs),
      realtimeFactor: round((1000 * seconds) / wallMs),
      peakRssMb: round(process.resourceUsage().maxRSS / 1024),
      latencyP50Ms: round(this.#latency.quantile(0.5)),
      latencyP95Ms: round(this.#latency.quantile(0.95)),
      complete,
      ...(end !== undefined && { end: round(end) }),
    };
  }
}

/** To three decimals: enough for seconds and milliseconds, short to read. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
