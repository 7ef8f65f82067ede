/**
 * What crosses between the engine's process and its host: plain data, checked on both sides, for neither trusts what it
 * is handed. A field that is not declared is refused, or it would vanish on the way. No frame and no cache is among it,
 * only small JPEG previews.
 */
import { z } from 'zod';
import { errorMessage } from '../base/error-text.ts';
import { isErrorCode, OnlookerError } from '../base/errors.ts';
import { withoutSecrets } from '../base/secrets.ts';
import { knownDisplay, wantedDisplay } from '../capture/port-feed.ts';
import { answerEvent, finishedEvent } from '../live/events.ts';
import { engineEvent, liveChange, watchOptions } from './engine.ts';
import { told } from './told.ts';

// 1. From the host: requests -------------------------------------------------------------------------------------------

/** How a watch goes on that another process began. */
const continuation = z.strictObject({
  /** Where to keep a snapshot, and how often. */
  snapshot: z.string().exactOptional(),
  snapshotEverySeconds: z.number().exactOptional(),
  /** The key it is sealed with, in hexadecimal digits. */
  snapshotKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  /** A snapshot to go on from. */
  resume: z.string().exactOptional(),
  /** Name of the stream, the same in every process that has a part in it: the memory keeps all of it once. */
  stream: z.string().exactOptional(),
  /** The last that was told; what is not after it is not told again. */
  told: told.exactOptional(),
  paused: z.boolean().exactOptional(),
});
export type Continuation = Readonly<z.infer<typeof continuation>>;

export const call = z.discriminatedUnion('name', [
  /** `displays`: screens are to be asked of the host. */
  z.strictObject({ name: z.literal('watch'), options: watchOptions, continuation, displays: z.boolean() }),
  z.strictObject({ name: z.literal('stop') }),
  z.strictObject({ name: z.literal('ask'), text: z.string() }),
  z.strictObject({ name: z.literal('change'), change: liveChange }),
  z.strictObject({ name: z.literal('pause') }),
  z.strictObject({ name: z.literal('resume') }),
  z.strictObject({ name: z.literal('forget'), from: z.number(), before: z.number() }),
]);
export type Call = z.infer<typeof call>;

export const request = z.strictObject({ id: z.int(), call });
export type Request = z.infer<typeof request>;

const failed = z.strictObject({ code: z.string(), message: z.string() });
/** To the report `display` of that id: a port comes with it, unless it failed or is away, in words that say so. */
const displayOpened = z.strictObject({
  display: z.int(),
  known: knownDisplay.exactOptional(),
  failed: failed.exactOptional(),
  away: z.string().exactOptional(),
});
export type DisplayOpened = z.infer<typeof displayOpened>;

/** Asked for a sign of life. */
const beat = z.strictObject({ beat: z.literal(true) });

export const order = z.union([request, displayOpened, beat]);

// 2. From the engine: replies and events -------------------------------------------------------------------------------

const outcome = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.union([answerEvent, finishedEvent, z.undefined()]) }),
  failed.extend({ ok: z.literal(false) }),
]);
export type Outcome = z.infer<typeof outcome>;

/** `since`: wall clock of the oldest frame in the model's window. */
export const report = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('event'), event: engineEvent, at: z.number(), since: z.number().optional() }),
  z.strictObject({ type: z.literal('reply'), id: z.int(), outcome }),
  /** A screen is wanted that only the program itself can capture; and it is wanted no more. */
  z.strictObject({ type: z.literal('display'), id: z.int(), wanted: wantedDisplay }),
  z.strictObject({ type: z.literal('display-over'), id: z.int() }),
  z.strictObject({ type: z.literal('beat') }),
]);
export type Report = z.infer<typeof report>;

// 3. Failures -----------------------------------------------------------------------------------------------------------

/** A failure as data; what has no code of its own is a defect. */
export function failure(error: unknown): Outcome {
  return { ok: false, ...failureOf(error) };
}

export function failureOf(error: unknown): z.infer<typeof failed> {
  const message = withoutSecrets(errorMessage(error));
  return { code: error instanceof OnlookerError ? error.code : 'defect', message };
}

/** And back. */
export function thrown({ code, message }: { readonly code: string; readonly message: string }): Error {
  return isErrorCode(code) ? new OnlookerError(code, message) : new Error(message);
}
