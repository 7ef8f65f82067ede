/** Full-text search over what was narrated and, where that is wanted, asked and answered. */
import { type Connection, utf8, type Value } from '../store/connection.ts';
import { type Condition, conditionsOn, type SearchFilter } from '../store/search-filter.ts';
import { likePattern, parseSearch, type SearchTerms, wordsIn } from '../store/search-terms.ts';
import { type Hit, intoMoments, type Moment } from './moments.ts';
import { rankedTexts } from './ranked-texts.ts';
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
  readonly id: number;
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
  for (const word of terms.short) {
    const pattern = likePattern(word);
    where(`(u.text LIKE ? ESCAPE '\\' OR u.query LIKE ? ESCAPE '\\')`, pattern, pattern);
  }
  if (terms.indexed.length === 0) {
    return rowsIn(connection, 'utterances u', conditions, 'u.id DESC', most).map((row) => ({ ...row, rank: 0 }));
  }
  return connection.snapshot(() => {
    const ranked = rankedTexts(connection, terms.indexed);
    const rows: MatchingRow[] = [];
    // More than wanted, because conditions leave some out; most of a million never need to be read.
    for (let from = 0, size = most; from < ranked.length && rows.length < most; from += size, size *= 2) {
      const part = ranked.slice(from, from + size);
      const ranks = new Map(part.map(({ id, rank }) => [id, rank]));
      const table = 'json_each(?) AS ranked CROSS JOIN utterances u ON u.id = ranked.value';
      const ids = { sql: 'TRUE', params: [JSON.stringify(part.map(({ id }) => id))] };
      const found = rowsIn(connection, table, [ids, ...conditions], 'ranked.key', most - rows.length);
      rows.push(...found.map((row) => ({ ...row, rank: ranks.get(row.id)! })));
    }
    return rows;
  });
}

function rowsIn(
  connection: Connection,
  table: string,
  conditions: readonly Condition[],
  order: string,
  most: number,
): Omit<MatchingRow, 'rank'>[] {
  return connection.all(
    `SELECT u.id, u.session_id AS session, CAST(sources.name AS BLOB) AS source, ${utteranceColumns}
     FROM ${table} JOIN sessions ON sessions.id = u.session_id JOIN sources ON sources.id = sessions.source_id
     WHERE ${['TRUE', ...conditions.map(({ sql }) => sql)].join(' AND ')} ORDER BY ${order} LIMIT ?`,
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
