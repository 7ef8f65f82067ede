/** Brings an exported memory into one that may hold others. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { shownAddress } from '../../base/secrets.ts';
import { isBundleName } from '../../bundle/folders.ts';
import { type RetentionLimits, readLimits, setLimits } from '../forget/retention.ts';
import { checkRows } from '../store/check-rows.ts';
import type { Connection } from '../store/connection.ts';
import { memoryError, sqliteCode } from '../store/failures.ts';
import { type MemoryOptions, memoryFiles, memoryFolder } from '../store/location.ts';
import { openMemory } from '../store/open-memory.ts';
import {
  type ExportedTable,
  type ExportManifest,
  exportedTables,
  type RowCounts,
  tableNames,
} from './export-format.ts';
import { damaged, type ReadRow, readExportManifest, readTable } from './read-export.ts';

export interface Imported {
  readonly rows: RowCounts;
  /** Sessions that were left out because the memory has them. */
  readonly known: number;
}

/**
 * Adds all sessions of an export that the memory does not have, all of them or none; what is there stays as it is. Rows
 * get new ids, in the same order. A memory is made where there is none. It keeps at least as much as the exported one did; an
 * export never makes a memory keep less.
 * @throws OnlookerError `export-unusable`, and what `openMemory` throws
 */
export async function importMemory(
  from: string,
  options: Omit<MemoryOptions, 'create'> & { readonly signal?: AbortSignal } = {},
): Promise<Imported> {
  const folder = resolve(from);
  const manifest = await readExportManifest(folder);
  const isNew = !existsSync(memoryFiles(resolve(options.folder ?? memoryFolder())).database);
  using memory = await openMemory({ ...options, create: true });
  try {
    return await memory.longTransaction('write', async () => {
      if (isNew) setLimits(memory, atLeast(readLimits(memory), manifest.limits));
      return new Import(memory, folder, manifest).run(options.signal);
    });
  } catch (error) {
    // A text where only certain ones may stand.
    const unfit = sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT');
    throw unfit ? damaged(folder, 'it has a row that cannot be meant', error) : memoryError(error, memory.folder);
  }
}

/** Whoever made an export does not decide that what is recorded later is deleted. */
function atLeast(own: RetentionLimits, exported: RetentionLimits): RetentionLimits {
  return {
    keepDays: Math.max(own.keepDays, Math.min(exported.keepDays, 100_000)),
    keepBytes: Math.max(own.keepBytes, Math.min(exported.keepBytes, 100_000e9)),
  };
}

class Import {
  readonly #memory: Connection;
  readonly #folder: string;
  readonly #manifest: ExportManifest;
  /** New ids by exported ones. A session that the memory has is `undefined` here. */
  readonly #sources = new Map<number, number>();
  readonly #sessions = new Map<number, number | undefined>();
  readonly #lastSession: number;

  constructor(memory: Connection, folder: string, manifest: ExportManifest) {
    this.#memory = memory;
    this.#folder = folder;
    this.#manifest = manifest;
    this.#lastSession = memory.get<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM sessions')?.id ?? 0;
  }

  async run(signal: AbortSignal | undefined): Promise<Imported> {
    const rows = Object.fromEntries(tableNames.map((table) => [table, 0])) as Record<ExportedTable, number>;
    for (const table of tableNames) {
      for await (const row of readTable(this.#folder, table, this.#manifest.tables[table])) {
        signal?.throwIfAborted();
        if (this.#add(table, row)) rows[table]++;
      }
    }
    this.#check();
    const known = [...this.#sessions.values()].filter((id) => id === undefined).length;
    return { rows, known };
  }

  /** A memory with such rows is not opened any more, whatever else is in it. */
  #check(): void {
    try {
      checkRows(this.#memory);
    } catch (cause) {
      throw damaged(this.#folder, 'it has a row that cannot be meant', cause);
    }
  }

  /** Whether the row was added; others are there already. */
  #add(table: ExportedTable, row: ReadRow): boolean {
    if (table === 'sources') return this.#addSource(row);
    if (table === 'sessions') return this.#addSession(row);
    const session = this.#parent(this.#sessions, row.session_id);
    if (session !== undefined) this.#insert(table, { ...row, session_id: session });
    return session !== undefined;
  }

  #addSource(row: ReadRow): boolean {
    const name = shownAddress(String(row.name));
    const known = this.#memory.get<{ id: number }>('SELECT id FROM sources WHERE name = ?', name)?.id;
    this.#sources.set(Number(row.id), known ?? this.#insert('sources', { ...row, name }));
    return known === undefined;
  }

  #addSession(row: ReadRow): boolean {
    if (!isBundleName(String(row.bundle))) throw damaged(this.#folder, 'a session names a bundle that can be none');
    const source = this.#parent(this.#sources, row.source_id)!;
    // Only what was there before: an export may have two that look alike.
    const known = this.#memory.get(
      'SELECT 1 FROM sessions WHERE source_id = ? AND started_at = ? AND id <= ?',
      ...[source, row.started_at!, this.#lastSession],
    );
    this.#sessions.set(Number(row.id), known ? undefined : this.#insert('sessions', { ...row, source_id: source }));
    return !known;
  }

  #parent<T>(ids: ReadonlyMap<number, T>, id: ReadRow[string] | undefined): T {
    if (ids.has(Number(id))) return ids.get(Number(id)) as T;
    throw damaged(this.#folder, 'a row belongs to another that is not there');
  }

  #insert(table: ExportedTable, row: ReadRow): number {
    const columns = Object.keys(exportedTables[table]).filter((column) => column !== 'id');
    const places = columns.map(() => '?').join(', ');
    const sql = `INSERT INTO ${table}(${columns.join(', ')}) VALUES (${places})`;
    return this.#memory.insert(sql, ...columns.map((column) => row[column]!));
  }
}
