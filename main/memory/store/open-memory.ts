import { OnlookerError } from '../../base/errors.ts';
import { checkRows } from './check-rows.ts';
import { Connection, type ConnectionOptions, utf8 } from './connection.ts';
import { corrupt, isDamage, memoryError } from './failures.ts';
import { locateMemory, locked, type MemoryLocation, type MemoryOptions } from './location.ts';
import { watchResidue } from './residue.ts';
import { migrate, readVersion, schemaVersion } from './schema.ts';
import { hideSecrets } from './sources.ts';
import { finishForgetting } from './wipe.ts';

export interface OpenOptions extends Pick<ConnectionOptions, 'onNotice'> {
  /** Read every page and look for damage (`checkPages`); default no. */
  readonly check?: boolean;
}

/** Finds and opens a memory on this thread. @throws what `locateMemory` and `openDatabase` throw */
export async function openMemory(options: MemoryOptions & OpenOptions = {}): Promise<Connection> {
  return openDatabase(await locateMemory(options), options);
}

/**
 * Opens the database of a memory, brought to this version. Several programs may have it open at once.
 * @throws OnlookerError `memory-damaged`, `memory-newer`, `memory-locked`, `memory-busy`, `memory-unwritable`
 */
export function openDatabase(location: MemoryLocation, { check = false, onNotice }: OpenOptions = {}): Connection {
  using opened = new DisposableStack();
  try {
    const connection = opened.use(new Connection(location.database, { key: location.key, onNotice }));
    prepare(connection, location);
    if (check) checkPages(connection);
    opened.move();
    return connection;
  } catch (error) {
    if (!isDamage(error) || location.keyIsRight) throw memoryError(error, location.folder);
    // The note that tells keys apart is gone, so it may be either.
    throw locked(`The memory in ${location.folder} cannot be read: it is damaged, or the key is another one.`, error);
  }
}

function prepare(connection: Connection, { folder }: MemoryLocation): void {
  // Only has an effect before the first table is made: freed pages can later be given back without a rewrite.
  connection.script('PRAGMA auto_vacuum = INCREMENTAL');
  const version = readVersion(connection);
  if (version > schemaVersion) {
    throw new OnlookerError(
      'memory-newer',
      `The memory in ${folder} has version ${version}, and this program knows version ${schemaVersion}. Update Onlooker; the memory is left as it is.`,
    );
  }
  if (version < 0 || (version === 0 && hasTables(connection))) throw corrupt(`version ${version} with tables`);
  // Temporary tables and files must stay in memory: on disk they would be plain, whatever the key.
  connection.script(`
    PRAGMA journal_mode = WAL;
    PRAGMA wal_autocheckpoint = 0; -- it would not clear residue (residue.ts)
    PRAGMA synchronous = NORMAL;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA foreign_keys = ON;
  `);
  migrate(connection);
  watchResidue(connection);
  checkRows(connection);
  hideSecrets(connection);
  finishForgetting(connection);
}

/** Reads every page and looks for damage, about 200 MB a second. @throws an error that `isDamage` */
export function checkPages(connection: Connection): void {
  const complaints = connection
    .all<{ line: Uint8Array }>('SELECT CAST(quick_check AS BLOB) AS line FROM pragma_quick_check(3)')
    .map(({ line }) => utf8(line));
  if (complaints.join() !== 'ok') throw corrupt(complaints.join('; '));
}

function hasTables(connection: Connection): boolean {
  return connection.get('SELECT 1 FROM sqlite_master LIMIT 1') !== undefined;
}
