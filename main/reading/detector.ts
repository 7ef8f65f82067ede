import { type InferenceSession, Tensor } from '../vision/onnx-runtime.ts';
import { type Box, type Picture, writePlanes } from './picture.ts';
import { type TextMap, textBoxes } from './text-boxes.ts';
import { otherShape } from './weights.ts';

/** Of ImageNet, over values 0..255. */
const normalisation = {
  mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
  scale: [1 / (0.229 * 255), 1 / (0.224 * 255), 1 / (0.225 * 255)],
} as const;

/** The network halves its picture five times. */
const grid = 32;
/** Sides of what goes through the network at once: more takes more memory than reading may have. */
const tile = { width: 1024, height: 512 };
/** Pixels around a tile that the network sees too, so that a line across a border is one. */
const margin = 64;
/** A picture with a longer side is halved first: screens of that size show everything at twice the size at least. */
const longestSide = 4096;

/** Finds where text stands, at the picture's own size: lines of 12 pixels are found without enlarging. */
export class Detector {
  readonly #session: InferenceSession;

  /** @throws OnlookerError `bundle-invalid` when the graph is not a detector */
  constructor(session: InferenceSession) {
    const [input] = session.inputMetadata;
    const [output] = session.outputMetadata;
    if (!input?.isTensor || input.type !== 'float32' || input.shape.length !== 4 || input.shape[1] !== 3) {
      throw otherShape('detector', 'does not take pictures [N, 3, H, W]');
    }
    if (!output?.isTensor || output.shape.length !== 4 || output.shape[1] !== 1) {
      throw otherShape('detector', 'does not give maps [N, 1, H, W]');
    }
    this.#session = session;
  }

  /** Boxes in no order, in pixels of the picture. Undefined when `until` (of `performance.now`) came first. */
  async detect(picture: Picture, until: number): Promise<Box[] | undefined> {
    const halvings = Math.ceil(Math.log2(Math.max(picture.width, picture.height) / longestSide));
    const factor = 2 ** Math.max(0, halvings);
    const width = Math.ceil(picture.width / factor);
    const height = Math.ceil(picture.height / factor);
    const map = { values: new Uint8Array(width * height), width, height };
    for (const part of tiles(map)) {
      if (performance.now() > until) return undefined;
      await this.#mark(picture, factor, part, map);
    }
    return textBoxes(map).map((box) => ({
      x: box.x * factor,
      y: box.y * factor,
      width: Math.min(picture.width - box.x * factor, box.width * factor),
      height: Math.min(picture.height - box.y * factor, box.height * factor),
    }));
  }

  /** Fills one tile of the map. */
  async #mark(picture: Picture, factor: number, part: Box, map: TextMap): Promise<void> {
    const seen = withMargin(part, map);
    const width = Math.ceil(seen.width / grid) * grid;
    const height = Math.ceil(seen.height / grid) * grid;
    const values = new Float32Array(3 * width * height);
    const from = { x: seen.x * factor, y: seen.y * factor, width: seen.width * factor, height: seen.height * factor };
    writePlanes(picture, from, seen, normalisation, {
      values,
      offset: 0,
      rowLength: width,
      planeLength: width * height,
    });
    const input = new Tensor('float32', values, [1, 3, height, width]);
    const results = await this.#session.run({ [this.#session.inputNames[0]!]: input });
    const output = results[this.#session.outputNames[0]!]!;
    const likely = output.data as Float32Array;
    if (likely.length !== width * height) throw otherShape('detector', 'gives maps of another size');
    for (let y = 0; y < part.height; y += 1) {
      const row = (y + part.y - seen.y) * width + part.x - seen.x;
      const to = (y + part.y) * map.width + part.x;
      for (let x = 0; x < part.width; x += 1) map.values[to + x] = likely[row + x]! * 255;
    }
    output.dispose();
  }
}

/** Parts of about the same size that cover the map. */
function tiles({ width, height }: TextMap): Box[] {
  const across = cuts(width, tile.width);
  return cuts(height, tile.height).flatMap((down) =>
    across.map((part) => ({ x: part.from, width: part.length, y: down.from, height: down.length })),
  );
}

function cuts(length: number, most: number): { readonly from: number; readonly length: number }[] {
  const count = Math.ceil(length / most);
  const place = (i: number) => Math.round((i * length) / count);
  return Array.from({ length: count }, (_, i) => ({ from: place(i), length: place(i + 1) - place(i) }));
}

function withMargin(part: Box, map: TextMap): Box {
  const x = Math.max(0, part.x - margin);
  const y = Math.max(0, part.y - margin);
  const right = Math.min(map.width, part.x + part.width + margin);
  const bottom = Math.min(map.height, part.y + part.height + margin);
  return { x, y, width: right - x, height: bottom - y };
}
