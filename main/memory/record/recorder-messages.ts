import type { FailedReply } from '../../base/worker-line.ts';
import type { EncoderPatience } from '../../capture/jpeg-encoder.ts';
import type { Picture } from '../../live/vision-stage.ts';
import type { ForgottenSpan } from '../forget/forgotten-lately.ts';
import type { RetentionLimits } from '../forget/retention.ts';
import type { MemoryLocation } from '../store/location.ts';

/** What the recorder's thread is started with. */
export interface RecorderSetup {
  readonly location: MemoryLocation;
  /** Path of ffmpeg, which makes the thumbnails; without one there are none. */
  readonly ffmpeg: string | undefined;
  readonly encoderPatience?: EncoderPatience | undefined;
  /** Limits to set; those left out stay as they were. */
  readonly retention: Partial<RetentionLimits>;
  /** A database up to this size is checked before the recording starts, a larger one while rows wait. */
  readonly checkFirstBytes: number;
}

/** One run over one source, as it is remembered. */
export interface SessionStart {
  readonly source: string;
  /** Kind of source: file, web, screen, ... */
  readonly kind: string;
  readonly bundle: string;
  /** sha256 of its vision encoder; without one, nothing of it is found by meaning. */
  readonly encoder?: string | undefined;
  readonly fps: number;
  /** Name of the stream: a session that has it already goes on, and keeps what it has. */
  readonly stream?: string | undefined;
  /** The standing instruction, if the user gave one. */
  readonly instruction: string | undefined;
  /** Wall clock, milliseconds since 1970. */
  readonly startedAt: number;
}

/** Something to remember. `t` is media time in seconds, `at` the wall clock in milliseconds since 1970. */
export type Row =
  | {
      readonly type: 'frame';
      readonly t: number;
      readonly at: number;
      readonly pSilent: number;
      readonly changed: number;
      readonly embedding: Float32Array | undefined;
    }
  | {
      readonly type: 'narration';
      readonly t: number;
      readonly at: number;
      readonly text: string;
      readonly pSilent: number;
    }
  | { readonly type: 'answer'; readonly t: number; readonly at: number; readonly query: string; readonly text: string }
  | {
      readonly type: 'gap';
      readonly at: number;
      readonly from: number;
      readonly to: number;
      readonly reason: string;
      readonly dropped: number;
    };

export type Request =
  /** Comes once, before all rows; has no reply, and neither has `picture`. */
  | { readonly type: 'begin'; readonly session: SessionStart }
  /** A thumbnail to be made, written with a later batch. */
  | { readonly type: 'picture'; readonly t: number; readonly at: number; readonly picture: Picture }
  /** Answered by `written` when all of it is committed, by `failed` when none of it is. */
  | { readonly type: 'write'; readonly rows: readonly Row[] }
  /** Answered by `forgotten`. */
  | { readonly type: 'look' }
  | { readonly type: 'close'; readonly endedAt: number };

export type Reply =
  | { readonly type: 'opened' }
  /** `notices` say what does not keep rows from being written, such as thumbnails that cannot be made. */
  | { readonly type: 'written'; readonly notices: readonly string[] }
  | { readonly type: 'forgotten'; readonly spans: readonly ForgottenSpan[] }
  | { readonly type: 'closed' }
  | FailedReply;
