/** What crosses between whoever asks the memory and the thread that has it open. */
import { z } from 'zod';
import { errorCodes } from '../base/errors.ts';
import type { OperationName } from './operations.ts';
import { piece } from './pieces.ts';

/** One request among those that are under way. */
const id = z.int();

/** Every `ask` is answered once, in whatever order, unless it is cancelled. */
export const request = z.discriminatedUnion('type', [
  /** The table of operations looks the name up; what their inputs are, the compiler knows on both sides. */
  z.strictObject({
    ...{ type: z.literal('ask'), id },
    ...{ name: z.custom<OperationName>((value) => typeof value === 'string'), input: z.unknown() },
  }),
  /** The next piece of an answer is wanted. */
  z.strictObject({ type: z.literal('more'), id }),
  /** Nobody waits for the answer any more. */
  z.strictObject({ type: z.literal('cancel'), id }),
  /** Nothing is asked any more: what is under way is finished, then the thread ends. */
  z.strictObject({ type: z.literal('close') }),
]);
export type Request = z.infer<typeof request>;

/** Outputs are not gone through: there may be a month of texts in them, and whoever gets them has windows to serve. */
export const reply = z.discriminatedUnion('type', [
  /** `more`: it is not whole, and its pieces come one by one when they are asked for. */
  z.strictObject({ type: z.literal('answer'), id, output: z.unknown(), more: z.boolean() }),
  /** Which share (0..1) of the work is done; it comes at most every tenth of a second. */
  z.strictObject({ type: z.literal('progress'), id, share: z.number() }),
  z.strictObject({ type: z.literal('piece'), id, piece, more: z.boolean() }),
  z.strictObject({
    ...{ type: z.literal('failed'), id },
    /** Undefined: a defect of ours. */
    ...{ code: z.enum(errorCodes).optional(), message: z.string(), stack: z.string().optional() },
  }),
  /** What was deleted that nobody asked to have deleted, in one line. */
  z.strictObject({ type: z.literal('notice'), line: z.string() }),
]);
export type Reply = z.infer<typeof reply>;
