import { z } from 'zod';
import { picture } from '../../base/picture.ts';
import { floats } from '../../base/typed-arrays.ts';
import { failedReply } from '../../base/worker-line.ts';
import { encoderPatience } from '../../capture/jpeg-encoder.ts';
import { forgottenSpan } from '../forget/forgotten-lately.ts';
import { retentionLimits } from '../forget/retention.ts';
import { memoryLocation } from '../store/location.ts';

/** What the recorder's thread is started with. */
export const recorderSetup = z.strictObject({
  location: memoryLocation,
  /** Path of ffmpeg, which makes the thumbnails; without one there are none. */
  ffmpeg: z.string().or(z.undefined()),
  encoderPatience: encoderPatience.optional(),
  /** Limits to set; those left out stay as they were. */
  retention: retentionLimits.partial(),
  /** A database up to this size is checked before the recording starts, a larger one while rows wait. */
  checkFirstBytes: z.number(),
});
export type RecorderSetup = Readonly<z.infer<typeof recorderSetup>>;

/** One run over one source, as it is remembered. */
const sessionStart = z.strictObject({
  source: z.string(),
  /** Kind of source: file, web, screen, ... */
  kind: z.string(),
  bundle: z.string(),
  /** sha256 of its vision encoder; without one, nothing of it is found by meaning. */
  encoder: z.string().optional(),
  fps: z.number(),
  /** Name of the stream: a session that has it already goes on, and keeps what it has. */
  stream: z.string().optional(),
  /** The standing instruction, if the user gave one. */
  instruction: z.string().or(z.undefined()),
  /** Wall clock, milliseconds since 1970. */
  startedAt: z.number(),
});
export type SessionStart = Readonly<z.infer<typeof sessionStart>>;

/** `t` is media time in seconds, `at` the wall clock in milliseconds since 1970. */
const when = { t: z.number(), at: z.number() };
/** Something to remember. */
const row = z.discriminatedUnion('type', [
  z.strictObject({
    ...{ type: z.literal('frame'), ...when },
    ...{ pSilent: z.number(), changed: z.number(), embedding: floats.or(z.undefined()) },
  }),
  z.strictObject({ type: z.literal('narration'), ...when, text: z.string(), pSilent: z.number() }),
  z.strictObject({ type: z.literal('answer'), ...when, query: z.string(), text: z.string() }),
  z.strictObject({
    ...{ type: z.literal('gap'), at: z.number(), from: z.number(), to: z.number() },
    ...{ reason: z.string(), dropped: z.number() },
  }),
]);
export type Row = Readonly<z.infer<typeof row>>;

export const request = z.discriminatedUnion('type', [
  /** Comes once, before all rows; has no reply, and neither has `picture`. */
  z.strictObject({ type: z.literal('begin'), session: sessionStart }),
  /** A thumbnail to be made, written with a later batch. */
  z.strictObject({ type: z.literal('picture'), ...when, picture }),
  /** Answered by `written` when all of it is committed, by `failed` when none of it is. */
  z.strictObject({ type: z.literal('write'), rows: z.array(row).readonly() }),
  /** Answered by `forgotten`. */
  z.strictObject({ type: z.literal('look') }),
  z.strictObject({ type: z.literal('close'), endedAt: z.number() }),
]);
export type Request = z.infer<typeof request>;

export const reply = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('opened') }),
  /** `notices` say what does not keep rows from being written, such as thumbnails that cannot be made. */
  z.strictObject({ type: z.literal('written'), notices: z.array(z.string()).readonly() }),
  z.strictObject({ type: z.literal('forgotten'), spans: z.array(forgottenSpan).readonly() }),
  z.strictObject({ type: z.literal('closed') }),
  failedReply,
]);
export type Reply = z.infer<typeof reply>;
