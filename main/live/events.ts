/**
 * The event stream: what `--format jsonl` prints and everything downstream consumes. `t`, `from` and `to` are media
 * time in seconds. Stable: fields are added, never renamed (docs/events.md).
 * Declared once, as schemas, because events also cross between processes: a field that is not declared is refused there.
 */
import { z } from 'zod';

const t = z.number();
const latencyMs = z.number();
const probability = z.number().min(0).max(1);

/** Why a frame was or was not spoken on. */
const speakingReason = z.enum([
  'spoke',
  'silent', // p(silence) >= theta
  'still', // nothing changed for longer than the gate keeps; the model was not asked
  'rearm', // p(silence) has not been high since the last narration
  'refractory', // too soon after the last narration
  'repeat', // it would have said again what it just said
  'withheld', // the standing instruction does not ask for what it noticed
  'muted', // chattiness 0
]);
export type SpeakingReason = z.infer<typeof speakingReason>;

export const startedEvent = z.strictObject({
  type: z.literal('started'),
  source: z.string(),
  bundle: z.string(),
  fps: z.number(),
  tokensPerFrame: z.number(),
  /** sha256 of the bundle's vision encoder: embeddings are comparable where it is the same. */
  encoder: z.string().optional(),
  /** Names the stream: a run that goes on from a snapshot bears the name of the one that took it. */
  stream: z.string().optional(),
});
export const frameEvent = z.strictObject({
  type: z.literal('frame'),
  index: z.number(),
  t,
  /** Probability of silence; a still frame beyond the gate carries that of the last frame the model saw. */
  pSilent: probability,
  encoded: z.boolean(),
  /** Cells whose pixels changed. */
  changed: z.number(),
  reason: speakingReason,
  /** From capture to decision. */
  latencyMs,
});
/** What a narration quotes of what is written on the screen. */
const read = z.strictObject({
  text: z.string(),
  /** Of the program and of its window, where they are known. */
  app: z.string().optional(),
  title: z.string().optional(),
  /** Where it stands, in pixels of the source. */
  box: z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
});
export const narrationEvent = z.strictObject({
  type: z.literal('narration'),
  t,
  /** With what it quotes at its end. */
  text: z.string(),
  pSilent: probability,
  latencyMs,
  read: read.optional(),
});
export const answerEvent = z.strictObject({
  type: z.literal('answer'),
  t,
  query: z.string(),
  text: z.string(),
  latencyMs,
  /** False: the question is not one that the model understands, and the text says so. */
  understood: z.boolean().optional(),
});
export const gapEvent = z.strictObject({
  type: z.literal('gap'),
  from: t,
  to: t,
  reason: z.string(),
  dropped: z.number(),
});
/** Something the user should know; the run goes on. */
export const noticeEvent = z.strictObject({
  type: z.literal('notice'),
  t,
  code: z.literal('instruction-not-understood'),
  /** A sentence for the user, in the language of what it is about. */
  message: z.string(),
});
export const failedEvent = z.strictObject({ type: z.literal('failed'), code: z.string(), message: z.string() });
export const finishedEvent = z.strictObject({
  type: z.literal('finished'),
  frames: z.number(),
  seconds: z.number(),
  narrations: z.number(),
  answers: z.number(),
  /** Frames that were captured and not decided. */
  dropped: z.number(),
  /** How often something was not seen: the `gap` events of the run. */
  gaps: z.number(),
  wallMs: z.number(),
  framesPerSecond: z.number(),
  realtimeFactor: z.number(),
  peakRssMb: z.number(),
  /** Frame-to-decision latency, median and 95th percentile, milliseconds. */
  latencyP50Ms: z.number(),
  latencyP95Ms: z.number(),
  /** False when the run was interrupted. */
  complete: z.boolean(),
  /** Media time at which the recording ends, where that is known. */
  end: z.number().optional(),
});

/** A text on its way, all of it so far; told beside the events, whose `narration` or `answer` ends it. */
export const speakingEvent = z.strictObject({
  type: z.literal('speaking'),
  of: z.enum(['narration', 'answer']),
  t,
  text: z.string(),
  query: z.string().optional(),
});
/** It was a near-copy of what was said just before: what was told of it is not said. */
export const unsaidEvent = z.strictObject({ type: z.literal('unsaid'), t });

export type StartedEvent = z.infer<typeof startedEvent>;
export type FrameEvent = z.infer<typeof frameEvent>;
export type NarrationEvent = z.infer<typeof narrationEvent>;
export type AnswerEvent = z.infer<typeof answerEvent>;
export type GapEvent = z.infer<typeof gapEvent>;
export type NoticeEvent = z.infer<typeof noticeEvent>;
export type FailedEvent = z.infer<typeof failedEvent>;
export type FinishedEvent = z.infer<typeof finishedEvent>;
export type SpeakingEvent = z.infer<typeof speakingEvent>;
export type UnsaidEvent = z.infer<typeof unsaidEvent>;

export type LiveEvent =
  | StartedEvent
  | FrameEvent
  | NarrationEvent
  | AnswerEvent
  | GapEvent
  | NoticeEvent
  | FailedEvent
  | FinishedEvent;
