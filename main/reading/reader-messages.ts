import { z } from 'zod';
import { failedReply } from '../base/worker-line.ts';
import { box, picture } from './picture.ts';
import { exactness, found, reading, written } from './reader.ts';

/** What the worker is started with. */
export const readerSetup = z.strictObject({
  /** Where the weights lie. */
  folder: z.string(),
});

const asked = { picture, mostMs: z.number() };
export const request = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('read'), ...asked, exactness }),
  z.strictObject({ type: z.literal('find'), ...asked }),
  z.strictObject({ type: z.literal('recognise'), ...asked, boxes: z.array(box).readonly(), exactness }),
  z.strictObject({ type: z.literal('close') }),
]);
export type Request = z.infer<typeof request>;

/** One reply to every request, in their order; `opened` or `failed` comes first of all. */
export const reply = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('opened') }),
  z.strictObject({ type: z.literal('read'), reading }),
  z.strictObject({ type: z.literal('found'), found }),
  z.strictObject({ type: z.literal('recognised'), lines: z.array(written.or(z.undefined())).readonly() }),
  failedReply,
  z.strictObject({ type: z.literal('closed') }),
]);
export type Reply = z.infer<typeof reply>;
