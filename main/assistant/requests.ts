/** What each request may carry: nothing from a window or a program reaches the rest unchecked. */
import { z } from 'zod';
import type { RequestName, Requests } from '../../preload/contract.ts';
import { settingSchemas, settingsChange } from '../settings/settings-schema.ts';

const nothing = z.strictObject({});
const moment = z.number().min(0).max(8.64e15);
const until = z.strictObject({ until: moment.nullable() });
const share = z.number().min(0).max(1);
const area = z.strictObject({ x: share, y: share, width: share, height: share });
const span = { from: moment, before: z.number().min(0).max(Number.MAX_SAFE_INTEGER) };
const text = z.string().trim().min(1).max(4000);

/** One schema a request: the compiler misses none of them. */
export const requestSchemas = {
  hello: nothing,
  sources: nothing,
  bundles: nothing,
  watch: z.strictObject({ source: text, instruction: settingSchemas.instruction.optional() }),
  stop: nothing,
  pause: until,
  resume: nothing,
  snooze: until,
  ask: z.strictObject({ text }),
  cover: z.strictObject({ area: area.nullable() }),
  settings: z.strictObject({ change: settingsChange }),
  days: nothing,
  moments: z.strictObject({ ...span, after: z.int().min(0).optional() }),
  pictures: z.strictObject({ ...span, most: z.int().min(1).max(2000) }),
  picture: z.strictObject({ id: z.int().min(0) }),
  curve: z.strictObject({ ...span, pieces: z.int().min(1).max(10_000) }),
  rehearse: z.strictObject({ theta: share.nullable() }),
  gaps: z.strictObject(span),
  search: z.strictObject({
    ...{ text, limit: z.int().min(1).max(1000) },
    ...{ from: span.from.optional(), before: span.before.optional() },
    ...{ day: text.optional(), source: text.optional(), app: text.optional(), answers: z.boolean().optional() },
  }),
  recap: z.strictObject(span),
  forget: z.strictObject(span),
  export: z.strictObject({ ...span, format: z.enum(['srt', 'vtt', 'md']) }),
  open: z.strictObject({
    window: z.enum(['overlay', 'timeline', 'settings', 'welcome']),
    at: moment.optional(),
  }),
} satisfies { readonly [Name in RequestName]: z.ZodType<Requests[Name]['input']> };

export function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(requestSchemas, name);
}
