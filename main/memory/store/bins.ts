/**
 * Bins: a few seconds of a session each, with the sum of what its pictures look like. A recap and a list of days look at
 * these instead of at every frame.
 */

import { unpackEmbedding } from './embedding.ts';
import { corrupt } from './failures.ts';

/** Length of a bin, seconds of media time. */
export const binSeconds = 5;

/** What of a frame goes into a bin. */
export interface BinnedFrame {
  readonly session: number;
  readonly t: number;
  readonly at: number;
  readonly changed: number;
  readonly embedding: Uint8Array | null;
}

export interface Bin {
  readonly session: number;
  /** Bins of a session are counted from its media time 0. */
  readonly index: number;
  /** Media time of the first frame in it, and of the latest, seconds. */
  readonly from: number;
  to: number;
  /** Wall clock of the same, milliseconds since 1970. */
  readonly at: number;
  until: number;
  changed: boolean;
  /** Sum of its frames' embeddings, [E]; a frame without one looks as the one before it. */
  sum: Float32Array | undefined;
  /** Frames that are not in the sum: they come before the first embedding, and look as what came before. */
  unseen: number;
}

/** The bins of some frames in a row. */
export interface BinBlock {
  readonly bins: readonly Bin[];
  /** What each session looked like at last. */
  readonly last: ReadonlyMap<number, Float16Array | Float32Array>;
}

/** A block as bytes. */
export interface PackedBins {
  readonly facts: Float64Array;
  readonly means: Int8Array;
}

/** Puts frames into bins, in the order of their ids. */
export function binsOf(frames: Iterable<BinnedFrame>): BinBlock {
  const bins = new Map<string, Bin>();
  const last = new Map<number, Float16Array>();
  for (const { session, t, at, changed, embedding } of frames) {
    const seen = embedding ? unpackEmbedding(embedding) : last.get(session);
    if (seen) last.set(session, seen);
    const index = Math.floor(t / binSeconds);
    const key = `${session} ${index}`;
    let bin = bins.get(key);
    if (!bin) {
      bin = { session, index, from: t, to: t, at, until: at, changed: false, sum: undefined, unseen: 0 };
      bins.set(key, bin);
    }
    bin.to = Math.max(bin.to, t);
    bin.until = Math.max(bin.until, at);
    bin.changed ||= changed > 0;
    if (seen) addTo(bin, seen, 1);
    else bin.unseen++;
  }
  return { bins: [...bins.values()], last };
}

/** Adds a picture so many times to what the bin looks like. Another width is another model's: it begins anew. */
export function addTo(bin: Bin, picture: Float16Array | Float32Array, times: number): void {
  if (bin.sum?.length !== picture.length) bin.sum = new Float32Array(picture.length);
  const { sum } = bin;
  for (let i = 0; i < picture.length; i++) sum[i]! += times * picture[i]!;
}

/** Numbers of a row of facts: eight of a bin, then the width of its sum and what a step of it stands for. */
const fields = 10;
/** In the place of the bin's index: the row tells what the session looked like at last. */
const lastPicture = Number.MIN_SAFE_INTEGER;

/** Sums take 8 bits a number. */
export function packBins({ bins, last }: BinBlock): PackedBins {
  const rows = bins.length + last.size;
  const facts = new Float64Array(rows * fields);
  const pictures = [...bins.map(({ sum }) => sum), ...last.values()];
  const means = new Int8Array(pictures.reduce((length, picture) => length + (picture?.length ?? 0), 0));
  for (const [i, { session, index, from, to, at, until, changed, unseen }] of bins.entries()) {
    facts.set([session, index, from, to, at, until, changed ? 1 : 0, unseen], i * fields);
  }
  for (const [i, session] of [...last.keys()].entries()) facts.set([session, lastPicture], (bins.length + i) * fields);
  let place = 0;
  for (const [row, picture] of pictures.entries()) {
    if (!picture) continue;
    let most = 0;
    for (const value of picture) most = Math.max(most, Math.abs(value));
    const step = most / 127 || 1;
    facts.set([picture.length, step], row * fields + 8);
    for (const value of picture) means[place++] = Math.round(value / step);
  }
  return { facts, means };
}

/** The reverse. @throws what SQLite would say of a damaged page, when the two do not belong together */
export function unpackBins({ facts, means }: PackedBins): BinBlock {
  if (facts.length % fields !== 0) throw corrupt('a block of bins has another length');
  const bins: Bin[] = [];
  const last = new Map<number, Float32Array>();
  // Side by side in one buffer: a month has hundreds of thousands of bins.
  const sums = new Float32Array(means.length);
  let place = 0;
  for (let row = 0; row < facts.length; row += fields) {
    const [session, index, from, to, at, until, changed, unseen, width, step] = facts.subarray(row, row + fields);
    if (!(width! >= 0 && place + width! <= means.length)) throw corrupt('a block of bins lacks a part');
    const sum = width! > 0 ? sums.subarray(place, place + width!) : undefined;
    for (const end = place + width!; place < end; place++) sums[place] = step! * means[place]!;
    if (index === lastPicture) last.set(session!, sum!);
    else {
      const span = { from: from!, to: to!, at: at!, until: until! };
      bins.push({ session: session!, index: index!, ...span, changed: changed! > 0, sum, unseen: unseen! });
    }
  }
  return { bins, last };
}
