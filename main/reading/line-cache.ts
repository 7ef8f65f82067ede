/** What lines say whose very pixels were read before: of a window that comes back, a tab, a text that was scrolled. */
import { createHash } from 'node:crypto';
import type { GreyPixels, PixelBox } from '../capture/screen-picture.ts';
import type { Exactness, Written } from './reader.ts';

const mostLines = 4000;
/** Pixels that differ by more from their ground are ink. */
const inkFrom = 24;

interface Entry {
  readonly written: Written;
  readonly exactness: Exactness;
}

export class LineCache {
  /** The longest unused first. */
  readonly #entries = new Map<string, Entry>();

  /** What was read as exactly as that, or more. */
  find(key: string, exactness: Exactness): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry || (exactness === 'exact' && entry.exactness === 'fast')) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  keep(key: string, written: Written, exactness: Exactness): void {
    this.#entries.delete(key);
    this.#entries.set(key, { written, exactness });
    if (this.#entries.size > mostLines) this.#entries.delete(this.#entries.keys().next().value!);
  }
}

/** The same for the same ink on the same ground, wherever it stands in its box. */
export function inkKey(picture: GreyPixels, box: PixelBox): string {
  const ink = inkBox(picture, box);
  const hash = createHash('sha1').update(`${ink.width}x${ink.height} `);
  for (let y = ink.y; y < ink.y + ink.height; y += 1) {
    const start = y * picture.width + ink.x;
    hash.update(picture.pixels.subarray(start, start + ink.width));
  }
  return hash.digest('base64');
}

/** The smallest box around what is not of the commonest grey. */
function inkBox({ pixels, width: rowLength }: GreyPixels, box: PixelBox): PixelBox {
  const counts = new Uint32Array(256);
  for (let y = box.y; y < box.y + box.height; y += 1) {
    for (let i = y * rowLength + box.x; i < y * rowLength + box.x + box.width; i += 1) counts[pixels[i]!]! += 1;
  }
  const ground = counts.indexOf(Math.max(...counts));
  let [left, right, top, bottom] = [box.x + box.width, box.x, box.y + box.height, box.y];
  for (let y = box.y; y < box.y + box.height; y += 1) {
    for (let x = box.x; x < box.x + box.width; x += 1) {
      if (Math.abs(pixels[y * rowLength + x]! - ground) <= inkFrom) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  if (right <= left) return box;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
