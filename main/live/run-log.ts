import type { Bundle } from '../bundle/bundle.ts';
import type { FrameSource } from '../capture/frame.ts';
import { parseSource } from '../capture/source-description.ts';
import { gapReasons } from '../log/events.ts';
import { isRecorded, record } from '../log/record.ts';
import type { LiveEvent } from './events.ts';
import { Histogram, round } from './statistics.ts';

/** Milliseconds between two lines about speed. */
const minute = 60_000;

/** Notes in the log what happens in a run: its parts, what was not seen, how fast it is. No word of what is seen or said. */
export class RunLog {
  readonly #isOpen = isRecorded();
  #minute = new Minute();

  /** @param typed the source as the user typed it: only its kind is noted */
  opened(typed: string, source: FrameSource, bundle: Bundle, resumed: boolean): void {
    const { manifest, hash } = bundle;
    record('bundle-opened', { bundle: manifest.name, hash: hash.slice(0, 12) });
    const about = { kind: parseSource(typed).kind, live: source.kind === 'live', ...source.size };
    record('source-opened', { ...about, fps: manifest.fps, resumed });
  }

  take(event: LiveEvent): void {
    if (!this.#isOpen) return;
    switch (event.type) {
      case 'frame':
        this.#minute.frame(event.latencyMs);
        if (this.#minute.isOver) this.#tellMinute();
        break;
      case 'gap': {
        const { from, to, dropped } = event;
        const reason = gapReasons.find((name) => name === event.reason) ?? 'other';
        this.#minute.dropped += dropped;
        record('gap', { reason, seconds: round(to - from), dropped });
        break;
      }
      case 'finished': {
        const { frames, seconds, narrations, answers, dropped, gaps, peakRssMb, complete } = event;
        const latency = { p50Ms: event.latencyP50Ms, p95Ms: event.latencyP95Ms };
        record('run-ended', { frames, seconds, narrations, answers, dropped, gaps, ...latency, peakRssMb, complete });
      }
    }
  }

  #tellMinute(): void {
    record('timings', this.#minute.figures);
    this.#minute = new Minute();
  }
}

class Minute {
  dropped = 0;
  #frames = 0;
  readonly #latency = new Histogram();
  readonly #endsAt = performance.now() + minute;

  frame(latencyMs: number): void {
    this.#frames++;
    this.#latency.add(latencyMs);
  }

  get isOver(): boolean {
    return performance.now() >= this.#endsAt;
  }

  get figures() {
    return {
      frames: this.#frames,
      dropped: this.dropped,
      p50Ms: round(this.#latency.quantile(0.5)),
      p95Ms: round(this.#latency.quantile(0.95)),
      rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    };
  }
}
