import { type Connection, utf8 } from '../store/connection.ts';
import { type Hit, longest } from './moments.ts';
import { type Meaning, type NearFrame, nearestFrames } from './nearest-frames.ts';
import type { SearchOptions } from './search.ts';

/** Frames compared for each moment wanted: minutes of the same picture are one moment. */
const framesPerMoment = 400;
/** A nearest picture there always is. Those less than half as like it as the best one have little to do with it. */
const shareOfBest = 0.5;

/** The frames that look most like what is meant, one a minute, as many as moments are wanted. */
export function pictureHits(connection: Connection, meaning: Meaning, options: SearchOptions = {}): Hit[] {
  const { limit = 20, ...filter } = options;
  const frames = nearestFrames(connection, meaning, filter, limit * framesPerMoment);
  return apart(frames, limit).map(({ session, t, at, likeness }, rank) => {
    return { session, source: sourceOf(connection, session), t, at, rank, matched: [{ in: 'picture', likeness }] };
  });
}

/** The first ones, without those within a minute of a better one, or too little like it. */
function apart(frames: readonly NearFrame[], most: number): NearFrame[] {
  const kept: NearFrame[] = [];
  const floor = Math.max(0, shareOfBest * (frames[0]?.likeness ?? 0));
  for (const frame of frames) {
    if (kept.length === most || frame.likeness <= floor) break;
    const known = kept.some(({ session, t }) => session === frame.session && Math.abs(t - frame.t) <= longest);
    if (!known) kept.push(frame);
  }
  return kept;
}

/** Name of a session's source. */
export function sourceOf(connection: Connection, session: number): string {
  const sql =
    'SELECT CAST(name AS BLOB) AS name FROM sources JOIN sessions ON source_id = sources.id WHERE sessions.id = ?';
  const row = connection.get<{ name: Uint8Array }>(sql, session);
  return row ? utf8(row.name) : '';
}
