import type { Hiding } from './exclusions.ts';
import type { OpenDisplay } from './port-feed.ts';

/** How live sources behave; the defaults are for people, the choice is for tests. */
export interface SourceOptions {
  /** What must not be seen of a screen or a window. Whoever opens one has to say; of other sources it means nothing. */
  readonly hiding: Hiding;
  /** Told whenever something begins or ceases to be hidden. */
  readonly onFiltering?: ((filtering: boolean) => void) | undefined;
  /** Frames a live source keeps for a slow reader; default 8. */
  readonly queue?: number;
  /** Seconds without a frame after which a live source is restarted; default 4.5, and longer where it is slow itself. */
  readonly stallSeconds?: number;
  /** The same for a source with a pace of its own of which no steady cadence is known; default 60. */
  readonly quietSeconds?: number;
  /** Seconds a live source may take to its first frame; default 15, for streams 60. */
  readonly startSeconds?: number;
  /** Starts in a row without any frame before it is given up; default 8. */
  readonly attempts?: number;
  /** Seconds before the first restart, doubled with each one that fails, up to 10; default 0.5. */
  readonly backoffSeconds?: number;
  /** Captures screens and windows where ffmpeg cannot; default ffmpeg does. */
  readonly displays?: OpenDisplay;
  /** Told what the user should know about the ffmpeg that is used, and about what is not done for the source. */
  readonly onNotice?: ((line: string, code: SourceNotice) => void) | undefined;
}

/** `picture-unconverted`: colours are not as they are meant, or another video was meant to be watched. */
export type SourceNotice = 'ffmpeg-outdated' | 'picture-unconverted';
