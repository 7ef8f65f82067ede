/** The memory as a line of time: what was said, shown and decided in a span of it, a page at a time. */
import type { TimeSpan } from '../../base/time-span.ts';
import { dayOf, framesByDay, quarterHour } from '../store/bin-blocks.ts';
import { type Connection, utf8 } from '../store/connection.ts';
import { intoMoments, type Moment } from './moments.ts';
import { type UtteranceRow, utteranceColumns, utteranceOf } from './utterance-rows.ts';

/** A day on which something was watched. */
export interface Day {
  /** Its beginning in local time, milliseconds since 1970. */
  readonly at: number;
  readonly frames: number;
  readonly utterances: number;
}

/** Texts of a page, at most; a page of moments has as many or fewer. */
const pageRows = 200;

export interface MomentPage {
  readonly moments: readonly Moment[];
  /** Where the next page begins; undefined behind the last one. */
  readonly next?: number;
}

/** Moments of the span in the order in which they were watched; `after` is the `next` of the page before. */
export function momentsIn(connection: Connection, { from, before }: TimeSpan, after = 0): MomentPage {
  const rows = connection.all<UtteranceRow & { id: number; session: number; source: Uint8Array }>(
    `SELECT u.id, session_id AS session, CAST(name AS BLOB) AS source, ${utteranceColumns}
     FROM utterances u JOIN sessions ON sessions.id = session_id JOIN sources ON sources.id = source_id
     WHERE at >= ? AND at < ? AND u.id > ? ORDER BY u.id LIMIT ${pageRows}`,
    ...[from, before, after],
  );
  const hits = rows.map((row) => ({
    ...{ session: row.session, source: utf8(row.source), t: row.t, at: row.at, rank: 0, matched: [] },
    utterance: utteranceOf(row),
  }));
  const moments = intoMoments(hits).sort((a, b) => a.session - b.session || a.from - b.from);
  return { moments, ...(rows.length === pageRows && { next: rows.at(-1)!.id }) };
}

/** All days on which something was watched, latest first. A year has at most 366, so there are no pages. */
export function days(connection: Connection): Day[] {
  const frames = framesByDay(connection);
  const utterances = new Map<number, number>();
  const quarters = connection.all<{ at: number; rows: number }>(
    `SELECT at / ${quarterHour} * ${quarterHour} AS at, count(*) AS rows FROM utterances GROUP BY 1`,
  );
  for (const { at, rows } of quarters) utterances.set(dayOf(at), (utterances.get(dayOf(at)) ?? 0) + rows);
  return [...new Set([...frames.keys(), ...utterances.keys()])]
    .map((at) => ({ at, frames: frames.get(at) ?? 0, utterances: utterances.get(at) ?? 0 }))
    .sort((a, b) => b.at - a.at);
}

/** How many frames there are, of all days. */
export function countFrames(connection: Connection): number {
  return connection.get<{ count: number }>('SELECT count(*) AS count FROM frames')!.count;
}

/** A picture of the memory; `readThumbnail` has its bytes. */
export interface TimelinePicture {
  readonly id: number;
  readonly session: number;
  /** Media time in seconds, and wall clock in milliseconds since 1970. */
  readonly t: number;
  readonly at: number;
  readonly width: number;
  readonly height: number;
}

/** So many pictures of the span, spread evenly over those there are; in order. */
export function picturesIn(connection: Connection, { from, before }: TimeSpan, most: number): TimelinePicture[] {
  return connection.all<TimelinePicture>(
    // Numbers are bound as floating-point ones. Columns beside a min() are those of its row.
    `SELECT id, session, t, min(at) AS at, CAST(width AS INTEGER) AS width, CAST(height AS INTEGER) AS height FROM (
       SELECT id, session_id AS session, t, at, width, height, ntile(CAST(? AS INTEGER)) OVER (ORDER BY at, id) AS part
       FROM thumbnails WHERE at >= ? AND at < ?
     ) GROUP BY part ORDER BY part`,
    ...[most, from, before],
  );
}

/** A piece of the p(silence) curve. */
export interface SilencePoint {
  /** Beginning of the piece, wall clock in milliseconds since 1970. */
  readonly at: number;
  /** Smallest p(silence) in it: a single frame on which it spoke must show, however far one looks from. */
  readonly least: number;
  readonly mean: number;
  /** Whether anything changed in the picture. */
  readonly changed: boolean;
}

/** The curve in at most so many pieces of equal length; pieces without a frame are left out. */
export function silenceCurve(connection: Connection, { from, before }: TimeSpan, pieces: number): SilencePoint[] {
  const length = Math.max(1, Math.ceil((before - from) / pieces));
  return connection
    .all<{ at: number; least: number; mean: number; changed: number }>(
      `SELECT ? + CAST((at - ?) / ? AS INTEGER) * ? AS at, min(CAST(p_silent AS REAL)) AS least, avg(p_silent) AS mean,
              max(CAST(changed AS INTEGER)) AS changed
       FROM frames WHERE at >= ? AND at < ? GROUP BY 1 ORDER BY 1`,
      ...[from, from, length, length, from, before],
    )
    .map(({ at, least, mean, changed }) => ({ at, least, mean, changed: changed > 0 }));
}
