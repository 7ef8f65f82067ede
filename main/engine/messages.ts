/**
 * What crosses between the engine's process and its host: plain data, checked on both sides, for neither trusts what it
 * is handed. A field that is not declared is refused, or it would vanish on the way. No frame and no cache is among it,
 * only small JPEG previews.
 */
import { z } from 'zod';
import { errorMessage } from '../base/error-text.ts';
import { isErrorCode, OnlookerError } from '../base/errors.ts';
import { withoutSecrets } from '../base/secrets.ts';
import { hidingSchema, rulesSchema } from '../capture/exclusions.ts';
import { maskSchema } from '../capture/masks.ts';
import {
  answerEvent,
  failedEvent,
  finishedEvent,
  frameEvent,
  gapEvent,
  narrationEvent,
  speakingEvent,
  startedEvent,
  unsaidEvent,
} from '../live/events.ts';

// 1. From the host: requests -------------------------------------------------------------------------------------------

const settings = z.strictObject({
  instruction: z.string().nullable().exactOptional(),
  theta: z.number().nullable().exactOptional(),
  chattiness: z.literal([0, 1, 2, 3, 4]).exactOptional(),
  masks: z.array(maskSchema).readonly().exactOptional(),
  hiding: rulesSchema.exactOptional(),
  pace: z.enum(['full', 'saving']).exactOptional(),
});
const watch = settings.extend({
  source: z.string(),
  hiding: hidingSchema,
  bundle: z.string().exactOptional(),
  installedOnly: z.boolean().exactOptional(),
  realtime: z.boolean().exactOptional(),
  memory: z
    .object({
      folder: z.string().exactOptional(),
      keepDays: z.number().exactOptional(),
      keepBytes: z.number().exactOptional(),
      key: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .exactOptional(),
    })
    .exactOptional(),
  previews: z.boolean().exactOptional(),
});
const continuation = z.strictObject({
  snapshot: z.string().exactOptional(),
  snapshotEverySeconds: z.number().exactOptional(),
  snapshotKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  resume: z.string().exactOptional(),
  stream: z.string().exactOptional(),
  told: z.strictObject({ t: z.number(), said: z.boolean() }).exactOptional(),
  paused: z.boolean().exactOptional(),
});

export const call = z.discriminatedUnion('name', [
  /** `displays`: screens are to be asked of the host. */
  z.strictObject({ name: z.literal('watch'), options: watch, continuation, displays: z.boolean() }),
  z.strictObject({ name: z.literal('stop') }),
  z.strictObject({ name: z.literal('ask'), text: z.string() }),
  z.strictObject({ name: z.literal('change'), change: settings }),
  z.strictObject({ name: z.literal('pause') }),
  z.strictObject({ name: z.literal('resume') }),
  z.strictObject({ name: z.literal('forget'), from: z.number(), before: z.number() }),
]);
export type Call = z.infer<typeof call>;

export const request = z.strictObject({ id: z.int(), call });
export type Request = z.infer<typeof request>;

const failed = z.strictObject({ code: z.string(), message: z.string() });
const knownDisplay = z.strictObject({ id: z.string(), label: z.string() });
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

const t = z.number();
const event = z.discriminatedUnion('type', [
  startedEvent,
  frameEvent,
  narrationEvent,
  answerEvent,
  gapEvent,
  failedEvent,
  finishedEvent,
  speakingEvent,
  unsaidEvent,
  z.strictObject({ type: z.literal('preview'), t, jpeg: z.custom<Uint8Array>((value) => value instanceof Uint8Array) }),
  z.strictObject({ type: z.literal('filtering'), filtering: z.boolean() }),
  z.strictObject({ type: z.literal('forgotten'), from: z.number(), before: z.number() }),
  // The stream's own, and the engine's, which have no time in it.
  z.strictObject({ type: z.literal('notice'), t: t.optional(), code: z.string(), message: z.string() }),
]);

const outcome = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.union([answerEvent, finishedEvent, z.undefined()]) }),
  failed.extend({ ok: z.literal(false) }),
]);
export type Outcome = z.infer<typeof outcome>;

const size = z.int().min(1).max(4096);
const wantedDisplay = z.strictObject({
  ...{ fps: z.number().positive(), width: size, height: size },
  of: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('screen'), monitor: z.union([z.int(), z.undefined()]) }),
    z.strictObject({ kind: z.literal('window'), title: z.string() }),
  ]),
  known: knownDisplay.exactOptional(),
});

/** `since`: wall clock of the oldest frame in the model's window. */
export const report = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('event'), event, at: z.number(), since: z.number().optional() }),
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
