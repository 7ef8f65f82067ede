/**
 * One connection to a database: libsql's synchronous interface, typed, owned, and with SQLite's own error codes. It is
 * used on whatever thread can afford to wait for a disk.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { OnlookerError } from '../../base/errors.ts';
import { filesOfMemory, needFiles } from '../../base/open-files.ts';

/** What SQLite can keep. `undefined` is not among it. */
export type Value = number | bigint | string | Uint8Array | null;

interface LibsqlStatement {
  run(params: readonly Value[]): { changes: number; lastInsertRowid: number | bigint };
  all(params: readonly Value[]): unknown[];
}
interface LibsqlDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): LibsqlStatement;
  exec(sql: string): void;
  close(): void;
}
type Libsql = new (path: string, options: { timeout: number; encryptionKey?: string }) => LibsqlDatabase;

export interface ConnectionOptions {
  /** Passphrase of the page encryption; without one, pages are plain. */
  readonly key?: string | undefined;
  /** How long to wait for other programs' transactions, milliseconds; default 5000. */
  readonly busyMs?: number;
  /** Told, in one line each, what was deleted that nobody asked to have deleted (forget/retention.ts). */
  readonly onNotice?: ((line: string) => void) | undefined;
}

/** Told of every transaction that writes. */
export interface WriteWatcher {
  /** In the transaction, before anything else of it. */
  begun(): void;
  committed(): void;
  /** While the connection can still be used. */
  closing(): void;
}

export class Connection implements Disposable {
  readonly path: string;
  /** The folder it lies in, which is how users know it. */
  readonly folder: string;
  /** Tells whoever opened it. */
  readonly notify: (line: string) => void;
  readonly #database: LibsqlDatabase;
  readonly #statements = new Map<string, LibsqlStatement>();
  #watcher: WriteWatcher | undefined;
  #open = true;

  /** Opens or creates the file. Whether the key fits shows at the first read. @throws an error with a `code` of SQLite */
  constructor(path: string, { key, busyMs = 5000, onNotice = () => {} }: ConnectionOptions = {}) {
    this.path = path;
    this.folder = dirname(path);
    this.notify = onNotice;
    needFiles(filesOfMemory);
    const Database = loadLibsql();
    this.#database = new Database(path, { timeout: busyMs, ...(key !== undefined && { encryptionKey: key }) });
  }

  /** From now on tells it of transactions. `script` and `all` do not write, or know what they do. */
  watchWrites(watcher: WriteWatcher): void {
    this.#watcher = watcher;
  }

  /** Runs one statement and returns how many rows it changed. */
  run(sql: string, ...params: readonly Value[]): number {
    return this.#inTransaction(() => this.#prepare(sql).run(params).changes);
  }

  /** Runs one INSERT and returns the new row's id. */
  insert(sql: string, ...params: readonly Value[]): number {
    return this.#inTransaction(() => Number(this.#prepare(sql).run(params).lastInsertRowid));
  }

  /**
   * All rows; `T` is what the statement's columns are known to be. A BLOB is a `Uint8Array`. Text must be selected as
   * `CAST(... AS BLOB)` and read with `utf8`: on one that is damaged, libsql would end the process.
   */
  all<T>(sql: string, ...params: readonly Value[]): T[] {
    const rows = this.#prepare(sql).all(params) as Record<string, unknown>[];
    return rows.map((row) => withByteArrays(row) as T);
  }

  /** The first row. */
  get<T>(sql: string, ...params: readonly Value[]): T | undefined {
    return this.all<T>(sql, ...params)[0];
  }

  /** One or more statements without parameters or results. */
  script(sql: string): void {
    this.#database.exec(sql);
  }

  /** All of `work` or nothing of it. Takes the write lock at once, so that it cannot fail half-way for want of it. */
  transaction<T>(work: () => T): T {
    const result = this.unwatchedTransaction(() => {
      this.#watcher?.begun();
      return work();
    });
    this.#watcher?.committed();
    return result;
  }

  /** As `transaction`, but the watcher is not told. */
  unwatchedTransaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has SQLite roll back by itself.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** All that `work` reads is as it was at one moment. */
  snapshot<T>(work: () => T): T {
    if (this.#database.inTransaction) return work();
    this.#database.exec('BEGIN');
    try {
      return work();
    } finally {
      this.#database.exec('ROLLBACK');
    }
  }

  /**
   * As `transaction`, for work that waits for other things, too; the connection must be used for nothing else meanwhile.
   * `'read'` shows the state of one moment and lets others write.
   */
  async longTransaction<T>(kind: 'read' | 'write', work: () => Promise<T>): Promise<T> {
    this.#database.exec(kind === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
    const watcher = kind === 'write' ? this.#watcher : undefined;
    let result: T;
    try {
      watcher?.begun();
      result = await work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    watcher?.committed();
    return result;
  }

  /** Nothing can be done with it any more; the file is let go of when the statements are collected. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#watcher?.closing();
    this.#statements.clear();
    this.#database.close();
  }

  /** A statement by itself is a transaction, too. */
  #inTransaction<T>(work: () => T): T {
    return this.#watcher === undefined || this.#database.inTransaction ? work() : this.transaction(work);
  }

  #prepare(sql: string): LibsqlStatement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Text that was selected as a BLOB; what is damaged in it becomes U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** libsql gives a BLOB as an `ArrayBuffer`. */
function withByteArrays(row: Record<string, unknown>): Record<string, unknown> {
  // Not by entries: there are thousands of rows in an answer.
  for (const column in row) {
    const value = row[column];
    if (value instanceof ArrayBuffer) row[column] = new Uint8Array(value);
  }
  return row;
}

/** Loaded when it is first needed: a machine without a build of it can do everything but remember. */
function loadLibsql(): Libsql {
  try {
    return createRequire(import.meta.url)('libsql') as Libsql;
  } catch (cause) {
    throw new OnlookerError(
      'runtime-mismatch',
      `The database library libsql does not load on this machine (${process.platform} ${process.arch}). Run "npm ci" again, or do without a memory.`,
      { cause },
    );
  }
}
