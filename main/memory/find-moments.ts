import type { Connection } from './connection.ts';
import { guarded, isPassing } from './failures.ts';
import type { Moment } from './moments.ts';
import { applyRetention } from './retention.ts';
import { type SearchOptions, searchText } from './search.ts';
import { type ThumbnailReference, thumbnailAt } from './thumbnails.ts';

/**
 * What a person finds: moments with the picture nearest to each, and nothing that should have been deleted by now.
 * @throws OnlookerError `memory-damaged`
 */
export function findMoments(
  connection: Connection,
  text: string,
  options: SearchOptions = {},
): (Moment & { readonly thumbnail?: ThumbnailReference })[] {
  keepWithinLimits(connection);
  return guarded(connection.folder, () =>
    searchText(connection, text, options).map((moment) => {
      const thumbnail = thumbnailAt(connection, moment.session, moment.to);
      return { ...moment, ...(thumbnail && { thumbnail }) };
    }),
  );
}

/** Another program may be writing, or the disk be full: reading is possible all the same. */
function keepWithinLimits(connection: Connection): void {
  try {
    guarded(connection.folder, () => applyRetention(connection));
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
}
