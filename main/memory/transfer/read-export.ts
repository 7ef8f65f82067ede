/** Reads an exported memory (export-format.ts), and believes nothing of it that is not checked. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { OnlookerError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { openFile, readWhole } from '../../base/read-whole.ts';
import type { Value } from '../store/connection.ts';
import { unpackEmbedding } from '../store/embedding.ts';
import {
  type Columns,
  type ExportedTable,
  type ExportManifest,
  exportedTables,
  exportFormat,
  exportManifest,
  manifestName,
  pictureName,
} from './export-format.ts';

/** Most bytes of the manifest and of a picture, most characters of a row: far more than an export has. */
const mostManifestBytes = 2 ** 20;
const mostPictureBytes = 2 ** 24;
const longestRow = 2 ** 20;

/** @throws OnlookerError `export-unusable` */
export async function readExportManifest(folder: string): Promise<ExportManifest> {
  const bytes = await readWhole(join(folder, manifestName), mostManifestBytes).catch((cause) => {
    const message = `${folder} holds no exported memory: ${manifestName} cannot be read. Name a folder that "onlooker export" made.`;
    throw new OnlookerError('export-unusable', message, { cause });
  });
  const json = parsed(bytes.toString('utf8'), () => damaged(folder, `${manifestName} is not JSON`));
  const format = json !== null && typeof json === 'object' && 'format' in json ? json.format : undefined;
  if (typeof format === 'number' && format !== exportFormat) {
    const message = `The export in ${folder} has format ${format}, and this program reads format ${exportFormat}. Update Onlooker.`;
    throw new OnlookerError('export-unusable', message);
  }
  const { data, error } = exportManifest.safeParse(json);
  if (data) return data;
  throw damaged(folder, `${manifestName} is not as it was written`, error);
}

/** A row as the database takes it, by the names of the columns. */
export type ReadRow = Readonly<Record<string, Value>>;

/**
 * The rows of a table, in order. The last one has been read when all of them are known to be as they were written.
 * @throws OnlookerError `export-unusable`
 */
export async function* readTable(
  folder: string,
  table: ExportedTable,
  wanted: ExportManifest['tables'][ExportedTable],
): AsyncGenerator<ReadRow> {
  const name = `${table}.jsonl`;
  const hash = createHash('sha256');
  let rows = 0;
  try {
    for await (const line of lines(join(folder, name), (text) => hash.update(text))) {
      rows++;
      yield await readRow(folder, table, line);
    }
  } catch (cause) {
    throw cause instanceof OnlookerError ? cause : damaged(folder, `${name} cannot be read`, cause);
  }
  if (rows === wanted.rows && hash.digest('hex') === wanted.sha256) return;
  throw damaged(folder, `${name} is not as it was written`);
}

async function readRow(folder: string, table: ExportedTable, line: string): Promise<ReadRow> {
  const columns: Columns = exportedTables[table];
  const bad = (cause?: unknown) => damaged(folder, `${table}.jsonl has a row that cannot be meant`, cause);
  const fields = parsed(line, bad) as Record<string, unknown> | null;
  if (fields === null || typeof fields !== 'object') throw bad();
  const row: Record<string, Value> = {};
  for (const [column, type] of Object.entries(columns)) {
    const value = fields[column];
    if (type === 'picture') row[column] = await readPicture(folder, fields);
    // A column that is younger than the export is missing from it.
    else if ((value ?? null) === null && type.startsWith('optional')) row[column] = null;
    else if (type.endsWith('text') && typeof value === 'string') row[column] = value;
    else if (type.endsWith('real') && typeof value === 'number') row[column] = value;
    else if (type.endsWith('integer') && Number.isSafeInteger(value)) row[column] = value as number;
    else if (type.endsWith('bytes') && typeof value === 'string') row[column] = embeddingBytes(value, bad);
    else throw bad();
  }
  return row;
}

/** The place is computed, not read: a row must not be able to name any other file. */
async function readPicture(folder: string, { id, sha256 }: Record<string, unknown>): Promise<Uint8Array> {
  const name = pictureName(Number(id));
  const bytes = await readWhole(join(folder, name), mostPictureBytes).catch((cause) => {
    throw damaged(folder, `${name} cannot be read`, cause);
  });
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw damaged(folder, `${name} is not as it was written`);
}

function embeddingBytes(base64: string, bad: (cause: unknown) => Error): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  try {
    unpackEmbedding(bytes);
    return bytes;
  } catch (cause) {
    throw bad(cause);
  }
}

/** Lines end with "\n" and nothing else; `node:readline` also ends them at U+2028, which JSON may hold as it is. */
async function* lines(path: string, onText: (text: string) => void): AsyncGenerator<string> {
  await using file = await openFile(path);
  const texts: AsyncIterable<string> = file.createReadStream({ encoding: 'utf8', autoClose: false });
  let rest = '';
  for await (const text of texts) {
    onText(text);
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > longestRow) throw new Error('a row has no end');
    yield* parts;
  }
  if (rest !== '') yield rest;
}

export function damaged(folder: string, what: string, cause?: unknown): OnlookerError {
  const message = `The export in ${folder} is damaged: ${what}. Nothing was imported. Use another copy, or export it again.`;
  return new OnlookerError('export-unusable', message, { cause });
}

function parsed(text: string, otherwise: (cause: unknown) => Error): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw otherwise(cause);
  }
}
