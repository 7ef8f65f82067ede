/** The header of a snapshot: everything but the cache, as JSON. Nothing in it is believed that is not checked here. */
import { z } from 'zod';
import { parseJson } from '../base/json.ts';

/** The last millisecond of the year 9999: later dates cannot be written as ISO 8601. */
const lastMoment = 253_402_300_799_999;
/** Seconds of media time: thirty years. */
const lastSecond = 1e9;
/** Characters of something said (texts are compared word by word), and of an instruction. */
const saidLength = 50_000;
const instructionLength = 1_000_000;
/** Items of a list. A session keeps far fewer; a list is gone through many times. */
const items = 200_000;

const moment = z.number().min(0).max(lastMoment);
const t = z.number().min(0).max(lastSecond);
const index = z.int().min(0);
const probability = z.number().min(0).max(1);
const text = z.string().max(saidLength);

/** Where the stream stood. */
const clock = z
  .strictObject({
    /** Last frame decided on, and its media time. */
    index,
    t,
    /** Frame the encoder saw last: a resumed run shows it to the encoder again, unfed, to get its state back. */
    lastEncoded: index,
    /** Still frames in a row so far. */
    stillRun: z.int().min(0),
    /** p(silence) of the last frame the model saw. */
    pSilent: probability,
    /** What the clock on the wall showed meanwhile. */
    wall: z
      .array(z.strictObject({ from: t, to: t, at: moment }).refine(({ from, to }) => from <= to))
      .max(items)
      .optional(),
  })
  .refine(({ index, lastEncoded }) => lastEncoded <= index);
export type StreamClock = z.infer<typeof clock>;

/** What has left the window; its words are those of the session. */
const saidLine = z.strictObject({
  t,
  /** Wall clock, milliseconds since 1970. */
  at: moment,
  /** Snapshots of earlier versions hold answers as well. */
  kind: z.enum(['narration', 'answer']),
  query: text.optional(),
  text,
  /** How sure it was that there was nothing to say. */
  pSilent: probability,
});
export type SaidLine = Readonly<z.infer<typeof saidLine>>;

const summary = z.strictObject({
  seconds: z.number().min(1).max(lastSecond),
  pieces: z
    .array(
      z.strictObject({
        /** It covers [index, index + 1) times the length of a piece. */
        index,
        /** Wall clock of all that was said in it, milliseconds since 1970. */
        fromAt: moment,
        toAt: moment,
        lines: z.array(saidLine).max(100).readonly(),
        /** Lines that were given up. */
        more: z.int().min(0),
      }),
    )
    .max(100)
    .readonly(),
  inWindow: z.array(saidLine).max(items).readonly(),
});
export type SummaryState = Readonly<z.infer<typeof summary>>;

/** What is kept of a session, beside the cache itself. */
const session = z.strictObject({
  instruction: z.string().max(instructionLength),
  spans: z
    .array(
      z.strictObject({
        kind: z.enum(['system', 'instruction', 'opening', 'frame', 'narration', 'query', 'answer']),
        tokens: z.int().min(0),
        t,
        frame: z.int().optional(),
      }),
    )
    .max(items)
    .readonly(),
  policy: z.strictObject({
    armed: z.boolean(),
    recent: z.array(z.strictObject({ t, text })).max(100).readonly(),
  }),
});
export type SessionState = Readonly<z.infer<typeof session>>;

const header = z.strictObject({
  bundle: z.string(),
  stream: z.string().max(100).optional(),
  takenAt: z.string(),
  /** Written by earlier versions, and not used. */
  source: z.string().optional(),
  batch: z.int().optional(),
  clock,
  session,
  summary: summary.optional(),
});
export type SnapshotHeader = z.infer<typeof header>;

/** @throws SyntaxError, or ZodError when a field is missing or cannot be meant */
export function parseHeader(json: string): SnapshotHeader {
  return header.parse(parseJson(json));
}
