/**
 * The event stream: what `--format jsonl` prints and everything downstream consumes. `t`, `from` and `to` are media
 * time in seconds. Stable: fields are added, never renamed (docs/events.md).
 */

/** Why a frame was or was not spoken on. */
export type SpeakingReason =
  | 'spoke'
  | 'silent' // p(silence) >= theta
  | 'still' // nothing changed for longer than the gate keeps; the model was not asked
  | 'rearm' // p(silence) has not been high since the last narration
  | 'refractory' // too soon after the last narration
  | 'repeat' // it would have said again what it just said
  | 'withheld' // the standing instruction does not ask for what it noticed
  | 'muted'; // chattiness 0

export interface StartedEvent {
  type: 'started';
  source: string;
  bundle: string;
  fps: number;
  tokensPerFrame: number;
  /** sha256 of the bundle's vision encoder: embeddings are comparable where it is the same. */
  encoder?: string;
  /** Names the stream: a run that goes on from a snapshot bears the name of the one that took it. */
  stream?: string;
}
export interface FrameEvent {
  type: 'frame';
  index: number;
  t: number;
  /** Probability of silence; a still frame beyond the gate carries that of the last frame the model saw. */
  pSilent: number;
  encoded: boolean;
  /** Cells whose pixels changed. */
  changed: number;
  reason: SpeakingReason;
  /** From capture to decision. */
  latencyMs: number;
}
export interface NarrationEvent {
  type: 'narration';
  t: number;
  text: string;
  pSilent: number;
  latencyMs: number;
}
export interface AnswerEvent {
  type: 'answer';
  t: number;
  query: string;
  text: string;
  latencyMs: number;
  /** False: the question is not one that the model understands, and the text says so. */
  understood?: boolean;
}
export interface GapEvent {
  type: 'gap';
  from: number;
  to: number;
  reason: string;
  dropped: number;
}
/** Something the user should know; the run goes on. */
export interface NoticeEvent {
  type: 'notice';
  t: number;
  code: 'instruction-not-understood';
  /** A sentence for the user, in the language of what it is about. */
  message: string;
}
export interface FailedEvent {
  type: 'failed';
  code: string;
  message: string;
}
export interface FinishedEvent {
  type: 'finished';
  frames: number;
  seconds: number;
  narrations: number;
  answers: number;
  /** Frames that were captured and not decided. */
  dropped: number;
  /** How often something was not seen: the `gap` events of the run. */
  gaps: number;
  wallMs: number;
  framesPerSecond: number;
  realtimeFactor: number;
  peakRssMb: number;
  /** Frame-to-decision latency, median and 95th percentile, milliseconds. */
  latencyP50Ms: number;
  latencyP95Ms: number;
  /** False when the run was interrupted. */
  complete: boolean;
  /** Media time at which the recording ends, where that is known. */
  end?: number;
}

/** A text on its way, all of it so far; told beside the events, whose `narration` or `answer` ends it. */
export interface SpeakingEvent {
  type: 'speaking';
  of: 'narration' | 'answer';
  t: number;
  text: string;
  query?: string;
}
/** It was a near-copy of what was said just before: what was told of it is not said. */
export interface UnsaidEvent {
  type: 'unsaid';
  t: number;
}

export type LiveEvent =
  | StartedEvent
  | FrameEvent
  | NarrationEvent
  | AnswerEvent
  | GapEvent
  | NoticeEvent
  | FailedEvent
  | FinishedEvent;
