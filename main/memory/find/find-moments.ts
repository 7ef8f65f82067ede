import { keepWithinLimits } from '../forget/within-limits.ts';
import type { Connection } from '../store/connection.ts';
import { guarded } from '../store/failures.ts';
import { storeStretches } from '../store/stretch-blocks.ts';
import { storeTrigrams } from '../store/trigram-blocks.ts';
import { intoMoments, type Moment, together, type Utterance } from './moments.ts';
import type { Meaning } from './nearest-frames.ts';
import { pictureHits } from './picture-hits.ts';
import { type SearchOptions, textHits } from './search.ts';
import { type ThumbnailReference, thumbnailAt } from './thumbnails.ts';
import { isNarration, type UtteranceRow, utteranceColumns, utteranceOf } from './utterance-rows.ts';

export interface FindOptions extends SearchOptions {
  /** What `text` means, to find pictures by; without it only words are looked for. */
  readonly meaning?: Meaning | undefined;
  /** Whether its words are looked for as well; default yes. */
  readonly words?: boolean;
}

export type FoundMoment = Moment & { readonly thumbnail?: ThumbnailReference };

/**
 * What a person finds, by words, by meaning or both: moments with the picture nearest to each, and nothing that should
 * have been deleted by now.
 * @throws OnlookerError `memory-damaged`
 */
export function findMoments(connection: Connection, text: string, options: FindOptions = {}): FoundMoment[] {
  const { meaning, words = true, ...search } = options;
  keepWithinLimits(connection, () => {
    if (words) storeTrigrams(connection);
    if (meaning) storeStretches(connection);
  });
  return guarded(connection.folder, () => {
    const said = words ? textHits(connection, text, search) : [];
    const seen = meaning ? pictureHits(connection, meaning, search) : [];
    const moments = intoMoments(said, seen).slice(0, search.limit ?? 20);
    return moments.map((moment) => {
      const thumbnail = thumbnailAt(connection, moment.session, moment.to);
      const utterances = moment.utterances.length > 0 ? moment.utterances : saidNear(connection, moment);
      return { ...moment, utterances, ...(thumbnail && { thumbnail }) };
    });
  });
}

/** A picture alone tells a reader little. */
function saidNear(connection: Connection, { session, from, to }: Moment): Utterance[] {
  const rows = connection.all<UtteranceRow>(
    `SELECT ${utteranceColumns} FROM utterances u
     WHERE ${isNarration} AND session_id = ? AND t BETWEEN ? AND ? ORDER BY t, id LIMIT 5`,
    ...[session, from - together, to + together],
  );
  return rows.map(utteranceOf);
}
