/** Pages of an SQLite database file, and of its write-ahead log (https://sqlite.org/fileformat2.html). */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Connection } from './connection.ts';
import { corrupt } from './failures.ts';

/** Numbers of the pages in the log; frames of before it began anew are left out. No lock lies on that file. */
export function pagesInLog(databasePath: string): Set<number> {
  const pages = new Set<number>();
  using opened = new DisposableStack();
  let file: number;
  try {
    file = openSync(`${databasePath}-wal`, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return pages;
    throw error;
  }
  opened.defer(() => closeSync(file));
  const header = Buffer.alloc(32);
  if (readSync(file, header, 0, 32, 0) < 32) return pages;
  const pageSize = header.readUInt32BE(8);
  const salt = header.subarray(16, 24);
  const frame = Buffer.alloc(24);
  for (let at = 32; readSync(file, frame, 0, 24, at) === 24; at += 24 + pageSize) {
    if (!frame.subarray(8, 16).equals(salt)) break;
    pages.add(frame.readUInt32BE(0));
  }
  return pages;
}

/** Kinds of pages that a pointer map tells apart: the root of a tree, and its other pages. */
const treeKinds = [1, 5];
/** First bytes of a tree's page, and the length of its header. */
const headerLengths: Readonly<Record<number, number>> = { 2: 12, 5: 12, 10: 8, 13: 8 };

/** Reads and writes pages as they are without encryption. Belongs into a transaction. */
export class Pages {
  readonly count: number;
  readonly #connection: Connection;
  readonly #usable: number;
  readonly #pagesOfAMap: number;
  /** The page with the lock bytes, which holds nothing. */
  readonly #lockPage: number;
  /** The pointer map that was read last. */
  #map: { readonly number: number; readonly bytes: Uint8Array } | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    const sizes = connection.get<{ count: number; size: number; vacuum: number }>(
      `SELECT page_count AS count, page_size AS size, auto_vacuum AS vacuum
       FROM pragma_page_count, pragma_page_size, pragma_auto_vacuum`,
    );
    if (!sizes || sizes.vacuum === 0) throw corrupt('the database has no pointer maps');
    this.count = sizes.count;
    this.#usable = sizes.size - this.#read(1)[20]!;
    this.#pagesOfAMap = Math.floor(this.#usable / 5) + 1;
    this.#lockPage = 2 ** 30 / sizes.size + 1;
  }

  /** Overwrites what lies between the pointers to a page's cells and the cells, where it is the page of a tree. */
  clearUnallocated(number: number): void {
    if (number > this.count || !this.#isOfTree(number)) return;
    const bytes = this.#read(number);
    const start = number === 1 ? 100 : 0;
    const header = headerLengths[bytes[start]!];
    if (header === undefined) throw corrupt(`page ${number} is not that of a tree`);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const from = start + header + 2 * view.getUint16(start + 3);
    const to = view.getUint16(start + 5) || 65_536;
    if (from > to || to > this.#usable) throw corrupt(`the cells of page ${number} lie outside it`);
    const unallocated = bytes.subarray(from, to);
    if (unallocated.every((byte) => byte === 0)) return;
    unallocated.fill(0);
    this.#connection.run('UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?', bytes, number);
  }

  #isOfTree(number: number): boolean {
    if (number === 1) return true;
    const map = this.#mapOf(number);
    if (number === map || number === this.#lockPage) return false;
    if (this.#map?.number !== map) this.#map = { number: map, bytes: this.#read(map) };
    return treeKinds.includes(this.#map.bytes[5 * (number - map - 1)]!);
  }

  /** The pointer map that says what a page is: one lies in front of the pages it is about. */
  #mapOf(number: number): number {
    const map = Math.floor((number - 2) / this.#pagesOfAMap) * this.#pagesOfAMap + 2;
    return map === this.#lockPage ? map + 1 : map;
  }

  #read(number: number): Uint8Array {
    const page = this.#connection.get<{ data: Uint8Array }>('SELECT data FROM sqlite_dbpage WHERE pgno = ?', number);
    if (!page) throw corrupt(`page ${number} is missing`);
    return page.data;
  }
}
