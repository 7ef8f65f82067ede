/** Writes all of a memory into a folder of plain files (export-format.ts). */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OnlookerError } from '../../base/errors.ts';
import { moveInto } from '../../base/replace-file.ts';
import { unwritable } from '../../base/unwritable.ts';
import { readLimits } from '../forget/retention.ts';
import { type Connection, utf8 } from '../store/connection.ts';
import { forgetExport, noteExport, removeLeftovers } from '../store/export-leftovers.ts';
import { isOfTheFiles, memoryError } from '../store/failures.ts';
import {
  type Columns,
  type ExportedTable,
  type ExportManifest,
  exportedTables,
  exportFormat,
  manifestName,
  pictureName,
  picturesName,
  type RowCounts,
  tableNames,
} from './export-format.ts';

export interface ExportOptions {
  /** Aborting leaves nothing behind. */
  readonly signal?: AbortSignal;
}

/** Rows read at once: a page of frames is about a megabyte. */
const pageRows = 2000;
/** How a file is written: readable for its owner only, and on the disk before the folder gets its name. */
const forOwner = { mode: 0o600, flush: true };

/**
 * Exports the memory as it is at this moment; others may go on writing. The folder must be new or empty, and is there as
 * a whole or not at all; what an export left behind that was killed is removed. What is in it is not encrypted, so only its owner may read it.
 * @throws OnlookerError `usage` when something is in the folder, `output-unwritable`, `memory-damaged`
 */
export async function exportMemory(
  connection: Connection,
  folder: string,
  options: ExportOptions = {},
): Promise<RowCounts> {
  const place = resolve(folder);
  await checkEmpty(place);
  const temporary = `${place}.${randomUUID()}.part`;
  try {
    await removeLeftovers(connection.folder);
    await noteExport(connection.folder, temporary);
    await mkdir(join(temporary, picturesName), { recursive: true, mode: 0o700 });
    const manifest = await connection.longTransaction('read', () => writeTables(connection, temporary, options));
    await writeFile(join(temporary, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, forOwner);
    await rmdir(place).catch(() => {}); // an empty one is replaced
    await moveInto(temporary, place);
    await forgetExport(connection.folder, temporary);
    return counts(manifest);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    await forgetExport(connection.folder, temporary);
    throw isOfTheFiles(error) ? unwritable(place, error) : memoryError(error, connection.folder);
  }
}

export function counts({ tables }: ExportManifest): RowCounts {
  return Object.fromEntries(tableNames.map((table) => [table, tables[table].rows])) as RowCounts;
}

async function writeTables(connection: Connection, folder: string, options: ExportOptions): Promise<ExportManifest> {
  const tables: Partial<ExportManifest['tables']> = {};
  for (const table of tableNames) tables[table] = await writeTable(connection, folder, table, options);
  const limits = readLimits(connection);
  const exportedAt = new Date().toISOString();
  return { format: exportFormat, exportedAt, limits, tables: tables as ExportManifest['tables'] };
}

async function writeTable(
  connection: Connection,
  folder: string,
  table: ExportedTable,
  { signal }: ExportOptions,
): Promise<{ rows: number; sha256: string }> {
  const columns: Columns = exportedTables[table];
  const hash = createHash('sha256');
  let rows = 0;
  await using file = await open(join(folder, `${table}.jsonl`), 'wx', 0o600);
  for (const page of pages(connection, table, columns)) {
    const lines: string[] = [];
    for (const row of page) {
      lines.push(`${JSON.stringify(await written(row, columns, folder))}\n`);
      signal?.throwIfAborted();
    }
    const text = lines.join('');
    hash.update(text);
    await file.appendFile(text);
    rows += page.length;
  }
  await file.sync();
  return { rows, sha256: hash.digest('hex') };
}

/** How SQLite calls a column's type; text is read as bytes: `Connection.all` says why. */
function storedAs(type: string): string {
  if (type.endsWith('integer')) return 'INTEGER';
  return type.endsWith('real') ? 'REAL' : 'BLOB';
}

type StoredRow = Record<string, number | Uint8Array | null>;

function* pages(connection: Connection, table: ExportedTable, columns: Columns): Generator<StoredRow[]> {
  // Cast, because a damaged one may hold anything.
  const selected = Object.entries(columns).map(([name, type]) => `CAST(${name} AS ${storedAs(type)}) AS ${name}`);
  const sql = `SELECT ${selected.join(', ')} FROM ${table} WHERE id > ? ORDER BY id LIMIT ${pageRows}`;
  for (let last = Number.MIN_SAFE_INTEGER; ; ) {
    const page = connection.all<StoredRow>(sql, last);
    if (page.length === 0) return;
    yield page;
    last = page.at(-1)!.id as number;
  }
}

/** The row as it stands in the file; a picture gets its own. */
async function written(row: StoredRow, columns: Columns, folder: string): Promise<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(columns)) {
    const value = row[name];
    if (!(value instanceof Uint8Array)) fields[name] = value;
    else if (type.endsWith('text')) fields[name] = utf8(value);
    else if (type.endsWith('bytes')) fields[name] = Buffer.from(value).toString('base64');
    else {
      fields[name] = pictureName(row.id as number);
      fields.sha256 = createHash('sha256').update(value).digest('hex');
      await writeFile(join(folder, pictureName(row.id as number)), value, forOwner);
    }
  }
  return fields;
}

async function checkEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unwritable(folder, error);
  });
  if (names.length === 0) return;
  throw new OnlookerError('usage', `The folder ${folder} is not empty. Name a new one with --out.`);
}
