import type { HiddenArea, PrivacyRules } from './exclusions.ts';
import type { ScreenPicture } from './screen-picture.ts';
import type { Size } from './size.ts';

export type { Size } from './size.ts';

/** One sampled picture: RGB24 at the bundle's frame size, row by row. */
export interface Frame {
  /** Place on the sampling grid, from 0 at the start of the stream; never repeats, may jump after a gap. */
  readonly index: number;
  /** Media time in seconds. */
  readonly t: number;
  /** height x width x 3 bytes; belongs to the receiver. */
  readonly pixels: Uint8Array;
  /** When it left the source, `performance.now()` milliseconds: where latency is counted from. */
  readonly capturedAt: number;
  /** Of what was captured, where that may differ from one frame to the next; default the source's. */
  readonly size?: Size;
  /** The part of the desktop that it shows, where that is known. */
  readonly place?: Place;
  /** What the source itself shows, unscaled; where `Sampling.unscaled` asks for it and it was not given up for speed. */
  readonly unscaled?: ScreenPicture | undefined;
}

/** A part of the desktop: a rectangle in its pixels, or the window of that id, wherever that is. */
export type Place = (Size & { readonly x: number; readonly y: number }) | { readonly window: string };

/** Says what must not be seen of the frames of a screen or a window. */
export interface ScreenGuard extends Disposable {
  /** Other rules, from the next frame on. */
  rules: PrivacyRules;
  /**
   * What to paint out of a frame; waits until that is known.
   * @param capturedAt when it left the source, `performance.now()` milliseconds of this process
   * @param place what it shows; where that is not known, a window to be hidden anywhere hides everything
   */
  masksFor(capturedAt: number, place?: Place): Promise<readonly HiddenArea[]>;
}

/** A span of time without frames: a stall, a restart, a drop. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly reason: 'stalled' | 'ended' | 'overload' | 'seek' | 'paused' | 'restarted' | 'discontinuity' | 'unread';
  /** Frames known to be lost. */
  readonly dropped: number;
}

export type Captured = { readonly type: 'frame'; readonly frame: Frame } | { readonly type: 'gap'; readonly gap: Gap };

/** How frames are to be sampled; taken from the bundle and the command line. */
export interface Sampling {
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  /** First second of media time wanted; default 0. Only for files. */
  readonly from?: number;
  /** Seconds of media time wanted; default all. */
  readonly duration?: number;
  /** Where an earlier run stood, and the media time that a live source has now, in seconds; default at 0. */
  readonly goOn?: { readonly index: number; readonly t: number; readonly now: number };
  /** Whether frames are to carry the source's own picture, too; default false. */
  readonly unscaled?: boolean;
  /** Hand a file's frames out no faster than they were recorded; default false. */
  readonly realtime?: boolean;
}

/**
 * A stream of frames. `file` sources lose nothing: they wait for a slow reader. `live` sources go on by themselves;
 * the reader decides what to drop. Disposing ends the child process and waits for it.
 */
export interface FrameSource extends AsyncDisposable {
  readonly kind: 'file' | 'live';
  /** What the user called it. */
  readonly name: string;
  /** Seconds of media time to come, if known; for a progress bar. */
  readonly duration: number | undefined;
  /** Media time at which a recording ends, seconds; exact once it was read to its end, undefined where it is not known. */
  readonly end?: number | undefined;
  /** Size of what is captured, before it is fitted into the frame; undefined where only ffmpeg knows. */
  readonly size: Size | undefined;
  /** Says what must be painted out of its frames before anybody looks at them; undefined: nothing. */
  readonly guard?: ScreenGuard | undefined;
  /** From now on no frame is taken until `resume`, which is told as a gap. What was taken already still comes. */
  pause(): void;
  resume(): void;
  /** Iterated once. Throws an `OnlookerError` when the source cannot be read. */
  frames(): AsyncIterable<Captured>;
}
