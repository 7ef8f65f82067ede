/** A recording that comes through a pipe: its beginning is looked at, and is there still when it is read. */
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes that are looked at, and milliseconds that are waited for more once the first are there. */
const enough = 1_000_000;
const patience = 500;

/** A stream of bytes that can be looked at before it is read. */
export interface Piped extends Disposable {
  readonly head: Uint8Array;
  /** All of it, from the first byte. Read once. */
  all(): AsyncIterable<Uint8Array>;
}

/** Waits for the beginning of a stream. Disposing closes the stream, so that whoever writes into it ends. */
export async function lookAhead(stream: Readable): Promise<Piped> {
  const reader: AsyncIterator<Uint8Array> = stream.iterator();
  const taken: Uint8Array[] = [];
  let size = 0;
  let next = reader.next();
  let late: Promise<undefined> | undefined;
  while (size < enough) {
    const got = await (late ? Promise.race([next, late]) : next);
    if (!got || got.done) break;
    taken.push(got.value);
    size += got.value.length;
    next = reader.next();
    late ??= sleep(patience, undefined, { ref: false });
  }
  next.catch(() => {}); // whoever reads it hears of it
  return {
    head: Buffer.concat(taken),
    async *all() {
      yield* taken;
      for (let got = await next; !got.done; got = await reader.next()) yield got.value;
    },
    [Symbol.dispose]: () => void stream.destroy(),
  };
}
