/** What happened in a span of time, in order, divided into activities. */

import { keepWithinLimits } from '../forget/within-limits.ts';
import { binBlocks } from '../store/bin-blocks.ts';
import { addTo, type Bin, binSeconds } from '../store/bins.ts';
import { type Connection, utf8 } from '../store/connection.ts';
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

/** Where there is nothing for longer than this, an activity ends; bins. */
const pauseBins = 60;
/** Share of the work that is done when everything is read. */
const shareOfReading = 0.9;

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
 * As `recap`, a step for each block of frames, with the share (0..1) that is done: between two of them the thread can do
 * something else, or give it up. SQLite's errors are passed on as they are.
 */
export function* recapSteps(connection: Connection, span: RecapSpan): Generator<number, Activity[]> {
  keepWithinLimits(connection);
  const sessions = new Map<number, Bins>();
  const binsOf = (session: number) => {
    const bins = sessions.get(session) ?? new Bins();
    sessions.set(session, bins);
    return bins;
  };
  for (const { block, share } of binBlocks(connection, span)) {
    for (const bin of block.bins) binsOf(bin.session).add(bin);
    for (const [session, picture] of block.last) sessions.get(session)?.looksLike(picture);
    yield shareOfReading * share;
  }
  for (const line of spokenLines(connection, span)) binsOf(line.session).at(line).lines.push(line);
  const activities: Activity[] = [];
  const inOrder = [...sessions].sort(([a], [b]) => a - b);
  for (const [i, [session, bins]] of inOrder.entries()) {
    const place = placeOf(connection, session);
    // None of a session that was forgotten meanwhile.
    if (place) activities.push(...bins.stretches().map((stretch) => activity(place, stretch)));
    yield shareOfReading + (1 - shareOfReading) * ((i + 1) / inOrder.length);
  }
  return activities;
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

interface SpokenBin extends Bin {
  readonly lines: SpokenLine[];
}

/** A session in pieces of a few seconds. */
class Bins {
  readonly #bins = new Map<number, SpokenBin>();
  /** What the picture looked like at the end of what was added. */
  #seen: Float16Array | Float32Array | undefined;

  /** Adds what a block has of a bin. */
  add(part: Bin): void {
    const known = this.#bins.get(part.index);
    const bin = known ?? { ...part, lines: [] };
    if (known) {
      known.to = Math.max(known.to, part.to);
      known.until = Math.max(known.until, part.until);
      known.changed ||= part.changed;
      if (part.sum) addTo(known, part.sum, 1);
    } else this.#bins.set(part.index, bin);
    if (part.unseen > 0 && this.#seen) addTo(bin, this.#seen, part.unseen);
  }

  /** Frames that have no picture of their own look like this from now on. */
  looksLike(picture: Float16Array | Float32Array): void {
    this.#seen = picture;
  }

  /** The bin of a time, which is taken to be in it. */
  at({ session, t, at }: SpokenLine & { readonly session: number }): SpokenBin {
    const index = Math.floor(t / binSeconds);
    const facts = { session, index, from: t, to: t, at, until: at, changed: false, sum: undefined, unseen: 0 };
    const bin = this.#bins.get(index) ?? { ...facts, lines: [] };
    this.#bins.set(index, bin);
    bin.to = Math.max(bin.to, t);
    bin.until = Math.max(bin.until, at);
    return bin;
  }

  /** Bins in order, divided at pauses and at change points. */
  stretches(): SpokenBin[][] {
    const inOrder = [...this.#bins.values()].sort((a, b) => a.index - b.index);
    const isPause = (i: number) => inOrder[i]!.index - inOrder[i - 1]!.index > pauseBins;
    const pauses = inOrder.flatMap((_, i) => (i > 0 && isPause(i) ? [i] : []));
    return cut(inOrder, pauses).flatMap((part) => cut(part, changePoints(part.map(({ sum }) => sum))));
  }
}

/** The parts before, between and behind the places. */
function cut<T>(items: readonly T[], places: readonly number[]): T[][] {
  const borders = [0, ...places, items.length];
  return borders.slice(1).map((end, i) => items.slice(borders[i], end));
}

type Place = Pick<Activity, 'session' | 'source' | 'kind'>;

/** Undefined where the session was forgotten meanwhile. */
function placeOf(connection: Connection, session: number): Place | undefined {
  const row = connection.get<{ source: Uint8Array; kind: Uint8Array }>(
    `SELECT CAST(name AS BLOB) AS source, CAST(kind AS BLOB) AS kind
     FROM sessions JOIN sources ON sources.id = source_id WHERE sessions.id = ?`,
    session,
  );
  return row && { session, source: utf8(row.source), kind: utf8(row.kind) };
}

function activity(place: Place, bins: readonly SpokenBin[]): Activity {
  const [first, last] = [bins[0]!, bins.at(-1)!];
  return {
    ...place,
    ...{ from: first.from, to: last.to, at: first.at, until: last.until },
    changed: bins.some(({ changed }) => changed),
    lines: bins.flatMap(({ lines }) => lines),
  };
}
