/**
 * Snapshots: a session on disk, from which a run goes on as if it had never stopped. One file:
 *
 *     "ONLKSNAP" | version u32 | header length u32 | header (JSON) | KV cache | sha256 of all before
 *
 * It is written beside its place, flushed and renamed, so a kill at any moment leaves the old one or the new one whole.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { OnlookerError } from '../errors.ts';
import { replaceFile } from '../replace-file.ts';
import type { SummaryState } from './rolling-summary.ts';
import type { SessionState } from './session-types.ts';

const magic = Buffer.from('ONLKSNAP');
const version = 1;
const digestBytes = 32;
const prefixBytes = magic.length + 8;

/** Where the stream stood. */
const clock = z.object({
  /** Last frame decided on, and its media time. */
  index: z.int(),
  t: z.number(),
  /** Frame the encoder saw last: a resumed run shows it to the encoder again, unfed, to get its state back. */
  lastEncoded: z.int(),
  /** Still frames in a row so far. */
  stillRun: z.int().min(0),
  /** p(silence) of the last frame the model saw. */
  pSilent: z.number(),
  /** What the clock on the wall showed meanwhile. */
  wall: z.array(z.object({ from: z.number(), to: z.number(), at: z.number() })).optional(),
});
export type StreamClock = z.infer<typeof clock>;

/** What has left the window; its words are those of the session. */
const saidLine = z.object({
  t: z.number(),
  at: z.number(),
  kind: z.enum(['narration', 'answer']),
  query: z.string().optional(),
  text: z.string(),
  pSilent: z.number(),
});
const summary = z.object({
  seconds: z.number().positive(),
  pieces: z.array(
    z.object({
      index: z.int(),
      fromAt: z.number(),
      toAt: z.number(),
      lines: z.array(saidLine),
      more: z.int().min(0),
    }),
  ),
  inWindow: z.array(saidLine),
});

const header = z.object({
  bundle: z.string(),
  source: z.string(),
  takenAt: z.string(),
  clock,
  session: z.object({
    instruction: z.string(),
    spans: z.array(
      z.object({
        kind: z.enum(['system', 'instruction', 'opening', 'frame', 'narration', 'query', 'answer']),
        tokens: z.int().min(0),
        t: z.number(),
        frame: z.int().optional(),
      }),
    ),
    policy: z.object({ armed: z.boolean(), recent: z.array(z.object({ t: z.number(), text: z.string() })) }),
  }),
  summary: summary.optional(),
});

export interface Snapshot {
  /** Hash of the bundle it was taken with. */
  readonly bundle: string;
  /** What was being watched. */
  readonly source: string;
  readonly clock: StreamClock;
  readonly session: SessionState;
  readonly summary?: SummaryState | undefined;
  readonly cache: Uint8Array;
}

/** Writes a snapshot; throws `output-unwritable` and leaves the one before untouched when it cannot. */
export async function writeSnapshot(path: string, snapshot: Snapshot): Promise<void> {
  const { cache, ...rest } = snapshot;
  const head = Buffer.from(JSON.stringify({ ...rest, takenAt: new Date().toISOString() }));
  const prefix = Buffer.alloc(prefixBytes);
  magic.copy(prefix);
  prefix.writeUInt32LE(version, magic.length);
  prefix.writeUInt32LE(head.length, magic.length + 4);
  const digest = createHash('sha256').update(prefix).update(head).update(cache).digest();

  try {
    await replaceFile(path, [prefix, head, cache, digest]);
  } catch (cause) {
    throw new OnlookerError(
      'output-unwritable',
      `The snapshot "${path}" could not be written (${message(cause)}). Choose a folder that exists and has room with --snapshot.`,
      { cause },
    );
  }
}

/** Reads a snapshot back; throws `snapshot-unusable` when it is cut short, changed, or of another bundle. */
export async function readSnapshot(path: string, bundle: string): Promise<Snapshot> {
  const unusable = (what: string, cause?: unknown) =>
    new OnlookerError(
      'snapshot-unusable',
      `The snapshot "${path}" ${what}. Run without --resume to start anew; the file is left as it is.`,
      { cause },
    );
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw unusable(`cannot be read (${message(cause)})`, cause);
  }
  if (bytes.length < prefixBytes + digestBytes || !bytes.subarray(0, magic.length).equals(magic)) {
    throw unusable('is not a snapshot, or only the beginning of one');
  }
  const found = bytes.readUInt32LE(magic.length);
  if (found !== version) throw unusable(`has format ${found}, and this version reads format ${version}`);
  const body = bytes.subarray(0, -digestBytes);
  const digest = createHash('sha256').update(body).digest();
  if (!digest.equals(bytes.subarray(-digestBytes)))
    throw unusable('is cut short or damaged (its checksum does not fit)');

  const end = prefixBytes + bytes.readUInt32LE(magic.length + 4);
  const parsed = header.safeParse(JSON.parse(body.subarray(prefixBytes, end).toString()));
  if (!parsed.success) throw unusable('does not have the fields it should have', parsed.error);
  if (parsed.data.bundle !== bundle) {
    throw unusable('was taken with another model bundle; resume it with that bundle (--bundle)');
  }
  const { takenAt: _, session, ...rest } = parsed.data;
  return { ...rest, session: session as SessionState, cache: body.subarray(end) };
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
