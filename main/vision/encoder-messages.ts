import { z } from 'zod';
import { ownBytes, ownFloats } from '../base/typed-arrays.ts';
import { failedReply } from '../base/worker-line.ts';
import { bundleManifest } from '../bundle/manifest.ts';
import { graphResult } from './graph.ts';
import { sessionOptions } from './session.ts';

/** What the worker is started with. */
export const workerSetup = z.strictObject({ folder: z.string(), manifest: bundleManifest, options: sessionOptions });
export type WorkerSetup = z.infer<typeof workerSetup>;

export const request = z.discriminatedUnion('type', [
  /** `pixels` [count, H, W, 3]: handed over, and handed back with the result. */
  z.strictObject({ type: z.literal('encode'), pixels: ownBytes, count: z.int().min(1) }),
  /** A closer look at one frame [H, W, 3]. */
  z.strictObject({ type: z.literal('look'), pixels: ownBytes }),
  z.strictObject({ type: z.literal('reset') }),
  z.strictObject({ type: z.literal('close') }),
]);
export type Request = z.infer<typeof request>;

/** One reply to every request but `reset`, in the order of the requests; `opened` or `failed` comes first of all. */
export const reply = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('opened'), provider: z.string(), onCpu: z.boolean() }),
  z.strictObject({ type: z.literal('encoded'), result: graphResult, pixels: ownBytes }),
  z.strictObject({ type: z.literal('looked'), tokens: ownFloats }),
  failedReply,
  z.strictObject({ type: z.literal('closed') }),
]);
export type Reply = z.infer<typeof reply>;
