import type { Size } from './frame.ts';

/** A picture of a live source. */
export interface LivePicture {
  readonly pixels: Uint8Array;
  /** `performance.now()` milliseconds; default when it came. */
  readonly capturedAt?: number;
  /** Pictures left out since the one before. */
  readonly dropped?: number;
  /** Of what is shown, where that may change from one picture to the next; default the feed's. */
  readonly size?: Size;
}

/** One go at a live source, until it ends or is closed. Disposing ends what it has opened, and waits for that. */
export interface LiveFeed extends AsyncDisposable {
  /** Of what is captured, where it is known beforehand. */
  readonly size: Size | undefined;
  /** What the grabber has said so far. */
  readonly messages: string;
  /** Asked now and then: true when it no longer shows what is wanted and must be opened anew. */
  readonly outdated?: (() => Promise<boolean>) | undefined;
  /** Iterated once. Ends when it was closed; throws a `FeedEnd`, or an `OnlookerError`, when there are no more. */
  pictures(): AsyncIterable<LivePicture>;
  /** Ends `pictures` at once. */
  close(): void;
}

/** Why there are no more pictures, as a part of a sentence. */
export class FeedEnd extends Error {
  override readonly name = 'FeedEnd';
  /** Whether opening it again would only be refused again. */
  readonly final: boolean;

  constructor(message: string, options: ErrorOptions & { readonly final?: boolean } = {}) {
    super(message, options);
    this.final = options.final ?? false;
  }
}
