/**
 * Outputs in pieces: whoever gets a message from another thread does nothing else until all of it is unpacked, so no
 * message may hold a month of texts.
 */
import { z } from 'zod';

/** Items that belong at the end of an array of the output; `path` leads to it from the output. They are not gone through. */
export const piece = z.strictObject({
  path: z.array(z.union([z.string(), z.number()])).readonly(),
  items: z.custom<readonly unknown[]>(Array.isArray),
});
export type Piece = Readonly<z.infer<typeof piece>>;

/** Values in one message, at most, unless there is one that cannot be divided: a millisecond or two. */
const most = 1000;

/** The output with its long arrays empty, and what belongs into them, in order. */
export function inPieces(output: unknown): { readonly begun: unknown; readonly pieces: Piece[] } {
  const pieces: Piece[] = [];
  return { begun: withoutLongArrays(output, [], pieces), pieces };
}

/** Puts items where they belong. */
export function addPiece(output: unknown, { path, items }: Piece): void {
  const array = path.reduce((value, key) => (value as Record<string | number, unknown>)[key], output);
  (array as unknown[]).push(...items);
}

function withoutLongArrays(value: unknown, path: Piece['path'], pieces: Piece[]): unknown {
  if (sizeOf(value) <= most) return value;
  if (Array.isArray(value)) {
    addItems(value, path, pieces);
    return [];
  }
  const entries = Object.entries(value as object);
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutLongArrays(one, [...path, key], pieces)]));
}

function addItems(items: readonly unknown[], path: Piece['path'], pieces: Piece[]): void {
  let together: unknown[] = [];
  let size = 0;
  for (const [i, item] of items.entries()) {
    const within: Piece[] = [];
    const begun = withoutLongArrays(item, [...path, i], within);
    const more = sizeOf(begun);
    if (size + more > most) {
      pieces.push({ path, items: together });
      [together, size] = [[], 0];
    }
    together.push(begun);
    size += more;
    if (within.length === 0) continue;
    pieces.push({ path, items: together }, ...within);
    [together, size] = [[], 0];
  }
  if (together.length > 0) pieces.push({ path, items: together });
}

/** How many values there are in it, itself included. What is neither an array nor a plain object is one. */
function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), 1);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item), 1);
}
