/** Full-text search over what was narrated and, where that is wanted, asked and answered. */
import { type Connection, utf8, type Value } from '../store/connection.ts';
import { conditionsOn, type SearchFilter } from '../store/search-filter.ts';
import { likePattern, parseSearch, type SearchTerms, wordsIn } from '../store/search-terms.ts';
import { type Hit, intoMoments, type Moment } from './moments.ts';
import { isNarration, type UtteranceRow, utteranceColumns, utteranceOf } from './utterance-rows.ts';

export interface SearchOptions extends SearchFilter {
  /** Moments wanted, at most; default 20. */
  readonly limit?: number;
  /** Looks in questions and answers as well; default no: they say nothing of what was on the screen. */
  readonly answers?: boolean | undefined;
}

/** Hits looked at for each moment wanted: many of them may lie close together. */
const hitsPerMoment = 25;

interface MatchingRow extends UtteranceRow {
  readonly session: number;
  readonly source: Uint8Array;
  readonly rank: number;
}

/** Moments in which all words of `text` occur, best first, of equal ones the latest first. */
export function searchText(connection: Connection, text: string, options: SearchOptions = {}): Moment[] {
  return intoMoments(textHits(connection, text, options)).slice(0, options.limit ?? 20);
}

/** What was said with all words of `text` in it. */
export function textHits(connection: Connection, text: string, options: SearchOptions = {}): Hit[] {
  const terms = parseSearch(text);
  if (terms.words.length === 0) return [];
  const { limit = 20 } = options;
  return matchingRows(connection, terms, options, limit * hitsPerMoment).map((row) => hit(row, terms.words));
}

function matchingRows(
  connection: Connection,
  terms: SearchTerms,
  { answers = false, ...filter }: SearchOptions,
  most: number,
): MatchingRow[] {
  const conditions = conditionsOn('u', filter);
  const where = (sql: string, ...params: Value[]) => conditions.push({ sql, params });
  if (!answers) where(isNarration);
  if (terms.match !== undefined) where('utterance_words MATCH ?', terms.match);
  for (const word of terms.short) {
    const pattern = likePattern(word);
    where(`(u.text LIKE ? ESCAPE '\\' OR u.query LIKE ? ESCAPE '\\')`, pattern, pattern);
  }
  const indexed = terms.match !== undefined;
  return connection.all<MatchingRow>(
    `SELECT u.session_id AS session, CAST(sources.name AS BLOB) AS source, ${utteranceColumns},
            ${indexed ? 'utterance_words.rank' : '0.0'} AS rank
     FROM ${indexed ? 'utterance_words JOIN utterances u ON u.id = utterance_words.rowid' : 'utterances u'}
     JOIN sessions ON sessions.id = u.session_id JOIN sources ON sources.id = sessions.source_id
     WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}
     ORDER BY rank, u.id DESC LIMIT ?`,
    ...[...conditions.flatMap(({ params }) => params), most],
  );
}

function hit(row: MatchingRow, words: readonly string[]): Hit {
  const { session, t, at, rank } = row;
  const utterance = utteranceOf(row);
  const places = [
    { in: utterance.kind, words: wordsIn(utterance.text, words) } as const,
    { in: 'query', words: wordsIn(utterance.query ?? '', words) } as const,
  ];
  return {
    ...{ session, source: utf8(row.source), t, at, rank },
    utterance,
    matched: places.filter((place) => place.words.length > 0),
  };
}
