/** The gate before the encoder: which frames are worth looking at, and which changed nothing. */

export interface GateShape {
  /** Frame size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Side of a square cell in pixels; cells at the right and bottom edge may be smaller. */
  readonly cell: number;
  /** A cell has changed when its mean absolute difference (0..255, over all channels) is above this. */
  readonly threshold: number;
  /** Still frames in a row that still reach the model. */
  readonly keep: number;
}

export interface GateDecision {
  /** Cells that changed since the last encoded frame; all of them on the first frame. */
  readonly changed: number;
  /** Run the encoder on this frame. */
  readonly encode: boolean;
  /** Hand this frame to the model: encoded, or as one of the first `keep` still ones. */
  readonly feed: boolean;
}

/** Compares RGB24 frames with the last one that was encoded. Keeps its own copy of that frame. */
export class ChangeGate {
  readonly #shape: GateShape;
  readonly #reference: Buffer;
  #primed = false;
  /** Still frames since the last encoded one. Settable, so that a snapshot can bring it back. */
  stillRun = 0;

  constructor(shape: GateShape) {
    this.#shape = shape;
    this.#reference = Buffer.alloc(shape.width * shape.height * 3);
  }

  next(pixels: Uint8Array): GateDecision {
    const changed = this.#changed(pixels);
    if (changed > 0) {
      this.prime(pixels);
      this.stillRun = 0;
      return { changed, encode: true, feed: true };
    }
    this.stillRun += 1;
    return { changed, encode: false, feed: this.stillRun <= this.#shape.keep };
  }

  /** Takes `pixels` for the last encoded frame; counts nothing. */
  prime(pixels: Uint8Array): void {
    this.#check(pixels);
    this.#reference.set(pixels);
    this.#primed = true;
  }

  /** Forgets everything: the next frame is a first frame. */
  reset(): void {
    this.#primed = false;
    this.stillRun = 0;
  }

  #changed(pixels: Uint8Array): number {
    this.#check(pixels);
    const { width, height, cell } = this.#shape;
    if (!this.#primed) return Math.ceil(width / cell) * Math.ceil(height / cell);
    // Most of a desktop is the same as before, and comparing memory costs a twentieth of comparing cells.
    if (this.#reference.equals(pixels)) return 0;
    let changed = 0;
    for (let top = 0; top < height; top += cell) {
      if (this.#rowsEqual(pixels, top, Math.min(top + cell, height))) continue;
      for (let left = 0; left < width; left += cell) {
        if (this.#cellChanged(pixels, top, left)) changed += 1;
      }
    }
    return changed;
  }

  #rowsEqual(pixels: Uint8Array, top: number, bottom: number): boolean {
    const [start, end] = [top * this.#shape.width * 3, bottom * this.#shape.width * 3];
    return this.#reference.compare(pixels, start, end, start, end) === 0;
  }

  /** Integer sums, so that the verdict is the same on every machine. */
  #cellChanged(pixels: Uint8Array, top: number, left: number): boolean {
    const { width, height, cell, threshold } = this.#shape;
    const reference = this.#reference;
    const bottom = Math.min(top + cell, height);
    const bytes = (Math.min(left + cell, width) - left) * 3;
    const limit = threshold * (bottom - top) * bytes;
    let sum = 0;
    for (let y = top; y < bottom; y += 1) {
      const start = (y * width + left) * 3;
      const end = start + bytes;
      for (let i = start; i < end; i += 1) sum += Math.abs(pixels[i]! - reference[i]!);
      if (sum > limit) return true;
    }
    return false;
  }

  #check(pixels: Uint8Array): void {
    if (pixels.length !== this.#reference.length) {
      throw new RangeError(`A frame of ${pixels.length} bytes where ${this.#reference.length} were expected`);
    }
  }
}
