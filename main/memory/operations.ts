/** All that can be asked of the memory by name: each has an input and an output that can be sent to another thread. */
import { setImmediate } from 'node:timers/promises';
import type { TimeSpan } from '../base/time-span.ts';
import { type ExportFormat, exportSpan } from '../output/export-span.ts';
import { type WrittenRecap, writtenRecap } from '../output/recap.ts';
import type { AskOptions, Evidence } from './find/ask.ts';
import { evidenceFor } from './find/evidence.ts';
import { type FindOptions, type FoundMoment, findMoments } from './find/find-moments.ts';
import { gapsIn } from './find/gaps.ts';
import { type RecapSpan, recapSteps } from './find/recap.ts';
import { meaningOf } from './find/search-meaning.ts';
import { spokenSteps } from './find/spoken-sessions.ts';
import type { TextTowers } from './find/text-towers.ts';
import { readThumbnail, thumbnailAt } from './find/thumbnails.ts';
import { days, type MomentPage, momentsIn, picturesIn, silenceCurve } from './find/timeline.ts';
import { type Forgetting, forget } from './forget/forget.ts';
import { type RetentionLimits, setLimits } from './forget/retention.ts';
import { keepWithinLimits } from './forget/within-limits.ts';
import type { Connection } from './store/connection.ts';
import { keptStretches } from './store/kept-stretches.ts';
import { latestSessions } from './store/sessions.ts';
import { storingStretches } from './store/stretch-blocks.ts';
import { wipe } from './store/wipe.ts';

/** What an operation works with. */
export interface OpenedMemory {
  readonly connection: Connection;
  readonly towers: TextTowers;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Takes which share (0..1) of the work is done. */
  readonly onProgress: (share: number) => void;
}

/** What is searched, as `findMoments` has it, but by what the text means. */
export type Search = Omit<FindOptions, 'meaning'> & { readonly text: string };

export const operations = {
  days: ({ connection }: OpenedMemory, _: null) => {
    keepWithinLimits(connection);
    return days(connection);
  },
  moments: ({ connection }: OpenedMemory, { after, ...span }: TimeSpan & { readonly after?: number | undefined }) =>
    momentsIn(connection, span, after),
  momentsShown,
  pictures: ({ connection }: OpenedMemory, { most, ...span }: TimeSpan & { readonly most: number }) =>
    picturesIn(connection, span, most),
  /** A JPEG file; undefined when it was forgotten meanwhile. */
  picture: ({ connection }: OpenedMemory, id: number) => readThumbnail(connection, id),
  curve: ({ connection }: OpenedMemory, { pieces, ...span }: TimeSpan & { readonly pieces: number }) =>
    silenceCurve(connection, span, pieces),
  gaps: ({ connection }: OpenedMemory, span: TimeSpan) => gapsIn(connection, span),
  search,
  evidence: (
    { connection, towers }: OpenedMemory,
    { question, ...options }: Omit<AskOptions, 'pictures'> & { readonly question: string },
  ): Promise<Evidence> => evidenceFor(connection, question, options, towers),
  /** In words; `lines`: texts of an activity, at most. */
  recap: async (
    memory: OpenedMemory,
    { lines, ...span }: RecapSpan & { readonly lines?: number },
  ): Promise<WrittenRecap> => writtenRecap(await inSteps(recapSteps(memory.connection, span), memory), lines),
  /** All that was said in the span, as a file. */
  export: async (memory: OpenedMemory, { format, ...span }: TimeSpan & { readonly format: ExportFormat }) =>
    exportSpan(await inSteps(spokenSteps(memory.connection, span), memory), span, format),
  sessions: ({ connection }: OpenedMemory, _: null) => latestSessions(connection),
  /** `wipe` is still to be asked for. */
  forget: ({ connection }: OpenedMemory, what: Forgetting) => {
    const forgotten = forget(connection, what);
    keptStretches(connection).dropChanged();
    return forgotten;
  },
  wipe: ({ connection }: OpenedMemory, _: null) => wipe(connection),
  limit: ({ connection }: OpenedMemory, limits: RetentionLimits) => setLimits(connection, limits),
} as const;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
export type Input<Name extends OperationName> = Parameters<Operations[Name]>[1];
export type Output<Name extends OperationName> = Awaited<ReturnType<Operations[Name]>>;

/** These are alone: what was forgotten must not be in an answer that comes later. */
export const exclusive: ReadonlySet<OperationName> = new Set(['forget']);

/** By words, and by meaning where the bundle has a text tower. */
async function search(memory: OpenedMemory, { text, ...options }: Search): Promise<FoundMoment[]> {
  const { connection, towers, signal } = memory;
  const { meaning } = await meaningOf(connection, text, towers);
  signal.throwIfAborted();
  if (meaning) await inSteps(storingStretches(connection), memory);
  return findMoments(connection, text, { ...options, meaning });
}

/** A page of moments, and the JPEG file of the picture nearest to each, none of them twice. */
function momentsShown(
  { connection }: OpenedMemory,
  { after, most, ...span }: TimeSpan & { readonly after?: number | undefined; readonly most: number },
): MomentPage & { readonly jpegs: readonly Uint8Array[] } {
  keepWithinLimits(connection);
  const page = momentsIn(connection, span, after);
  const ids = page.moments.flatMap(({ session, to }) => thumbnailAt(connection, session, to)?.id ?? []);
  const jpegs = [...new Set(ids)].slice(0, most).flatMap((id) => readThumbnail(connection, id) ?? []);
  return { ...page, jpegs };
}

/** Other requests are answered between the steps. */
async function inSteps<T>(
  steps: Generator<number, T>,
  { signal, onProgress }: Pick<OpenedMemory, 'signal' | 'onProgress'>,
): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    onProgress(step.value);
    await setImmediate(undefined, { signal });
  }
}
