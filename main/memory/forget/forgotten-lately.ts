import { z } from 'zod';
import type { Connection } from '../store/connection.ts';

/** A span of the wall clock, milliseconds since 1970, both included. */
export const forgottenSpan = z.strictObject({ from: z.number(), to: z.number() });
export type ForgottenSpan = Readonly<z.infer<typeof forgottenSpan>>;

interface ForgottenRow {
  readonly id: number;
  readonly from_at: number;
  readonly to_at: number;
  readonly source_id: number | null;
}

/** What was seen before a forgetting may be written up to this much later, milliseconds. */
const lateMs = 60_000;

/**
 * Which rows of a recorder were forgotten before they were written: a row that waits in a queue must not come back after
 * its span was deleted. Only for a while after each forgetting, so that a clock that is set back loses nothing new.
 */
export class ForgottenLately {
  readonly #connection: Connection;
  /** Every id the source has had: forgetting it and watching on gives it a new one. */
  readonly #sources = new Set<number>();
  #lastId: number;
  #spans: (ForgottenSpan & { readonly until: number })[] = [];
  /** Spans of which whoever remembers more than the memory has not been told. */
  #untold: ForgottenSpan[] = [];

  constructor(connection: Connection, source: string) {
    this.#connection = connection;
    const { last } = connection.get<{ last: number }>('SELECT coalesce(max(id), 0) AS last FROM forgotten') ?? {
      last: 0,
    };
    this.#lastId = last;
    const known = connection.get<{ id: number }>('SELECT id FROM sources WHERE name = ?', source);
    if (known) this.addSource(known.id);
    // A snapshot may be gone on from that is older. Of a source that is gone itself nobody knows whether it was this one.
    const kept = connection.all<ForgottenRow>(
      `SELECT id, from_at, to_at, source_id FROM forgotten
       WHERE source_id IS NULL OR source_id = ? OR source_id NOT IN (SELECT id FROM sources) ORDER BY id`,
      known?.id ?? null,
    );
    this.#untold = kept.map(({ from_at: from, to_at: to }) => ({ from, to }));
  }

  addSource(id: number): void {
    this.#sources.add(id);
  }

  /** Reads what was forgotten since the last look. The returned function tells by a row's wall clock, milliseconds. */
  look(): (at: number) => boolean {
    const now = performance.now();
    const rows = this.#connection.all<ForgottenRow>(
      'SELECT id, from_at, to_at, source_id FROM forgotten WHERE id > ? ORDER BY id',
      this.#lastId,
    );
    for (const { id, from_at: from, to_at: to, source_id: source } of rows) {
      this.#lastId = id;
      if (source !== null && !this.#sources.has(source)) continue;
      this.#spans.push({ from, to, until: now + lateMs });
      this.#untold.push({ from, to });
    }
    this.#spans = this.#spans.filter(({ until }) => now < until);
    return (at) => this.#spans.some(({ from, to }) => from <= at && at <= to);
  }

  /** Looks, and returns what was not returned before: at first, all that is still noted. */
  takeSpans(): ForgottenSpan[] {
    this.look();
    return this.#untold.splice(0);
  }
}
