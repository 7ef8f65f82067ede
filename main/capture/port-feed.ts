/** Screens and windows that ffmpeg cannot see: a page of the program captures them, and sends pictures through a port. */
import { z } from 'zod';
import { bytes } from '../base/typed-arrays.ts';
import { FeedEnd, type LiveFeed, type LivePicture } from './live-feed.ts';

/** A monitor or a window by the system's own name for it, and by what it says of itself. */
export const knownDisplay = z.strictObject({ id: z.string(), label: z.string() });
export type KnownDisplay = Readonly<z.infer<typeof knownDisplay>>;

const side = z.int().min(1).max(4096);
/** What the page is to capture, and how its pictures are to come: letterboxed into that size. */
export const wantedDisplay = z.strictObject({
  ...{ fps: z.number().positive(), width: side, height: side },
  of: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('screen'), monitor: z.union([z.int(), z.undefined()]) }),
    z.strictObject({ kind: z.literal('window'), title: z.string() }),
  ]),
  /** What was captured before, where the same is wanted again. */
  known: knownDisplay.exactOptional(),
});
export type WantedDisplay = Readonly<z.infer<typeof wantedDisplay>>;

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
const captureMessage = z.discriminatedUnion('type', [
  z.strictObject({
    ...{ type: z.literal('frame'), at: z.number(), pixels: bytes, dropped: z.int().min(0) },
    ...{ width: z.int().min(0), height: z.int().min(0) },
  }),
  z.strictObject({ type: z.literal('ended') }),
  z.strictObject({ type: z.literal('failed'), name: z.string() }),
]);
export type CaptureMessage = z.infer<typeof captureMessage>;

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
      (message) => this.#take(message),
      () => this.#finish(new FeedEnd('it is not shown any more')),
    );
  }

  #take(received: unknown): void {
    const { data: message } = captureMessage.safeParse(received);
    switch (message?.type) {
      case 'frame':
        this.#frame(message);
        return;
      case 'ended':
        this.#finish(new FeedEnd('it is not shown any more'));
        return;
      case 'failed':
        this.#finish(refused(message.name));
        return;
      case undefined:
        this.#finish(new FeedEnd('what captures it said what is not understood'));
    }
  }

  #frame({ at, pixels, dropped, width, height }: CaptureMessage & { type: 'frame' }): void {
    if (pixels.length !== this.#bytes) {
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
