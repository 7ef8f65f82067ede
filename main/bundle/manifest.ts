/**
 * `bundle.json`: what a model bundle says about itself. The schema is the contract between the training code that
 * writes bundles and the engine that runs them.
 */
import { z } from 'zod';
import { isBundleName } from './folders.ts';

/**
 * The largest values a bundle may name. They are far above what any bundle needs and low enough that a wrong or hostile
 * one can neither fill the memory nor keep the program busy for ever.
 */
export const most = {
  /** Characters of a name, and of a text that is fed to the model or shown. */
  nameLength: 200,
  textLength: 10_000,
  /** Entries of a list of languages, sentences or calibrations. */
  entries: 200,
  fileBytes: 2 ** 40,
  fps: 60,
  /** Pixels of a frame's side. */
  frameSide: 2048,
  tokensPerFrame: 1024,
  tokenWidth: 32_768,
  embeddingWidth: 8192,
  stateWidth: 2 ** 24,
  gateCell: 2048,
  /** Still frames that reach the model. */
  gateKeep: 10_000,
  /** Seconds of the speaking policy: a day. */
  policySeconds: 86_400,
  replyTokens: 1024,
  windowTokens: 131_072,
} as const;
/** The fewest frames a second: one a minute. */
const leastFps = 1 / 60;

const name = z.string().min(1).max(most.nameLength);
/** Shown in the middle of a line, so it may not end one. */
const word = name.regex(/^\P{Cc}*$/u, 'one line without control characters');
const text = z.string().max(most.textLength);
const sentences = z.array(text).max(most.entries);
/** At least 1, at most so many. */
const count = (largest: number) => z.int().positive().max(largest);
const seconds = z.number().min(0).max(most.policySeconds);

/** A record with at most `most.entries` keys. */
function table<Value extends z.ZodType>(value: Value) {
  return z
    .record(z.string().max(most.nameLength), value)
    .refine((entries) => Object.keys(entries).length <= most.entries, `more than ${most.entries} entries`);
}

