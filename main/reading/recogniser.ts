import { type InferenceSession, Tensor } from '../vision/onnx-runtime.ts';
import { type Box, type Picture, writePlanes } from './picture.ts';
import { otherShape, type WeightName } from './weights.ts';

/** What one line says. */
export interface Recognised {
  readonly text: string;
  /** Mean likelihood of its characters, 0..1. */
  readonly confidence: number;
  /** The least of them. */
  readonly weakest: number;
}

const normalisation = { mean: [127.5, 127.5, 127.5], scale: [1 / 127.5, 1 / 127.5, 1 / 127.5] } as const;

/** Height of a line as the network takes it. */
const lineHeight = 48;
/** Columns of one run, all its lines together: more takes more memory than reading may have. */
const mostColumns = 3840;
const leastColumns = 48;

/** Reads lines that were found, with one network and its characters. */
export class Recogniser {
  readonly #session: InferenceSession;
  readonly #name: WeightName;
  /** By class of the network: nothing first, a space last. */
  readonly #characters: readonly string[];

  /**
   * @param list the characters, one a line
   * @throws OnlookerError `bundle-invalid` when the graph does not read with these characters
   */
  constructor(session: InferenceSession, name: WeightName, list: string) {
    this.#session = session;
    this.#name = name;
    this.#characters = ['', ...list.split(/\r?\n/).filter((line) => line !== ''), ' '];
    const [input] = session.inputMetadata;
    const [output] = session.outputMetadata;
    if (!input?.isTensor || input.type !== 'float32' || input.shape[1] !== 3 || input.shape[2] !== lineHeight) {
      throw otherShape(name, `does not take lines [N, 3, ${lineHeight}, W]`);
    }
    if (!output?.isTensor || output.shape[2] !== this.#characters.length) {
      throw otherShape(name, `does not tell ${this.#characters.length} characters apart`);
    }
  }

  /** In the order of the boxes. Those not reached before `until` (of `performance.now`) are undefined. */
  async recognise(picture: Picture, boxes: readonly Box[], until: number): Promise<(Recognised | undefined)[]> {
    const read: (Recognised | undefined)[] = boxes.map(() => undefined);
    for (const batch of batches(boxes)) {
      if (performance.now() > until) break;
      const texts = await this.#run(
        picture,
        batch.map((i) => boxes[i]!),
      );
      for (const [at, i] of batch.entries()) read[i] = texts[at];
    }
    return read;
  }

  async #run(picture: Picture, boxes: readonly Box[]): Promise<Recognised[]> {
    const width = Math.max(...boxes.map(columnsOf));
    const planeLength = lineHeight * width;
    const values = new Float32Array(boxes.length * 3 * planeLength);
    for (const [i, box] of boxes.entries()) {
      const target = { values, offset: i * 3 * planeLength, rowLength: width, planeLength };
      writePlanes(picture, box, { width: columnsOf(box), height: lineHeight }, normalisation, target);
    }
    const input = new Tensor('float32', values, [boxes.length, 3, lineHeight, width]);
    const results = await this.#session.run({ [this.#session.inputNames[0]!]: input });
    const output = results[this.#session.outputNames[0]!]!;
    const [count, steps, classes] = output.dims;
    if (count !== boxes.length || steps === undefined || classes !== this.#characters.length) {
      throw otherShape(this.#name, 'gives likelihoods of another shape');
    }
    const likely = output.data as Float32Array;
    const rows = boxes.map((_, i) => likely.subarray(i * steps * classes, (i + 1) * steps * classes));
    const read = rows.map((row) => decode(row, this.#characters));
    output.dispose();
    return read;
  }
}

/** Greedy CTC: the likeliest class of each step; repeats are one, and class 0 is none. */
export function decode(likely: Float32Array, characters: readonly string[]): Recognised {
  const classes = characters.length;
  let text = '';
  let sum = 0;
  let weakest = 1;
  let count = 0;
  let before = 0;
  for (let at = 0; at + classes <= likely.length; at += classes) {
    let best = 0;
    for (let i = 1; i < classes; i += 1) if (likely[at + i]! > likely[at + best]!) best = i;
    if (best !== 0 && best !== before) {
      text += characters[best];
      sum += likely[at + best]!;
      weakest = Math.min(weakest, likely[at + best]!);
      count += 1;
    }
    before = best;
  }
  return { text: text.trim(), confidence: count > 0 ? sum / count : 0, weakest };
}

function columnsOf(box: Box): number {
  const columns = Math.round((box.width * lineHeight) / box.height);
  return Math.min(mostColumns, Math.max(leastColumns, columns));
}

/** Lines of about the same length together: the shorter ones of a batch are padded. */
function batches(boxes: readonly Box[]): number[][] {
  const order = boxes.keys().toArray();
  order.sort((a, b) => columnsOf(boxes[a]!) - columnsOf(boxes[b]!));
  const all: number[][] = [];
  for (const i of order) {
    const batch = all.at(-1);
    if (batch && (batch.length + 1) * columnsOf(boxes[i]!) <= mostColumns && batch.length < 8) batch.push(i);
    else all.push([i]);
  }
  return all;
}
