/**
 * Blocks of stretches that stay in memory from one search to the next: to read and decrypt those of a month takes longer
 * than to look through them. They go when the database has another block in their place, or none.
 */
import type { Connection } from './connection.ts';
import type { StretchBlock } from './stretches.ts';

/** Bytes kept of a connection, at most: half a year of 8-hour days. What is beyond that is read each time. */
const most = 128e6;

interface KeptBlock {
  /** As its row has it; undefined for a block that is not stored. */
  readonly stamp: number | undefined;
  readonly block: StretchBlock;
}

export class KeptStretches {
  readonly #connection: Connection;
  readonly #blocks = new Map<number, KeptBlock>();
  #bytes = 0;
  /** How often the database had changed when the blocks were compared with it. */
  #comparedAt: string | undefined;
  #storedAt: string | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Lets go of the blocks whose frames have changed, in whatever program. */
  dropChanged(): void {
    const now = changesOf(this.#connection);
    if (now === this.#comparedAt) return;
    const rows = this.#connection.all<{ number: number; stamp: number }>('SELECT number, stamp FROM stretch_blocks');
    const stamps = new Map(rows.map(({ number, stamp }) => [number, stamp]));
    for (const [number, { stamp, block }] of this.#blocks) {
      if (stamp !== undefined && stamp === stamps.get(number)) continue;
      this.#blocks.delete(number);
      this.#bytes -= bytesOf(block);
    }
    this.#comparedAt = now;
  }

  get(number: number): StretchBlock | undefined {
    return this.#blocks.get(number)?.block;
  }

  /** Keeps a block that is not kept yet, if there is room. */
  add(number: number, stamp: number | undefined, block: StretchBlock): void {
    if (this.#bytes + bytesOf(block) > most) return;
    this.#blocks.set(number, { stamp, block });
    this.#bytes += bytesOf(block);
  }

  /** Whether it is known, without a look, that every block that is full is stored. */
  get allStored(): boolean {
    return this.#storedAt === changesOf(this.#connection);
  }

  noteAllStored(): void {
    this.#storedAt = changesOf(this.#connection);
  }
}

const kept = new WeakMap<Connection, KeptStretches>();

/** Those of a connection. */
export function keptStretches(connection: Connection): KeptStretches {
  const known = kept.get(connection) ?? new KeptStretches(connection);
  kept.set(connection, known);
  return known;
}

/** Another text after each change, by this connection or by another one. */
function changesOf(connection: Connection): string {
  const own = connection.get<{ changes: number }>('SELECT total_changes() AS changes')?.changes;
  const others = connection.get<{ data_version: number }>('PRAGMA data_version')?.data_version;
  return `${own} ${others}`;
}

function bytesOf({ facts, means }: StretchBlock): number {
  return facts.byteLength + means.byteLength;
}
