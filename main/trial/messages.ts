/** What crosses between the program and the process in which it tries model files out. */
import { z } from 'zod';
import { errorCodes } from '../base/errors.ts';

/** What is tried, and how much it may take. */
export const trialSchema = z.strictObject({
  what: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('bundle'), folder: z.string(), manifest: z.string() }),
    z.strictObject({ kind: z.literal('chat'), path: z.string() }),
  ]),
  /** Bytes of its files. */
  bytes: z.number(),
});
export type Trial = z.infer<typeof trialSchema>;

/** How it went. Without a code the failure is nobody's fault but the file's. */
export const verdict = z.union([
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({
    ok: z.literal(false),
    code: z.enum(errorCodes).optional(),
    message: z.string(),
  }),
]);
export type Verdict = z.infer<typeof verdict>;

/** Most memory a trial may take: what the runtimes need, and the files a few times over. */
export function mostMemory(bytes: number): number {
  return 1.2e9 + 3 * bytes;
}

/** Most processor time of all its threads, seconds: reading 20 MB a second, and some work. */
export function mostProcessorSeconds(bytes: number): number {
  return 8 + bytes / 20e6;
}

/** Most time on the clock, milliseconds: a slow disk and a busy machine are no fault of the file. */
export function mostMilliseconds(bytes: number): number {
  return 5000 * mostProcessorSeconds(bytes);
}
