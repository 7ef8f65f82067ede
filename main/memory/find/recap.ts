/** What happened in a span of time, in order, divided into activities. */

import { keepWithinLimits } from '../forget/within-limits.ts';
import { type Connection, utf8 } from '../store/connection.ts';
import { unpackEmbedding } from '../store/embedding.ts';
import { guarded } from '../store/failures.ts';
import { changePoints } from './change-points.ts';
import type { Utterance } from './moments.ts';
import { isNarration, type UtteranceRow, utteranceColumns, utteranceOf } from './utterance-rows.ts';

export interface SpokenLine extends Utterance {
  /** How sure the model was that there is nothing to say. */
  readonly pSilent?: number;
}

/** A stretch of one session in which the picture stays of a kind. */
export interface Activity {
  readonly session: number;
  readonly source: string;
  /** Kind of source: file, screen, ... */
  readonly kind: string;
  /** Media time, seconds. */
  readonly from: number;
  readonly to: number;
  /** Wall clock, milliseconds since 1970. */
  readonly at: number;
  readonly until: number;
  /** Whether anything changed in the picture. */
  readonly changed: boolean;
  readonly lines: readonly SpokenLine[];
}

export interface RecapSpan {
  /** Wall clock, milliseconds since 1970: from this on, and before that. */
  readonly from: number;
  readonly before: number;
  /** Only this session; default all of them. */
  readonly session?: number;
}

/** What is looked at as one picture, seconds of media time. */
const binSeconds = 5;
/** Where there is nothing for longer than this, an activity ends; bins. */
const pauseBins = 60;
/** Frames read at once. */
const pageRows = 5000;

/** Activities of the span, in the order in which they were watched. @throws OnlookerError `memory-damaged` */
export function recap(connection: Connection, span: RecapSpan): Activity[] {
  return guarded(connection.folder, () => {
    const steps = recapSteps(connection, span);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  });
}

/**
 * As `recap`, a step for each page of frames: between two of them the thread can do something else, or give it up. SQLite's
 * errors are passed on as they are.
 */
export function* recapSteps(connection: Connection, span: RecapSpan): Generator<void, Activity[]> {
  keepWithinLimits(connection);
  const sessions = new Map<number, Bins>();
  const binsOf = (session: number) => {
    const bins = sessions.get(session) ?? new Bins();
    sessions.set(session, bins);
    return bins;
  };
  for (const page of framePages(connection, span)) {
    for (const frame of page) binsOf(frame.session).addFrame(frame);
    yield;
  }
  for (const line of spokenLines(connection, span)) binsOf(line.session).at(line).lines.push(line);
  const activities: Activity[] = [];
  for (const [session, bins] of [...sessions].sort(([a], [b]) => a - b)) {
    for (const stretch of bins.stretches()) activities.push(...activity(connection, session, stretch));
    yield;
  }
  return activities;
}

interface FrameRow {
  readonly id: number;
  readonly session: number;
  readonly t: number;
  readonly at: number;
  readonly changed: number;
  readonly embedding: Uint8Array | null;
}

function* framePages(connection: Connection, { from, before, session }: RecapSpan): Generator<FrameRow[]> {
  let last = { at: from, id: Number.MIN_SAFE_INTEGER };
  for (;;) {
    const page = connection.all<FrameRow>(
      `SELECT id, session_id AS session, t, at,
              CAST(changed AS INTEGER) AS changed, CAST(embedding AS BLOB) AS embedding FROM frames
       WHERE at >= ? AND (at, id) > (?, ?) AND at < ? AND session_id = coalesce(?, session_id)
       ORDER BY at, id LIMIT ${pageRows}`,
      ...[last.at, last.at, last.id, before, session ?? null],
    );
    yield page;
    if (page.length < pageRows) return;
    last = page.at(-1)!;
  }
}

function spokenLines(
  connection: Connection,
  { from, before, session }: RecapSpan,
): (SpokenLine & { session: number })[] {
  return connection
    .all<UtteranceRow & { session: number; p: number | null }>(
      `SELECT session_id AS session, CAST(p_silent AS REAL) AS p, ${utteranceColumns}
       FROM utterances u WHERE ${isNarration} AND at >= ? AND at < ? AND session_id = coalesce(?, session_id) ORDER BY id`,
      ...[from, before, session ?? null],
    )
    .map((row) => ({ session: row.session, ...utteranceOf(row), ...(row.p !== null && { pSilent: row.p }) }));
}

/** A few seconds of a session. */
interface Bin {
  readonly index: number;
  readonly from: number;
  readonly at: number;
  to: number;
  until: number;
  changed: boolean;
  /** Sum of its frames' embeddings, [E]. */
  sum: Float32Array | undefined;
  readonly lines: SpokenLine[];
}

/** A session in pieces of a few seconds. */
class Bins {
  readonly #bins = new Map<number, Bin>();
  /** What the picture looks like; a frame without an embedding looks as the one before it. */
  #seen: Float16Array | undefined;

  addFrame({ t, at, changed, embedding }: FrameRow): void {
    if (embedding) this.#seen = unpackEmbedding(embedding);
    const bin = this.at({ t, at });
    bin.changed ||= changed > 0;
    if (!this.#seen) return;
    bin.sum ??= new Float32Array(this.#seen.length);
    for (const [k, value] of this.#seen.entries()) bin.sum[k]! += value;
  }

  /** The bin of a time, which is taken to be in it. */
  at({ t, at }: { readonly t: number; readonly at: number }): Bin {
    const index = Math.floor(t / binSeconds);
    const bin = this.#bins.get(index) ?? { index, from: t, at, to: t, until: at, ...emptyBin() };
    this.#bins.set(index, bin);
    bin.to = Math.max(bin.to, t);
    bin.until = Math.max(bin.until, at);
    return bin;
  }

  /** Bins in order, divided at pauses and at change points. */
  stretches(): Bin[][] {
    const inOrder = [...this.#bins.values()].sort((a, b) => a.index - b.index);
    const isPause = (i: number) => inOrder[i]!.index - inOrder[i - 1]!.index > pauseBins;
    const pauses = inOrder.flatMap((_, i) => (i > 0 && isPause(i) ? [i] : []));
    return cut(inOrder, pauses).flatMap((part) => cut(part, changePoints(part.map(({ sum }) => sum))));
  }
}

function emptyBin(): { changed: boolean; sum: Float32Array | undefined; lines: SpokenLine[] } {
  return { changed: false, sum: undefined, lines: [] };
}

/** The parts before, between and behind the places. */
function cut<T>(items: readonly T[], places: readonly number[]): T[][] {
  const borders = [0, ...places, items.length];
  return borders.slice(1).map((end, i) => items.slice(borders[i], end));
}

/** None of a session that was forgotten meanwhile. */
function activity(connection: Connection, session: number, bins: readonly Bin[]): Activity[] {
  const row = connection.get<{ source: Uint8Array; kind: Uint8Array }>(
    `SELECT CAST(name AS BLOB) AS source, CAST(kind AS BLOB) AS kind
     FROM sessions JOIN sources ON sources.id = source_id WHERE sessions.id = ?`,
    session,
  );
  if (!row) return [];
  const { source, kind } = row;
  const [first, last] = [bins[0]!, bins.at(-1)!];
  return [
    {
      ...{ session, source: utf8(source), kind: utf8(kind) },
      ...{ from: first.from, to: last.to, at: first.at, until: last.until },
      changed: bins.some(({ changed }) => changed),
      lines: bins.flatMap(({ lines }) => lines),
    },
  ];
}
