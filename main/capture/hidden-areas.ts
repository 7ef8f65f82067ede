/** Keeps the areas that masks hide as they were before, so that hiding something is not seen as an event. */
import type { Size } from './frame.ts';
import { inFrame, type Mask } from './masks.ts';

/**
 * Seconds before a mask begins from which the picture is kept: a window may show its secret for a moment before its
 * title says so.
 */
const settled = 1;

/** A frame as it was given on. Each byte of `hidden` and `known` stands for one pixel. */
interface Shown {
  readonly t: number;
  readonly pixels: Uint8Array;
  readonly hidden: Uint8Array;
  /** 0: nothing has been seen there yet, and the pixel is black. */
  readonly known: Uint8Array;
}

/**
 * Paints masks out of RGB24 frames. A hidden pixel keeps what was seen there a second before its mask began, or is black
 * where nothing was seen. Only pixels that were given on are ever kept, so none comes from behind a mask.
 */
export class HiddenAreas {
  readonly #frame: Size;
  /** The oldest first; all but one younger than `settled`. */
  #shown: Shown[] = [];

  constructor(frame: Size) {
    this.#frame = frame;
  }

  /**
   * Hides the masks in a frame, in place.
   * @param picture size of what was letterboxed into the frame
   * @returns whether the frame cannot be compared with one before: it is the first, or black has come or gone
   */
  hide(pixels: Uint8Array, t: number, picture: Size | undefined, masks: readonly Mask[]): boolean {
    const last = this.#shown.at(-1);
    const before = this.#shown.findLast((shown) => t - shown.t >= settled);
    const hidden = this.#areas(picture, masks);
    const known = new Uint8Array(hidden.length).fill(1);
    let incomparable = !last;
    for (let at = 0; at < hidden.length; at += 1) {
      const byte = 3 * at;
      if (hidden[at]) {
        const source = last?.hidden[at] ? last : before;
        known[at] = source?.known[at] ?? 0;
        for (let i = byte; i < byte + 3; i += 1) pixels[i] = known[at] ? source!.pixels[i]! : 0;
      }
      if (!last || known[at] === last.known[at]) continue;
      for (let i = byte; i < byte + 3; i += 1) incomparable ||= pixels[i] !== last.pixels[i];
    }
    this.#shown.push({ t, pixels: pixels.slice(), hidden, known });
    while (this.#shown[1] && t - this.#shown[1].t >= settled) this.#shown.shift();
    return incomparable;
  }

  /** Keeps nothing of what was seen so far. */
  forget(): void {
    this.#shown = [];
  }

  /** 1 for each pixel that a mask hides. */
  #areas(picture: Size | undefined, masks: readonly Mask[]): Uint8Array {
    const { width, height } = this.#frame;
    const hidden = new Uint8Array(width * height);
    for (const mask of masks) {
      const { left, top, right, bottom } = inFrame(mask, this.#frame, picture);
      for (let y = top; y < bottom; y += 1) hidden.fill(1, y * width + left, y * width + Math.max(left, right));
    }
    return hidden;
  }
}