const file = z.object({
  path: name.regex(/^[\w.-]+$/, 'a file name inside the bundle folder'),
  bytes: count(most.fileBytes),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const topics = z
  .array(
    table(
      z.object({
        /** Sentences that the model has learned. The first one is fed where something else means the same. */
        taught: sentences.min(1),
        /** Words of which at least one is in every sentence on this topic. */
        about: sentences.min(1),
        /** Other words that such a sentence may have, beside those of the taught ones. */
        also: sentences,
      }),
    ),
  )
  .max(most.entries);

export const bundleManifest = z.object({
  /** Version of this format. */
  format: z.literal(1),
  name: name.refine(isBundleName, 'letters, digits, spaces, ".", "_", "+" and "-", the first a letter or a digit'),
  version: word,
  licence: word,
  provenance: text.min(1),
  /** Languages it speaks, BCP 47. */
  languages: z.array(word).min(1).max(most.entries),
  /**
   * Script of each language's replies, by tag, where no reply in it holds a letter of another's. Then none is written,
   * whatever language the rest of the context is in. Absent = replies may hold any letters.
   */
  scripts: table(z.enum(['Latin', 'Hangul'])).optional(),
  /**
   * What it can be asked and told, topic by topic and by language tag (main/live/understanding.ts). To anything else the
   * user is told that it is not understood. Absent = the model takes any question and instruction.
   */
  understands: z
    .object({
      questions: topics,
      instructions: topics,
      /** What "{name}" in a taught sentence stands for: names, each followed by what else people call it. */
      names: table(z.array(sentences.min(1)).max(most.entries)),
    })
    .optional(),

  /**
   * The English words of the captions that the text tower has learned, in small letters. Where a text has another one,
   * the tower cannot tell which pictures it describes. Absent = any text may be put to it.
   */
  captionWords: sentences.optional(),

  /**
   * What it narrates, where that is one of a fixed set of sentences: one for each kind of event, by language tag, with
   * `{name}` (and `{A}`: "A" or "An") for the name of a subject out of the kind's group. `{이/가}` takes the form that the
   * sound before it asks for. Absent = it narrates in words of its own; then nothing is added to them that was read.
   */
  sentences: z
    .object({
      /** Groups of subjects: "app", "dialog". */
      subjects: table(z.array(word).max(most.entries)),
      /** By subject and language tag. */
      names: table(table(text)),
      kinds: table(z.object({ subject: word.nullable(), sentence: table(text) })),
    })
    .optional(),

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
  fps: z.number().min(leastFps).max(most.fps),
  frame: z.object({
    width: count(most.frameSide),
    height: count(most.frameSide),
    /** How a picture of another shape is fitted: scaled to fit, centred, padded with black. */
    fit: z.literal('letterbox'),
  }),
  vision: z.object({
    tokensPerFrame: count(most.tokensPerFrame),
    /** Width of a token as `vision` (and `connector`) gives it: the language model's embedding width. */
    tokenWidth: count(most.tokenWidth),
    embeddingWidth: count(most.embeddingWidth),
    /** Length S of the state carried from frame to frame; 0 = stateless. All zeros means "no frame before". */
    stateWidth: z.int().min(0).max(most.stateWidth),
  }),
  /**
   * Frames whose pixels did not change. A cell of `cell` x `cell` pixels has changed when its mean absolute difference
   * (0..255, over the three channels) to the last encoded frame is above `threshold`; a frame with no changed cell is
   * still. The first `keep` still frames in a row reach the model as `still_tokens` of the last encoded frame; later
   * ones cost neither an encoder run nor context, and are silent.
   */
  gate: z.object({
    cell: count(most.gateCell),
    threshold: z.number().min(0).max(255),
    keep: z.int().min(0).max(most.gateKeep),
  }),

  protocol: z.object({
    /** Token text between two frames; null = silence is only ever a target, never in the context (live.md section 2). */
    separator: text.nullable(),
    /** Token text whose probability at a frame's last position means "stay silent". Must be a single token. */
    silence: name,
    /** Token texts fed when the stream changes hands; '' = nothing is fed. `endOfReply` is the single token a reply ends with. */
    transitions: z.object({
      systemToStream: text,
      streamToReply: text.min(1),
      streamToQuery: text,
      queryToReply: text.min(1),
      replyToStream: text,
      replyToQuery: text,
    }),
    endOfReply: name,
  }),
  /** Text at the very start of the context, before any instruction; `<bos>` is added by the engine if the vocabulary wants one. */
  systemPrompt: text,
  /** Token texts put before and after a standing instruction, which follows the system prompt. */
  instruction: z.object({
    open: text,
    close: text,
    default: text,
    /**
     * How other instructions than the default one are followed; absent = they stand in the stream and the model knows
     * what to do. Otherwise one of `everything` (by BCP 47 tag, as the instruction's language) stands there, and after an
     * instruction and a sentence, alone, token text `said` or `withheld` is the likelier one.
     */
    judge: z
      .object({
        everything: table(text),
        said: name,
        withheld: name,
      })
      .optional(),
  }),

  decision: z.object({
    /** Silent if p(silence) >= theta. */
    theta: z.number().min(0).max(1),
    /** theta for other quantisations of the same weights, by GGUF file type name (f32, f16, q8_0, ...). */
    calibration: table(z.number().min(0).max(1)),
    /** After speaking, p(silence) must have been at least this high once before it may speak again; null = off. */
    rearm: z.number().min(0).max(1).nullable(),
    /** Seconds of media time after a narration in which no other is said. */
    refractorySeconds: seconds,
    /** Seconds in which a near-copy of a recent narration is not said again; 0 = off. */
    repeatSeconds: seconds,
    /** Most tokens in one reply. */
    replyCap: count(most.replyTokens),
  }),
  /** Context budget in tokens. Past `high`, whole spans are evicted down to `low`; at most `replies` tokens of old replies stay. */
  window: z.object({
    high: count(most.windowTokens),
    low: count(most.windowTokens),
    replies: z.int().min(0).max(most.windowTokens),
  }),
  /** What a user should know it cannot do, in plain sentences. */
  limits: sentences,
  /** The same sentences in other languages, by BCP 47 tag, for windows that are not in English. */
  limitsIn: table(sentences).optional(),
});

export type BundleManifest = z.infer<typeof bundleManifest>;
export type BundleFile = z.infer<typeof file>;
