/** Screens and windows that ffmpeg cannot see: a page of the program captures them, and sends pictures through a port. */
import type { Size } from './frame.ts';
import { FeedEnd, type LiveFeed, type LivePicture } from './live-feed.ts';
import type { SourceDescription } from './source-description.ts';

/** What the page is to capture, and how its pictures are to come: letterboxed into that size. */
export interface WantedDisplay extends Size {
  readonly fps: number;
  readonly of: Extract<SourceDescription, { kind: 'screen' | 'window' }>;
  /** What was captured before, where the same is wanted again. */
  readonly known?: KnownDisplay | undefined;
}

/** A monitor or a window by the system's own name for it, and by what it says of itself. */
export interface KnownDisplay {
  readonly id: string;
  readonly label: string;
}

/**
 * Has a display captured.
 * @throws OnlookerError `source-unreadable`; `source-lost` when asking again would be no use
 * @throws FeedEnd `away` when the one that is known is not there
 */
export type OpenDisplay = (wanted: WantedDisplay) => Promise<FramePort>;

/** A line to the page that captures: Electron's ports and Node's differ in little else. */
export interface FramePort {
  /** What is captured, where the system names it. */
  readonly known?: KnownDisplay | undefined;
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

/** What one page captures. It sends a picture when the one before was taken: here at most one waits, the newest. */
export class PortFeed implements LiveFeed {
  readonly size = undefined;
  readonly messages = '';
  readonly #open: () => Promise<FramePort>;
  readonly #bytes: number;
  readonly #closing = Promise.withResolvers<void>();
  #port: FramePort | undefined;
  #closed = false;
  #next: LivePicture | undefined;
  #end: FeedEnd | undefined;
  #wake = () => {};

  /** @param bytes of one picture */
  constructor(open: () => Promise<FramePort>, bytes: number) {
    this.#open = open;
    this.#bytes = bytes;
  }

  async *pictures(): AsyncGenerator<LivePicture> {
    const opening = this.#opened();
    opening.catch(() => {}); // closed meanwhile: nobody needs to know
    await Promise.race([opening, this.#closing.promise]);
    for (;;) {
      const next = this.#next;
      if (this.#closed) return;
      if (next) {
        this.#next = undefined;
        this.#port?.send('taken');
        yield next;
      } else {
        if (this.#end) throw this.#end;
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
      }
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.resolve();
    this.#wake();
    this.#port?.send('stop');
    this.#port?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #opened(): Promise<void> {
    const port = await this.#open();
    if (this.#closed) return port.close();
    this.#port = port;
    port.listen(
      (message) => this.#take(message as CaptureMessage),
      () => this.#finish(new FeedEnd('it is not shown any more')),
    );
  }

  #take(message: CaptureMessage): void {
    switch (message.type) {
      case 'frame':
        this.#frame(message);
        return;
      case 'ended':
        this.#finish(new FeedEnd('it is not shown any more'));
        return;
      case 'failed':
        this.#finish(refused(message.name));
        return;
      default:
        message satisfies never;
    }
  }

  #frame({ at, pixels, dropped, width, height }: CaptureMessage & { type: 'frame' }): void {
    if (!(pixels instanceof Uint8Array) || pixels.length !== this.#bytes) {
      this.#finish(new FeedEnd(`a picture of another size than ${this.#bytes} bytes came`));
      return;
    }
    this.#next = { pixels, dropped, size: { width, height }, capturedAt: performance.now() - (Date.now() - at) };
    this.#wake();
  }

  #finish(end: FeedEnd): void {
    this.#end ??= end;
    this.#wake();
  }
}

/** @param why the name of the browser's exception */
function refused(why: string): FeedEnd {
  if (why !== 'NotAllowedError') return new FeedEnd(`the system gave no picture: ${why}`);
  return new FeedEnd('the system does not allow it; allow it in its settings, or choose a screen in its dialog', {
    final: true,
  });
}
