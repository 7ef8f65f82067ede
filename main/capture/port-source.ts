import { OnlookerError } from '../errors.ts';
import type { Captured, FrameSource, Gap, Sampling, Size } from './frame.ts';
import { LiveQueue } from './live-queue.ts';

/** A line to a page that captures: Electron's ports and Node's differ in little else. */
export interface FramePort {
  listen(onMessage: (message: unknown) => void, onClosed: () => void): void;
  send(message: 'taken' | 'stop'): void;
  close(): void;
}

/**
 * What the page sends. `at`: wall clock, milliseconds; `dropped`: frames it did not send since the last; `width` and
 * `height`: of the display.
 */
export type CaptureMessage =
  | (Size & { readonly type: 'frame'; readonly at: number; readonly pixels: Uint8Array; readonly dropped: number })
  | { readonly type: 'ended' }
  | { readonly type: 'failed'; readonly name: string };

/** Frames kept for a slow reader. */
const queued = 8;

/** Frames that a page captures. Disposing ends the capture. */
export class PortSource implements FrameSource {
  readonly kind = 'live';
  readonly duration: number | undefined;
  readonly name: string;
  readonly #port: FramePort;
  readonly #sampling: Sampling;
  readonly #queue = new LiveQueue(queued);
  #startedAt: number | undefined;
  #last: { readonly index: number; readonly t: number } | undefined;
  #size: Size | undefined;
  #paused: 'no' | 'yes' | 'was' = 'no';
  #over = false;

  constructor(name: string, port: FramePort, sampling: Sampling) {
    this.name = name;
    this.duration = sampling.duration;
    this.#port = port;
    this.#sampling = sampling;
    port.listen(
      (message) => this.#take(message as CaptureMessage),
      () => this.#finish(lost(name)),
    );
  }

  get size(): Size | undefined {
    return this.#size;
  }

  /** What the page sends meanwhile is let go. */
  pause(): void {
    this.#paused = 'yes';
  }

  resume(): void {
    if (this.#paused === 'yes') this.#paused = 'was';
  }

  async *frames(): AsyncIterable<Captured> {
    try {
      yield* this.#queue.read();
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#port.send('stop');
    this.#finish();
    this.#port.close();
  }

  #take(message: CaptureMessage): void {
    if (this.#over) return;
    switch (message.type) {
      case 'frame':
        this.#port.send('taken');
        this.#frame(message);
        return;
      case 'ended':
        this.#finish(lost(this.name));
        return;
      case 'failed':
        this.#finish(refused(this.name, message.name));
        return;
      default:
        message satisfies never;
    }
  }

  #frame(message: CaptureMessage & { type: 'frame' }): void {
    if (this.#paused === 'yes') return;
    const { at, pixels, dropped } = message;
    const { fps, width, height, duration = Number.POSITIVE_INFINITY } = this.#sampling;
    if (pixels.length !== width * height * 3) {
      this.#finish(new Error(`a frame of ${pixels.length} bytes came instead of one of ${width}x${height}`));
      return;
    }
    this.#startedAt ??= at;
    const t = (at - this.#startedAt) / 1000;
    const index = Math.round(t * fps);
    const last = this.#last;
    if (last && index <= last.index) return; // a second one in the same place of the grid
    if (t >= duration) {
      this.#finish();
      return;
    }
    const reason = this.#paused === 'was' ? 'paused' : 'overload';
    const hole = last && (dropped > 0 || reason === 'paused');
    const gap: Gap | undefined = hole ? { from: last.t, to: index / fps, reason, dropped } : undefined;
    this.#paused = 'no';
    this.#size = { width: message.width, height: message.height };
    this.#last = { index, t: index / fps };
    this.#queue.push({ index, t: index / fps, pixels, capturedAt: performance.now() - (Date.now() - at) }, gap);
  }

  #finish(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#queue.finish(error);
  }
}

function lost(name: string): OnlookerError {
  return new OnlookerError('source-lost', `"${name}" is not shown any more. Choose again what to watch.`);
}

function refused(name: string, why: string): OnlookerError {
  const next =
    why === 'NotAllowedError'
      ? 'Allow it in the system settings, or choose a display in the dialog that the system shows.'
      : 'Choose another display, or watch again.';
  return new OnlookerError('source-unreadable', `"${name}" may not be captured (${why}). ${next}`);
}
