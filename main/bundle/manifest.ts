/**
 * `bundle.json`: what a model bundle says about itself. The schema is the contract between the training code that
 * writes bundles and the engine that runs them.
 */
import { z } from 'zod';

const file = z.object({
  path: z.string().regex(/^[\w.-]+$/, 'a file name inside the bundle folder'),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const bundleManifest = z.object({
  /** Version of this format. */
  format: z.literal(1),
  name: z.string().min(1),
  version: z.string().min(1),
  licence: z.string().min(1),
  provenance: z.string().min(1),
  /** Languages it speaks, BCP 47. */
  languages: z.array(z.string()).min(1),
  /**
   * Script of each language's replies, by tag, where no reply in it holds a letter of another's. Then none is written,
   * whatever language the rest of the context is in. Absent = replies may hold any letters.
   */
  scripts: z.record(z.string(), z.enum(['Latin', 'Hangul'])).optional(),

  files: z.object({
    /** GGUF language model. */
    language: file,
    /** GGUF LoRA adapter over `language`. */
    adapter: file.optional(),
    /** ONNX: `pixels` uint8 [N, H, W, 3] (+ `state_in` [1, S]) -> `tokens` [N, T, C], `embedding` [N, E] (+ `still_tokens` [N, T, C], `state_out` [1, S]). */
    vision: file,
    /** ONNX: [N, T, C] -> [N, T, D]; absent when folded into `vision`, whose C then is D. */
    connector: file.optional(),
    /**
     * ONNX: `pixels` uint8 [N, H, W, 3] -> `tokens` [N, T, D]: a closer look at one frame, for a question about it. The
     * model reads it like one more frame before the question; it leaves the context with the answer.
     */
    closeUp: file.optional(),
    /** ONNX CLIP text tower, and its tokenizer. */
    text: file.optional(),
    tokenizer: file.optional(),
  }),

  /** Sampling rate of the stream, frames a second. */
  fps: z.number().positive(),
  frame: z.object({
    width: z.int().positive(),
    height: z.int().positive(),
    /** How a picture of another shape is fitted: scaled to fit, centred, padded with black. */
    fit: z.literal('letterbox'),
  }),
  vision: z.object({
    tokensPerFrame: z.int().positive(),
    /** Width of a token as `vision` (and `connector`) gives it: the language model's embedding width. */
    tokenWidth: z.int().positive(),
    embeddingWidth: z.int().positive(),
    /** Length S of the state carried from frame to frame; 0 = stateless. All zeros means "no frame before". */
    stateWidth: z.int().min(0),
  }),
  /**
   * Frames whose pixels did not change. A cell of `cell` x `cell` pixels has changed when its mean absolute difference
   * (0..255, over the three channels) to the last encoded frame is above `threshold`; a frame with no changed cell is
   * still. The first `keep` still frames in a row reach the model as `still_tokens` of the last encoded frame; later
   * ones cost neither an encoder run nor context, and are silent.
   */
  gate: z.object({
    cell: z.int().positive(),
    threshold: z.number().min(0),
    keep: z.int().min(0),
  }),

  protocol: z.object({
    /** Token text between two frames; null = silence is only ever a target, never in the context (live.md section 2). */
    separator: z.string().nullable(),
    /** Token text whose probability at a frame's last position means "stay silent". Must be a single token. */
    silence: z.string().min(1),
    /** Token texts fed when the stream changes hands; '' = nothing is fed. `endOfReply` is the single token a reply ends with. */
    transitions: z.object({
      systemToStream: z.string(),
      streamToReply: z.string().min(1),
      streamToQuery: z.string(),
      queryToReply: z.string().min(1),
      replyToStream: z.string(),
      replyToQuery: z.string(),
    }),
    endOfReply: z.string().min(1),
  }),
  /** Text at the very start of the context, before any instruction; `<bos>` is added by the engine if the vocabulary wants one. */
  systemPrompt: z.string(),
  /** Token texts put before and after a standing instruction, which follows the system prompt. */
  instruction: z.object({
    open: z.string(),
    close: z.string(),
    default: z.string(),
    /**
     * How other instructions than the default one are followed; absent = they stand in the stream and the model knows
     * what to do. Otherwise one of `everything` (by BCP 47 tag, as the instruction's language) stands there, and after an
     * instruction and a sentence, alone, token text `said` or `withheld` is the likelier one.
     */
    judge: z
      .object({
        everything: z.record(z.string(), z.string()),
        said: z.string().min(1),
        withheld: z.string().min(1),
      })
      .optional(),
  }),

  decision: z.object({
    /** Silent if p(silence) >= theta. */
    theta: z.number().min(0).max(1),
    /** theta for other quantisations of the same weights, by GGUF file type name (f32, f16, q8_0, ...). */
    calibration: z.record(z.string(), z.number().min(0).max(1)),
    /** After speaking, p(silence) must have been at least this high once before it may speak again; null = off. */
    rearm: z.number().min(0).max(1).nullable(),
    /** Seconds of media time after a narration in which no other is said. */
    refractorySeconds: z.number().min(0),
    /** Seconds in which a near-copy of a recent narration is not said again; 0 = off. */
    repeatSeconds: z.number().min(0),
    /** Most tokens in one reply. */
    replyCap: z.int().positive(),
  }),
  /** Context budget in tokens. Past `high`, whole spans are evicted down to `low`; at most `replies` tokens of old replies stay. */
  window: z.object({ high: z.int().positive(), low: z.int().positive(), replies: z.int().min(0) }),
  /** What a user should know it cannot do, in plain sentences. */
  limits: z.array(z.string()),
  /** The same sentences in other languages, by BCP 47 tag, for windows that are not in English. */
  limitsIn: z.record(z.string(), z.array(z.string())).optional(),
});

export type BundleManifest = z.infer<typeof bundleManifest>;
export type BundleFile = z.infer<typeof file>;
