/** Keeps the areas that masks hide as they were before, so that hiding something is not seen as an event. */
import type { HiddenArea } from './exclusions.ts';
import type { Size } from './frame.ts';
import { inFrame } from './masks.ts';

/**
 * Seconds before a mask begins from which the picture is kept: a window may show its secret for a moment before its
 * title says so.
 */
export const settled = 1;

/** A frame as it was given on. Each byte of `hidden` and `known` stands for one pixel. */
interface Shown {
  readonly t: number;
  readonly pixels: Uint8Array;
  /** 1: a mask hides it; 2: one of a window that was seen there before. Undefined: none hides anything. */
  readonly hidden: Uint8Array | undefined;
  /** 0: nothing to be kept has been seen there yet, and the pixel is black. Undefined: no pixel is. */
  readonly known: Uint8Array | undefined;
}

/**
 * Paints masks out of RGB24 frames. A hidden pixel keeps what was seen there a second before its mask began, or is black
 * where nothing was seen, or the window itself. Only pixels that were given on are ever kept, so none comes from behind a
 * mask.
 */
export class HiddenAreas {
  readonly #frame: Size;
  /** The oldest first; all but one younger than `settled`. */
  #shown: Shown[] = [];
  /** Room of a frame that is kept no longer. */
  #spare: Uint8Array | undefined;

  constructor(frame: Size) {
    this.#frame = frame;
  }

  /**
   * Hides the masks in a frame, in place.
   * @param picture size of what was letterboxed into the frame
   * @returns whether the frame cannot be compared with one before: it is the first, or black has come or gone
   */
  hide(pixels: Uint8Array, t: number, picture: Size | undefined, masks: readonly HiddenArea[]): boolean {
    const last = this.#shown.at(-1);
    // Most frames: the copy, for a mask that begins in a second, is all they cost.
    if (masks.length === 0 && !last?.known) {
      this.#keep({ t, pixels: this.#copy(pixels), hidden: undefined, known: undefined });
      return !last;
    }
    const before = this.#shown.findLast((shown) => t - shown.t >= settled);
    const hidden = this.#areas(picture, masks);
    const known = new Uint8Array(hidden.length).fill(1);
    let incomparable = !last;
    let black = false;
    for (let at = 0; at < hidden.length; at += 1) {
      const wasKnown = last?.known?.[at] ?? 1;
      if (!hidden[at] && wasKnown) continue;
      const byte = 3 * at;
      if (hidden[at]) {
        const source = last?.hidden?.[at] ? last : hidden[at] === 2 ? undefined : before;
        known[at] = source ? (source.known?.[at] ?? 1) : 0;
        black ||= known[at] === 0;
        for (let i = byte; i < byte + 3; i += 1) pixels[i] = known[at] ? source!.pixels[i]! : 0;
      }
      if (incomparable || !last || known[at] === wasKnown) continue;
      for (let i = byte; i < byte + 3; i += 1) incomparable ||= pixels[i] !== last.pixels[i];
    }
    this.#keep({ t, pixels: this.#copy(pixels), hidden, known: black ? known : undefined });
    return incomparable;
  }

  /** Keeps nothing of what was seen so far. */
  forget(): void {
    this.#shown = [];
  }

  #keep(shown: Shown): void {
    this.#shown.push(shown);
    while (this.#shown[1] && shown.t - this.#shown[1].t >= settled) this.#spare = this.#shown.shift()!.pixels;
  }

  #copy(pixels: Uint8Array): Uint8Array {
    const copy = this.#spare ?? new Uint8Array(pixels.length);
    this.#spare = undefined;
    copy.set(pixels);
    return copy;
  }

  /** For each pixel what `Shown.hidden` says. */
  #areas(picture: Size | undefined, masks: readonly HiddenArea[]): Uint8Array {
    const { width, height } = this.#frame;
    const hidden = new Uint8Array(width * height);
    // Where two windows lie, one that was seen there before decides.
    for (const mask of masks.toSorted((a, b) => Number(a.seenBefore ?? false) - Number(b.seenBefore ?? false))) {
      const { left, top, right, bottom } = inFrame(mask, this.#frame, picture);
      const by = mask.seenBefore ? 2 : 1;
      for (let y = top; y < bottom; y += 1) hidden.fill(by, y * width + left, y * width + Math.max(left, right));
    }
    return hidden;
  }
}
