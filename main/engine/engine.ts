/**
 * The engine as the rest of the program sees it, whether it runs in a process of its own (`host.ts`) or in this one.
 * It watches one source at a time.
 */

import type { Hiding, PrivacyRules } from '../capture/exclusions.ts';
import type { Mask } from '../capture/masks.ts';
import type { Pace } from '../live/control.ts';
import type { AnswerEvent, FinishedEvent, LiveEvent } from '../live/events.ts';
import type { Chattiness } from '../live/policy.ts';

/** What can be changed while it watches; what is left out stays. */
export interface LiveSettings {
  /** Standing instruction; null: the bundle's. */
  readonly instruction: string | null;
  /** Null: the bundle's. */
  readonly theta: number | null;
  readonly chattiness: Chattiness;
  /** Painted out before the encoder, as shares of the picture (0..1). */
  readonly masks: readonly Mask[];
  /** What must not be seen of a screen or a window. */
  readonly hiding: PrivacyRules;
  /** Of a live source: every frame, or less often to save power; default every frame. */
  readonly pace: Pace;
}

export interface WatchOptions extends Partial<Omit<LiveSettings, 'hiding'>> {
  /** As the user typed it. */
  readonly source: string;
  /** Of a screen or a window: whoever has one watched says what must not be seen of it. */
  readonly hiding: Hiding;
  readonly bundle?: string;
  /** Whether `bundle` may only name an installed one, because it comes from data; default false: it may be a folder. */
  readonly installedOnly?: boolean;
  /** Play a recording no faster than it was made; default true: this is for somebody who watches along. */
  readonly realtime?: boolean;
  /** Keeps what is seen and said; undefined: nothing is kept. */
  readonly memory?: MemoryChoice;
  /** Small pictures of what is watched, at most one a second; default false. */
  readonly previews?: boolean;
}

export interface MemoryChoice {
  /** Default: the user's. */
  readonly folder?: string;
  readonly keepDays?: number;
  readonly keepBytes?: number;
  /** Its key in hexadecimal digits, where a key store has it that the engine cannot ask; default the key file. */
  readonly key?: string;
}

/** What it tells, beyond the events of a run (docs/events.md). */
export type EngineEvent =
  | LiveEvent
  /** A text on its way: all of it so far. The `narration` or `answer` event ends it; so does `unsaid`. */
  | {
      readonly type: 'speaking';
      readonly of: 'narration' | 'answer';
      readonly t: number;
      readonly text: string;
      readonly query?: string;
    }
  /** It was a near-copy of what was said just before: what was shown of it is to go. */
  | { readonly type: 'unsaid'; readonly t: number }
  | { readonly type: 'preview'; readonly t: number; readonly jpeg: Uint8Array }
  /** The process ended by itself and is being started again; what it watched goes on. */
  | { readonly type: 'restarting'; readonly attempt: number; readonly inMs: number; readonly message: string }
  /** Whether something on the screen is hidden from the encoder. */
  | { readonly type: 'filtering'; readonly filtering: boolean }
  /** Another program has forgotten a span of the wall clock, milliseconds; the model has forgotten it by now. */
  | { readonly type: 'forgotten'; readonly from: number; readonly before: number }
  | { readonly type: 'notice'; readonly code: string; readonly message: string };

/** `at`: wall clock, milliseconds since 1970. */
export type EngineListener = (event: EngineEvent, at: number) => void;

export interface Engine extends AsyncDisposable {
  /** Resolves at the first frame; what was watched before ends. @throws OnlookerError as `narrate` does */
  watch(options: WatchOptions): Promise<void>;
  /** Undefined when nothing was watched. */
  stop(): Promise<FinishedEvent | undefined>;
  /** Answers behind the next frame, or at once while nothing moves. @throws OnlookerError `usage` when nothing is watched */
  ask(text: string): Promise<AnswerEvent>;
  change(change: Partial<LiveSettings>): Promise<void>;
  /** Takes no frames until `resume`; the cache stays. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Out of the cache and the snapshot; the memory is forgotten by whoever owns it. Wall clock. */
  forget(span: { readonly from: number; readonly before: number }): Promise<void>;
  /** Whether the model still has that time in its window. Wall clock. */
  remembers(at: number): boolean;
  subscribe(listener: EngineListener): () => void;
}
