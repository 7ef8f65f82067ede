/**
 * An exported memory: a folder with one JSON Lines file a table, in the order of ids, and a JPEG file a picture. Fields
 * bear the names of the columns. `onlooker-memory.json` says what belongs to it.
 *
 *     onlooker-memory.json  sources.jsonl  sessions.jsonl  frames.jsonl  thumbnails.jsonl  utterances.jsonl  gaps.jsonl
 *     pictures/ID.jpg
 */
import { z } from 'zod';

export const manifestName = 'onlooker-memory.json';
export const picturesName = 'pictures';

/** The only version of the format so far. */
export const exportFormat = 1;

/** How a column is written: numbers and text as they are, bytes in base64, a picture as a file of its own. */
export type ColumnType = 'integer' | 'real' | 'text' | 'bytes' | 'picture';

/** An optional one may be null. */
export type Columns = Readonly<Record<string, ColumnType | `optional ${ColumnType}`>>;

/** Parents come before children, so that a reader knows them. */
export const exportedTables = {
  sources: { id: 'integer', name: 'text', kind: 'text' },
  sessions: {
    id: 'integer',
    source_id: 'integer',
    bundle: 'text',
    encoder: 'optional text',
    fps: 'real',
    instruction: 'optional text',
    started_at: 'integer',
    ended_at: 'optional integer',
  },
  frames: {
    id: 'integer',
    session_id: 'integer',
    t: 'real',
    at: 'integer',
    p_silent: 'real',
    changed: 'integer',
    embedding: 'optional bytes',
  },
  thumbnails: {
    id: 'integer',
    session_id: 'integer',
    t: 'real',
    at: 'integer',
    width: 'integer',
    height: 'integer',
    jpeg: 'picture',
  },
  utterances: {
    id: 'integer',
    session_id: 'integer',
    t: 'real',
    at: 'integer',
    kind: 'text',
    query: 'optional text',
    text: 'text',
    p_silent: 'optional real',
  },
  gaps: {
    id: 'integer',
    session_id: 'integer',
    at: 'integer',
    from_t: 'real',
    to_t: 'real',
    reason: 'text',
    dropped: 'integer',
  },
} as const satisfies Record<string, Columns>;

export type ExportedTable = keyof typeof exportedTables;
export const tableNames = Object.keys(exportedTables) as ExportedTable[];

/** Rows of each table. */
export type RowCounts = Readonly<Record<ExportedTable, number>>;

const tableFile = z.strictObject({ rows: z.int().min(0), sha256: z.hash('sha256') });

export const exportManifest = z.strictObject({
  format: z.literal(exportFormat),
  /** ISO 8601. */
  exportedAt: z.iso.datetime(),
  limits: z.strictObject({ keepDays: z.number().positive(), keepBytes: z.int().positive() }),
  tables: z.strictObject({
    sources: tableFile,
    sessions: tableFile,
    frames: tableFile,
    thumbnails: tableFile,
    utterances: tableFile,
    gaps: tableFile,
  }),
});
export type ExportManifest = z.infer<typeof exportManifest>;

/** Where the picture of a row lies in the folder; with "/" on every system. */
export function pictureName(id: number): string {
  return `${picturesName}/${id}.jpg`;
}
