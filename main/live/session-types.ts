/** What goes into a streaming session and comes out of it. */
import type { SpeakingEvent, SpeakingReason, UnsaidEvent } from './events.ts';
import type { Chattiness } from './policy.ts';
import type { Quotation } from './quotation.ts';
import type { ReadNarration } from './screen-reading.ts';

export interface SessionOptions {
  /** Standing instruction; default the bundle's. */
  readonly instruction?: string | undefined;
  /** Overrides the bundle's theta. */
  readonly theta?: number | undefined;
  /** Default 2. */
  readonly chattiness?: Chattiness;
  /** Most frames decoded at once; default 1. The text is the same for every value. */
  readonly batch?: number;
  /** Threads of the language model; default its own choice. */
  readonly threads?: number;
  /** Whether the encoder runs on the CPU at the same time; default true. If not, frames in batches get all cores. */
  readonly sharesCpu?: boolean;
  /** Whether the instruction may be changed in mid-stream; default true. A plain recording is a little faster without. */
  readonly steerable?: boolean;
  /**
   * Given each narration before it is judged, with its media time: reads what the screen says then. The corrected sentence
   * takes the place of the model's own, in the stream as well.
   */
  readonly read?: ((t: number, sentence: string) => Promise<ReadNarration>) | undefined;
  /** Told each text word by word, as soon as a token is decoded. It must return at once. */
  readonly onWords?: ((words: SpeakingEvent | UnsaidEvent) => void) | undefined;
}

/** One frame as the session takes it. */
export interface SessionFrame {
  readonly index: number;
  /** Media time in seconds. */
  readonly t: number;
  /** [tokensPerFrame x tokenWidth] */
  readonly tokens: Float32Array;
}

export interface Decision {
  readonly index: number;
  readonly t: number;
  readonly pSilent: number;
  readonly reason: SpeakingReason;
  /** Set when `reason` is `'spoke'`. */
  readonly text: string | undefined;
  /** What a narration quotes. */
  readonly quotation?: Quotation | undefined;
  /** `performance.now()` when it was known whether to speak, and when the text was complete. */
  readonly decidedAt: number;
  readonly saidAt: number;
}
