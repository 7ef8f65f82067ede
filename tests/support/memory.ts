/** Memories for tests: made in a folder of their own, filled without a model. */
import { deepEqual } from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriter } from '../../main/memory/record/batch-writer.ts';
import type { Row, SessionStart } from '../../main/memory/record/recorder-messages.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { fold } from '../../main/memory/store/search-terms.ts';
import { indexTrigrams } from '../../main/memory/store/trigrams.ts';

/** A folder that goes when it is disposed of. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'onlooker-memory-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The encoder of sessions that name no other. */
export const encoder = 'e'.repeat(64);

export const noon = Date.UTC(2026, 4, 1, 12);

/** A writer for a session; `noon` is its media time 0. */
export function session(connection: Connection, start: Partial<SessionStart> = {}): BatchWriter {
  const described = { source: 'screen', kind: 'screen', bundle: 'desk-nano', encoder, fps: 2, instruction: undefined };
  return new BatchWriter(connection, { ...described, startedAt: noon, ...start });
}

export function frameRow(t: number, at = noon + 1000 * t): Row {
  const embedding = Float32Array.from({ length: 128 }, (_, i) => Math.sin(t + i) / 8);
  return { type: 'frame', t, at, pSilent: 0.9, changed: 4, embedding };
}

export function narrationRow(t: number, text: string, at = noon + 1000 * t): Row {
  return { type: 'narration', t, at, text, pSilent: 0.1 };
}

export function count(connection: Connection, table: string): number {
  return connection.get<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)!.count;
}

/** Throws unless tables, indexes and the index of trigrams are whole and agree with one another. */
export function checkIntegrity(connection: Connection): void {
  const found = connection.all<{ integrity_check: string }>('PRAGMA integrity_check');
  if (found.length !== 1 || found[0]!.integrity_check !== 'ok') throw new Error(JSON.stringify(found));
  checkTrigrams(connection);
}

/** Throws unless the stored blocks say what the rows say. */
function checkTrigrams(connection: Connection): void {
  for (const { number } of connection.all<{ number: number }>('SELECT number FROM trigram_blocks')) {
    const rows = connection.all<{ id: number; query: string | null; text: string }>(
      'SELECT id, query, text FROM utterances WHERE id >> 11 = ?',
      number,
    );
    const fields = Array.from({ length: 2048 }, (): [string, string] => ['', '']);
    for (const { id, query, text } of rows) fields[id % 2048] = [fold(query ?? ''), fold(text)];
    const { shards, lengths, trigrams } = indexTrigrams(fields);
    const made = shards.flatMap((postings, i) => (postings ? { id: 64 * number + i, postings } : []));
    const block = connection.all('SELECT texts, trigrams, lengths FROM trigram_blocks WHERE number = ?', number);
    deepEqual(block, [{ texts: rows.length, trigrams, lengths }]);
    deepEqual(connection.all('SELECT * FROM trigram_shards WHERE id >> 6 = ? ORDER BY id', number), made);
  }
  const without = 'SELECT 1 FROM trigram_shards WHERE id >> 6 NOT IN (SELECT number FROM trigram_blocks)';
  deepEqual(connection.all(without), []);
}

/** Names of the files in the folder in which the bytes stand. Close all connections in this process first. */
export function filesWith(folder: string, bytes: string | Uint8Array): string[] {
  const wanted = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.copyBytesFrom(bytes);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .filter((name) => readFileSync(join(folder, name)).includes(wanted));
}
