/**
 * Stretches: frames of one session, one after another, that look alike. A screen seldom changes altogether, so a
 * thousand frames are some ten to a hundred stretches, and the mean of a stretch says how like a text any of them is.
 */
import { dot, unpackEmbedding } from './embedding.ts';

/** What of a frame goes into a stretch. */
export interface EmbeddedFrame {
  readonly id: number;
  readonly session: number;
  readonly t: number;
  readonly at: number;
  readonly embedding: Uint8Array;
}

/** Where a stretch lies: ids of its first and last frame, media time in seconds, wall clock in milliseconds. */
export interface Stretch {
  readonly session: number;
  readonly frames: number;
  readonly firstId: number;
  readonly lastId: number;
  readonly fromT: number;
  readonly toT: number;
  readonly fromAt: number;
  readonly toAt: number;
}

/** The stretches of a block, side by side: a search walks through all of them, and an object for each would be slow. */
export interface StretchBlock {
  /** The fields of `Stretch`, then the width of its mean and what a step of it stands for. */
  readonly facts: Float64Array;
  /** Means of the embeddings, one after another, 8 bits a number. */
  readonly means: Int8Array;
}

/** Frames this like the first one belong to its stretch. */
const alike = 0.95;
/** A stretch has at most this many, so that the best few stretches are not all the same hour. */
const longest = 64;
const fields = 10;

/** Frames in the order of their ids to stretches. Sessions that run side by side do not cut each other's. */
export function stretchesOf(frames: Iterable<EmbeddedFrame>): StretchBlock {
  const all: Growing[] = [];
  const open = new Map<number, Growing>();
  for (const frame of frames) {
    const embedding = unpackEmbedding(frame.embedding);
    let stretch = open.get(frame.session);
    if (!stretch?.takes(embedding)) {
      stretch = new Growing(frame, embedding);
      all.push(stretch);
      open.set(frame.session, stretch);
    }
    stretch.add(frame, embedding);
  }
  const means = all.map((stretch) => stretch.mean());
  const facts = all.map((stretch, i) => [...stretch.facts, means[i]!.steps.length, means[i]!.step]);
  return {
    facts: Float64Array.from(facts.flat()),
    means: Int8Array.from(means.flatMap(({ steps }) => steps)),
  };
}

/** What stretches are compared with: in whole numbers, as large as their products may be for a sum to stay within 31 bits. */
export interface Wanted {
  readonly steps: Int32Array;
  /** What a step stands for. */
  readonly step: number;
}

/** An embedding, made ready for `lookThrough`. */
export function wantedSteps(embedding: Float32Array): Wanted {
  const largest = embedding.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const step = (largest * 128 * Math.max(1, embedding.length)) / 2 ** 31 || 1;
  return { steps: Int32Array.from(embedding, (value) => Math.trunc(value / step)), step };
}

/** Calls `visit` with each stretch that is more like it than `floor` is by then. */
export function lookThrough(
  { facts, means }: StretchBlock,
  { steps, step }: Wanted,
  floor: () => number,
  visit: (likeness: number, stretch: Stretch) => void,
): void {
  let place = 0;
  for (let row = 0; row < facts.length; row += fields) {
    const width = facts[row + fields - 2]!;
    // An embedding of another width is another model's.
    if (width === steps.length) {
      const likeness = product(steps, means, place) * step * facts[row + fields - 1]!;
      if (likeness > floor()) visit(likeness, stretchAt(facts, row));
    }
    place += width;
  }
}

/** Sum of the products with the mean at a place. Four sums side by side, of whole numbers, take half the time of one. */
function product(steps: Int32Array, means: Int8Array, place: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const { length } = steps;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    const at = place + i;
    a = (a + Math.imul(steps[i]!, means[at]!)) | 0;
    b = (b + Math.imul(steps[i + 1]!, means[at + 1]!)) | 0;
    c = (c + Math.imul(steps[i + 2]!, means[at + 2]!)) | 0;
    d = (d + Math.imul(steps[i + 3]!, means[at + 3]!)) | 0;
  }
  for (; i < length; i++) a += Math.imul(steps[i]!, means[place + i]!);
  return a + b + c + d;
}

function stretchAt(facts: Float64Array, row: number): Stretch {
  const [session, frames, firstId, lastId, fromT, toT, fromAt, toAt] = facts.subarray(row, row + fields);
  return {
    ...{ session: session!, frames: frames!, firstId: firstId!, lastId: lastId! },
    ...{ fromT: fromT!, toT: toT!, fromAt: fromAt!, toAt: toAt! },
  };
}

class Growing {
  readonly #first: EmbeddedFrame;
  readonly #likeThis: Float16Array;
  readonly #sum: Float64Array;
  #last: EmbeddedFrame;
  #frames = 0;
  // A clock may be set back, and a source begin anew.
  #t = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  #at = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };

  constructor(first: EmbeddedFrame, embedding: Float16Array) {
    this.#first = first;
    this.#last = first;
    this.#likeThis = embedding;
    this.#sum = new Float64Array(embedding.length);
  }

  takes(embedding: Float16Array): boolean {
    if (this.#frames === longest || embedding.length !== this.#likeThis.length) return false;
    return dot(embedding, this.#likeThis) >= alike;
  }

  add(frame: EmbeddedFrame, embedding: Float16Array): void {
    this.#frames++;
    this.#last = frame;
    this.#t = { from: Math.min(this.#t.from, frame.t), to: Math.max(this.#t.to, frame.t) };
    this.#at = { from: Math.min(this.#at.from, frame.at), to: Math.max(this.#at.to, frame.at) };
    for (let i = 0; i < embedding.length; i++) this.#sum[i]! += embedding[i]!;
  }

  get facts(): number[] {
    const { session, id } = this.#first;
    return [session, this.#frames, id, this.#last.id, this.#t.from, this.#t.to, this.#at.from, this.#at.to];
  }

  mean(): { readonly steps: number[]; readonly step: number } {
    const mean = Array.from(this.#sum, (value) => value / this.#frames);
    const step = mean.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127 || 1;
    return { steps: mean.map((value) => Math.round(value / step)), step };
  }
}
