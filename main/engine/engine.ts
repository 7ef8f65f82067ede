/**
 * The engine as the rest of the program sees it, whether it runs in a process of its own (`host.ts`) or in this one.
 * It watches one source at a time.
 */
import { z } from 'zod';
import { bytes } from '../base/typed-arrays.ts';
import { hidingSchema, rulesSchema } from '../capture/exclusions.ts';
import { maskSchema } from '../capture/masks.ts';
import {
  type AnswerEvent,
  answerEvent,
  type FinishedEvent,
  failedEvent,
  finishedEvent,
  frameEvent,
  gapEvent,
  narrationEvent,
  speakingEvent,
  startedEvent,
  unsaidEvent,
} from '../live/events.ts';

/** A change of what can be changed while it watches; what is left out stays. */
export const liveChange = z.strictObject({
  /** Standing instruction; null: the bundle's. */
  instruction: z.string().nullable().exactOptional(),
  /** Null: the bundle's. */
  theta: z.number().nullable().exactOptional(),
  chattiness: z.literal([0, 1, 2, 3, 4]).exactOptional(),
  /** Painted out before the encoder, as shares of the picture (0..1). */
  masks: z.array(maskSchema).readonly().exactOptional(),
  /** What must not be seen of a screen or a window. */
  hiding: rulesSchema.exactOptional(),
  /** Of a live source: every frame, or less often to save power; default every frame. */
  pace: z.enum(['full', 'saving']).exactOptional(),
});
export type LiveSettings = Readonly<Required<z.infer<typeof liveChange>>>;

const memoryChoice = z.strictObject({
  /** Default: the user's. */
  folder: z.string().exactOptional(),
  keepDays: z.number().exactOptional(),
  keepBytes: z.number().exactOptional(),
  /** Its key in hexadecimal digits, where a key store has it that the engine cannot ask; default the key file. */
  key: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
});
export type MemoryChoice = Readonly<z.infer<typeof memoryChoice>>;

export const watchOptions = liveChange.extend({
  /** As the user typed it. */
  source: z.string(),
  /** Of a screen or a window: whoever has one watched says what must not be seen of it. */
  hiding: hidingSchema,
  bundle: z.string().exactOptional(),
  /** Whether `bundle` may only name an installed one, because it comes from data; default false: it may be a folder. */
  installedOnly: z.boolean().exactOptional(),
  /** Play a recording no faster than it was made; default true: this is for somebody who watches along. */
  realtime: z.boolean().exactOptional(),
  /** Keeps what is seen and said; undefined: nothing is kept. */
  memory: memoryChoice.exactOptional(),
  /** Small pictures of what is watched, at most one a second; default false. */
  previews: z.boolean().exactOptional(),
});
export type WatchOptions = Readonly<z.infer<typeof watchOptions>>;

/** What it tells, beyond the events of a run (docs/events.md). */
export const engineEvent = z.discriminatedUnion('type', [
  startedEvent,
  frameEvent,
  narrationEvent,
  answerEvent,
  gapEvent,
  failedEvent,
  finishedEvent,
  speakingEvent,
  unsaidEvent,
  z.strictObject({
    type: z.literal('preview'),
    t: z.number(),
    jpeg: bytes,
  }),
  /** Whether something on the screen is hidden from the encoder. */
  z.strictObject({ type: z.literal('filtering'), filtering: z.boolean() }),
  /** Another program has forgotten a span of the wall clock, milliseconds; the model has forgotten it by now. */
  z.strictObject({ type: z.literal('forgotten'), from: z.number(), before: z.number() }),
  /** The stream's own, and the engine's, which have no time in it. */
  z.strictObject({
    type: z.literal('notice'),
    t: z.number().optional(),
    code: z.string(),
    message: z.string(),
  }),
]);
export type EngineEvent =
  | z.infer<typeof engineEvent>
  /** The process ended by itself and is being started again; what it watched goes on. Told by its host. */
  | { readonly type: 'restarting'; readonly attempt: number; readonly inMs: number; readonly message: string };

/** `at`: wall clock, milliseconds since 1970. */
export type EngineListener = (event: EngineEvent, at: number) => void;

export interface Engine extends AsyncDisposable {
  /** Resolves at the first frame; what was watched before ends. @throws OnlookerError as `narrate` does */
  watch(options: WatchOptions): Promise<void>;
  /** Undefined when nothing was watched. */
  stop(): Promise<FinishedEvent | undefined>;
  /** Answers behind the next frame, or at once while nothing moves. @throws OnlookerError `usage` when nothing is watched */
  ask(text: string): Promise<AnswerEvent>;
  change(change: Partial<LiveSettings>): Promise<void>;
  /** Takes no frames until `resume`; the cache stays. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Out of the cache and the snapshot; the memory is forgotten by whoever owns it. Wall clock. */
  forget(span: { readonly from: number; readonly before: number }): Promise<void>;
  /** Whether the model still has that time in its window. Wall clock. */
  remembers(at: number): boolean;
  subscribe(listener: EngineListener): () => void;
}
