/** What was said, as the database has it. */
import { utf8 } from '../store/connection.ts';
import type { Utterance } from './moments.ts';

/** Text as bytes: `Connection.all` says why. The table is `u`. */
export const utteranceColumns = 'u.t, u.at, CAST(u.query AS BLOB) AS query, CAST(u.text AS BLOB) AS text';

/** Condition for what was narrated: an answer tells what somebody asked about, and is no evidence of what was seen. */
export const isNarration = "u.kind = 'narration'";

export interface UtteranceRow {
  readonly t: number;
  readonly at: number;
  /** Null for a narration. */
  readonly query: Uint8Array | null;
  readonly text: Uint8Array;
}

export function utteranceOf({ t, at, query, text }: UtteranceRow): Utterance {
  const kind = query === null ? 'narration' : 'answer';
  return { t, at, kind, ...(query !== null && { query: utf8(query) }), text: utf8(text) };
}
