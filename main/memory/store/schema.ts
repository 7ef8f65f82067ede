/**
 * The tables of the memory, and how older ones become newer ones. `user_version` counts the migrations that have been
 * applied; a released migration is never changed, only followed by another.
 *
 * `t` is media time in seconds, `at` the wall clock when it was seen, milliseconds since 1970 (UTC). A clock may be set
 * back: order is that of ids, durations are differences of `t`.
 */
import type { Connection } from './connection.ts';

const migrations: readonly string[] = [
  `
  CREATE TABLE sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL
  );
  -- One run over one source. Ids are never used again: a recorder may hold one that is being forgotten.
  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    bundle TEXT NOT NULL,
    fps REAL NOT NULL,
    instruction TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
  );
  CREATE INDEX sessions_by_source ON sessions(source_id);
  CREATE TABLE frames (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions(id),
    t REAL NOT NULL,
    at INTEGER NOT NULL,
    p_silent REAL NOT NULL,
    changed INTEGER NOT NULL,
    -- CLIP embedding in libsql's FLOAT16 format; null where the encoder did not run because nothing changed.
    embedding BLOB
  );
  CREATE INDEX frames_by_at ON frames(at);
  CREATE INDEX frames_by_session ON frames(session_id, t);
  CREATE TABLE thumbnails (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions(id),
    t REAL NOT NULL,
    at INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    jpeg BLOB NOT NULL
  );
  CREATE INDEX thumbnails_by_at ON thumbnails(at);
  CREATE INDEX thumbnails_by_session ON thumbnails(session_id, t);
  -- What was said: narrations, and answers with the query they answer.
  CREATE TABLE utterances (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions(id),
    t REAL NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('narration', 'answer')),
    query TEXT,
    text TEXT NOT NULL,
    p_silent REAL
  );
  CREATE INDEX utterances_by_at ON utterances(at);
  CREATE INDEX utterances_by_session ON utterances(session_id, t);
  CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions(id),
    at INTEGER NOT NULL,
    from_t REAL NOT NULL,
    to_t REAL NOT NULL,
    reason TEXT NOT NULL,
    dropped INTEGER NOT NULL
  );
  CREATE INDEX gaps_by_at ON gaps(at);
  CREATE INDEX gaps_by_session ON gaps(session_id);

  -- Trigrams: any three letters in a row are found, in every script.
  CREATE VIRTUAL TABLE utterance_words USING fts5(
    query, text, content = 'utterances', content_rowid = 'id', tokenize = 'trigram remove_diacritics 1'
  );
  CREATE TRIGGER utterance_added AFTER INSERT ON utterances BEGIN
    INSERT INTO utterance_words(rowid, query, text) VALUES (new.id, new.query, new.text);
  END;
  CREATE TRIGGER utterance_removed AFTER DELETE ON utterances BEGIN
    INSERT INTO utterance_words(utterance_words, rowid, query, text) VALUES ('delete', old.id, old.query, old.text);
  END;

  -- Spans that were forgotten a short while ago: a recorder may still hold rows of them.
  CREATE TABLE forgotten (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    source_id INTEGER,
    made_at INTEGER NOT NULL
  );
  CREATE TABLE retention (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    keep_days REAL NOT NULL,
    keep_bytes INTEGER NOT NULL
  );
  INSERT INTO retention VALUES (1, 90, 2000000000);
  `,
  `
  -- Stretches of frames that look alike, for the first look of a search (stretches.ts): those of 2048 ids a row.
  CREATE TABLE stretch_blocks (
    number INTEGER PRIMARY KEY,
    facts BLOB NOT NULL,
    means BLOB NOT NULL
  );
  -- A block stands for its frames as they are. Whoever changes one of them drops it, and it is made again when it is needed.
  CREATE TRIGGER frame_added AFTER INSERT ON frames BEGIN
    DELETE FROM stretch_blocks WHERE number = new.id >> 11;
  END;
  CREATE TRIGGER frame_removed AFTER DELETE ON frames BEGIN
    DELETE FROM stretch_blocks WHERE number = old.id >> 11;
  END;
  `,
  `
  -- sha256 of the vision encoder: two bundles of the same name may have different ones, and embeddings of different
  -- encoders cannot be compared. Null where it was not noted; such sessions are searched by words only.
  ALTER TABLE sessions ADD COLUMN encoder TEXT;
  `,
  `
  -- What is known of the clock (forget/used-time.ts); no row before the first look at it. The jump's columns are null where there
  -- is none.
  CREATE TABLE used_time (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    counted INTEGER NOT NULL,
    clock INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    jump_to INTEGER,
    jump_now INTEGER,
    jump_for INTEGER
  );
  -- The last frame there was when so much time was counted: frames up to it are at least as old. Open: if the clock, which
  -- has jumped, is believed later.
  CREATE TABLE ages (
    counted INTEGER NOT NULL,
    open INTEGER NOT NULL,
    frame INTEGER NOT NULL,
    PRIMARY KEY (counted, open)
  );
  -- Ids of frames are given again after the last ones were deleted.
  CREATE TRIGGER frame_removed_ages AFTER DELETE ON frames
  WHEN old.id > (SELECT coalesce(max(id), 0) FROM frames) BEGIN
    UPDATE ages SET frame = (SELECT coalesce(max(id), 0) FROM frames)
    WHERE frame > (SELECT coalesce(max(id), 0) FROM frames);
  END;
  `,
  `
  -- Name of the stream: a run that goes on from a snapshot goes on with the session of the run that took it, which has
  -- some of what it is about to see again.
  ALTER TABLE sessions ADD COLUMN stream TEXT;
  `,
  `
  -- Bins of a few seconds, with the sum of what their pictures look like (bins.ts): those of 2048 ids a row, from and to
  -- on the wall clock. What can be looked at without the bytes stands before them.
  DROP TABLE IF EXISTS bin_blocks;
  CREATE TABLE bin_blocks (
    number INTEGER PRIMARY KEY,
    frames INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    facts BLOB NOT NULL,
    means BLOB NOT NULL
  );
  -- As with stretches: a block goes with any frame of it, in the same transaction.
  DROP TRIGGER frame_added;
  DROP TRIGGER frame_removed;
  CREATE TRIGGER frame_added AFTER INSERT ON frames BEGIN
    DELETE FROM stretch_blocks WHERE number = new.id >> 11;
    DELETE FROM bin_blocks WHERE number = new.id >> 11;
  END;
  CREATE TRIGGER frame_removed AFTER DELETE ON frames BEGIN
    DELETE FROM stretch_blocks WHERE number = old.id >> 11;
    DELETE FROM bin_blocks WHERE number = old.id >> 11;
  END;
  `,
  `
  -- What may have copies of rows in unallocated space (residue.ts): 0 no page, 1 those in the write-ahead log, 2 any. One row.
  -- wiped: the last row of forgotten of which no byte is left.
  DROP TABLE IF EXISTS residue;
  CREATE TABLE residue (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    due INTEGER NOT NULL,
    wiped INTEGER NOT NULL
  );
  INSERT INTO residue VALUES (
    1, 1 + EXISTS (SELECT 1 FROM sqlite_sequence), -- whether there ever was a row
    (SELECT coalesce(max(id), 0) FROM forgotten)
  );
  `,
  `
  -- stamp: another number each time a block is made, so that whoever has a copy of one can tell whether it is still the same.
  CREATE TABLE stretch_blocks_before AS SELECT number, facts, means FROM stretch_blocks;
  DROP TABLE stretch_blocks;
  CREATE TABLE stretch_blocks (
    number INTEGER PRIMARY KEY,
    stamp INTEGER NOT NULL,
    facts BLOB NOT NULL,
    means BLOB NOT NULL
  );
  INSERT INTO stretch_blocks SELECT number, random() >> 11, facts, means FROM stretch_blocks_before;
  DROP TABLE stretch_blocks_before;
  `,
  `
  -- due: whether pages in the write-ahead log may have copies of rows in unallocated space (residue.ts). Its page is written
  -- for nothing else. One row, as in wiping.
  -- swept: pages behind this one may have such copies as well; null: none. wiped: the last row of forgotten of which no byte
  -- is left.
  DROP TABLE IF EXISTS wiping;
  CREATE TABLE wiping (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    swept INTEGER,
    wiped INTEGER NOT NULL
  );
  INSERT INTO wiping SELECT 1, iif(EXISTS (SELECT 1 FROM sqlite_sequence), 0, NULL), wiped FROM residue; -- a new memory has none
  DROP TABLE residue;
  CREATE TABLE residue (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    due INTEGER NOT NULL
  );
  INSERT INTO residue VALUES (1, 1);
  -- An index of words in blocks (trigram-blocks.ts): those of 2048 ids of utterances a row, and its entries in 64 shards.
  DROP TRIGGER utterance_added;
  DROP TRIGGER utterance_removed;
  DROP TABLE IF EXISTS utterance_words;
  DROP TABLE IF EXISTS trigram_blocks;
  DROP TABLE IF EXISTS trigram_shards;
  CREATE TABLE trigram_blocks (
    number INTEGER PRIMARY KEY,
    texts INTEGER NOT NULL,
    trigrams INTEGER NOT NULL,
    lengths BLOB NOT NULL
  );
  CREATE TABLE trigram_shards (
    id INTEGER PRIMARY KEY, -- number of the block * 64 + shard
    postings BLOB NOT NULL
  );
  -- As with stretches and bins: a block goes with any row of it, in the same transaction.
  CREATE TRIGGER utterance_added AFTER INSERT ON utterances
  WHEN EXISTS (SELECT 1 FROM trigram_blocks WHERE number = new.id >> 11) BEGIN
    DELETE FROM trigram_blocks WHERE number = new.id >> 11;
    DELETE FROM trigram_shards WHERE id BETWEEN (new.id >> 11) * 64 AND (new.id >> 11) * 64 + 63;
  END;
  CREATE TRIGGER utterance_removed AFTER DELETE ON utterances
  WHEN EXISTS (SELECT 1 FROM trigram_blocks WHERE number = old.id >> 11) BEGIN
    DELETE FROM trigram_blocks WHERE number = old.id >> 11;
    DELETE FROM trigram_shards WHERE id BETWEEN (old.id >> 11) * 64 AND (old.id >> 11) * 64 + 63;
  END;
  `,
];

/** The version this program writes. */
export const schemaVersion = migrations.length;

/** The version of a database; 0 is an empty one. The first read there is: a key that does not fit shows here. */
export function readVersion(connection: Connection): number {
  return connection.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}

/** Brings the tables to this program's version, all the way or not at all. @param to for tests: an earlier version */
export function migrate(connection: Connection, to: number = schemaVersion): void {
  if (readVersion(connection) >= to) return;
  connection.transaction(() => {
    // Read again under the lock: another program may have done it meanwhile.
    for (const migration of migrations.slice(readVersion(connection), to)) connection.script(migration);
    // Nothing has watched over what was written.
    if (to === schemaVersion) connection.run('UPDATE residue SET due = 1');
    connection.script(`PRAGMA user_version = ${to}`);
  });
}
