import { open } from 'node:fs/promises';
import type { BytePath } from '../base/byte-names.ts';

/** Reads up to `length` bytes at `position`. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

/** What `look` finds in a file; undefined also where it cannot be read, and when `signal` ends the reading. */
export async function lookInto<T>(
  path: BytePath,
  look: (read: ReadAt, size: number) => Promise<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const read: ReadAt = async (position, length) => {
      signal?.throwIfAborted();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    return await look(read, size);
  } catch {
    return undefined;
  }
}
