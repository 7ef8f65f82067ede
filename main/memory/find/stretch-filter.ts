import type { Connection } from '../store/connection.ts';
import { nearNarration, type SearchFilter } from '../store/search-filter.ts';
import { likePattern } from '../store/search-terms.ts';
import type { Stretch } from '../store/stretches.ts';

/** Tells of a stretch whether a frame of it may be wanted, so that what is not wanted takes no place among the best. */
export function stretchFilter(
  connection: Connection,
  encoder: string,
  { from = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY, source = '', app }: SearchFilter,
): (stretch: Stretch) => boolean {
  const sessions = new Set(
    connection
      .all<{ id: number }>(
        `SELECT sessions.id FROM sessions JOIN sources ON sources.id = source_id
         WHERE encoder = ? AND sources.name LIKE ? ESCAPE '\\'`,
        ...[encoder, likePattern(source)],
      )
      .map(({ id }) => id),
  );
  const named = app === undefined ? undefined : narrationsNaming(connection, app);
  return (stretch) =>
    sessions.has(stretch.session) &&
    stretch.toAt >= from &&
    stretch.fromAt < before &&
    (named === undefined || isNear(stretch, named.get(stretch.session) ?? []));
}

/** Media times, in order, of the narrations of each session that name a program. */
function narrationsNaming(connection: Connection, app: string): Map<number, number[]> {
  const rows = connection.all<{ session: number; t: number }>(
    `SELECT session_id AS session, t FROM utterances
     WHERE kind = 'narration' AND text LIKE ? ESCAPE '\\' ORDER BY session_id, t`,
    likePattern(app),
  );
  const times = new Map<number, number[]>();
  for (const { session, t } of rows) {
    const known = times.get(session);
    if (known) known.push(t);
    else times.set(session, [t]);
  }
  return times;
}

function isNear({ fromT, toT }: Stretch, times: readonly number[]): boolean {
  // The first narration that is not too early for it; the times are in order.
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < fromT - nearNarration.after) low = middle + 1;
    else high = middle;
  }
  return low < times.length && times[low]! <= toT + nearNarration.before;
}
