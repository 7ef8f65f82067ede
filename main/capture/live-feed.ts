import type { Place, Size } from './frame.ts';
import type { ScreenPicture } from './screen-picture.ts';

/** A picture of a live source. */
export interface LivePicture {
  readonly pixels: Uint8Array;
  /** `performance.now()` milliseconds; default when it came. */
  readonly capturedAt?: number;
  /** When it was taken by the source's own clock, seconds from anywhere; default when it came. */
  readonly own?: number | undefined;
  /** Pictures left out since the one before. */
  readonly dropped?: number;
  /** Of what is shown, where that may change from one picture to the next; default the feed's. */
  readonly size?: Size;
  /** The same picture unscaled, where that was asked for. */
  readonly unscaled?: ScreenPicture | undefined;
}

/**
 * Who decides when there is a picture. `ours`: it is taken when we want one, so that one that stays away is a fault.
 * `own`: the source does; the last one is what it shows until the next.
 */
export type Pace = 'ours' | 'own';

/** One go at a live source, until it ends or is closed. Disposing ends what it has opened, and waits for that. */
export interface LiveFeed extends AsyncDisposable {
  /** Of what is captured, where it is known beforehand. */
  readonly size: Size | undefined;
  /** The part of the desktop that it shows, where that is known. */
  readonly place?: Place | undefined;
  /** Default `ours`. */
  readonly pace?: Pace | undefined;
  /** Whether it comes in segments: many pictures at once, and, opened anew, some that were there before. */
  readonly segmented?: boolean | undefined;
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
  /** Whether it came to its end without an error: a broadcast that is over, or a connection that was closed. */
  readonly clean: boolean;
  /** Whether it is known and not there now, such as a monitor that is unplugged: it is waited for however long it takes. */
  readonly away: boolean;

  constructor(message: string, options: ErrorOptions & Partial<Pick<FeedEnd, 'final' | 'clean' | 'away'>> = {}) {
    super(message, options);
    this.final = options.final ?? false;
    this.clean = options.clean ?? false;
    this.away = options.away ?? false;
  }
}
