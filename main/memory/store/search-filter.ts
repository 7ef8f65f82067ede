/** What a search is restricted to, as conditions on rows. */
import { checkText } from '../../base/text-limits.ts';
import { parseDay } from '../../said-times/typed-times.ts';
import type { Value } from './connection.ts';
import { likePattern } from './search-terms.ts';

export interface SearchFilter {
  /** Wall clock, milliseconds since 1970: from this on, and before that. */
  readonly from?: number;
  readonly before?: number;
  /** A part of the source's name; case does not matter. */
  readonly source?: string;
  /** A kind of program as narrations call it, such as "web browser": only what is near a narration that names it. */
  readonly app?: string;
}

/** What people and programs restrict a search to, in their words; what is undefined restricts nothing. */
export interface WantedFilter {
  readonly from?: number | undefined;
  readonly before?: number | undefined;
  /** "2026-05-01", "today", "yesterday": in place of `from` and `before`. */
  readonly day?: string | undefined;
  readonly source?: string | undefined;
  readonly app?: string | undefined;
}

/** @throws OnlookerError `usage` for what is no day, and names that are too long */
export function filterOf({ day, ...wanted }: WantedFilter): SearchFilter {
  for (const name of [wanted.source, wanted.app]) checkText('A name that is looked for', name ?? '');
  const given = { ...wanted, ...(day !== undefined && parseDay('day', day)) };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** A part of an SQL statement with its parameters. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly Value[];
}

/** Seconds of media time before and after a narration in which what is seen has to do with the program it names. */
export const nearNarration = { before: 15, after: 60 };

/** Conditions on the rows of `table`, which has a session, a media time and a wall clock. */
export function conditionsOn(table: string, { from, before, source, app }: SearchFilter): Condition[] {
  const conditions: Condition[] = [];
  const where = (sql: string, ...params: Value[]) => conditions.push({ sql, params });
  if (from !== undefined) where(`${table}.at >= ?`, from);
  if (before !== undefined) where(`${table}.at < ?`, before);
  if (source !== undefined) {
    where(
      `${table}.session_id IN (SELECT sessions.id FROM sessions JOIN sources ON sources.id = source_id
       WHERE sources.name LIKE ? ESCAPE '\\')`,
      likePattern(source),
    );
  }
  if (app !== undefined) {
    where(
      `EXISTS (SELECT 1 FROM utterances n WHERE n.session_id = ${table}.session_id AND n.kind = 'narration'
       AND n.t BETWEEN ${table}.t - ? AND ${table}.t + ? AND n.text LIKE ? ESCAPE '\\')`,
      ...[nearNarration.after, nearNarration.before, likePattern(app)],
    );
  }
  return conditions;
}
