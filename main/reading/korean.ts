/** Lines in Hangul, which the other recognisers have not learned: Tesseract, as WebAssembly, on the thread that calls. */
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { OnlookerError } from '../base/errors.ts';
import { type Box, type Picture, writePlanes } from './picture.ts';
import type { Recognised } from './recogniser.ts';
import { readWeights, weightsPath } from './weights.ts';

/** Of its C++ interface what is used here. */
interface Tesseract {
  readonly FS: { writeFile(path: string, data: Uint8Array): void };
  readonly TessBaseAPI: new () => {
    Init(folder: string | null, language: string, engine: number): number;
    SetVariable(name: string, value: string): void;
    SetPageSegMode(mode: number): void;
    /** Takes the file `/input`; 0 when it could be read. */
    SetImageFile(orientation: number, angle: number): number;
    Recognize(monitor: null): number;
    GetUTF8Text(): string;
    /** 0..100 */
    MeanTextConf(): number;
  };
}

type StartTesseract = (options: {
  readonly wasmBinary: Uint8Array;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}) => Promise<Tesseract>;

/** Tesseract's numbers for "the network only" and "one line of text". */
const networkOnly = 1;
const singleLine = 7;
/** Height of a line as it likes them, and the empty space around it. */
const lineHeight = 56;
const border = 12;
const mostColumns = 4000;
const normalisation = { mean: [0, 0, 0], scale: [1, 1, 1] } as const;

export class KoreanRecogniser {
  readonly #tesseract: Tesseract;
  readonly #api: InstanceType<Tesseract['TessBaseAPI']>;

  /** It loads nothing but the three files, and writes nothing. @throws OnlookerError as `readWeights`, `model-unloadable` */
  static async open(folder: string): Promise<KoreanRecogniser> {
    await readWeights(folder, 'tesseract');
    const script = await weightsPath(folder, 'tesseract');
    const start = createRequire(import.meta.url)(script) as StartTesseract;
    const quiet = () => {};
    try {
      const wasmBinary = await readWeights(folder, 'tesseractWasm');
      const tesseract = await start({ wasmBinary, print: quiet, printErr: quiet });
      tesseract.FS.writeFile('/kor.traineddata', gunzipSync(await readWeights(folder, 'korean')));
      return new KoreanRecogniser(tesseract);
    } catch (cause) {
      if (cause instanceof OnlookerError) throw cause;
      const message = `Tesseract in ${folder} cannot be loaded. Install Onlooker again.`;
      throw new OnlookerError('model-unloadable', message, { cause });
    }
  }

  private constructor(tesseract: Tesseract) {
    this.#tesseract = tesseract;
    this.#api = new tesseract.TessBaseAPI();
    if (this.#api.Init(null, 'kor', networkOnly) !== 0) throw new Error('it does not take its language file');
    this.#api.SetPageSegMode(singleLine);
    this.#api.SetVariable('user_defined_dpi', '300');
  }

  /** Undefined for a line without Hangul. Some 50 ms; nothing can end it but its thread. */
  recognise(picture: Picture, box: Box): Recognised | undefined {
    this.#tesseract.FS.writeFile('/input', greyLine(picture, box));
    if (this.#api.SetImageFile(1, 0) !== 0) return undefined;
    this.#api.Recognize(null);
    const text = this.#api.GetUTF8Text().replaceAll(/\s+/g, ' ').trim();
    const confidence = this.#api.MeanTextConf() / 100;
    return /\p{sc=Hangul}/u.test(text) ? { text, confidence, weakest: confidence } : undefined;
  }
}

/** A line as a picture file (PGM), dark on light, with empty space around it. */
function greyLine(picture: Picture, box: Box): Buffer {
  const columns = Math.min(mostColumns, Math.max(1, Math.round((box.width * lineHeight) / box.height)));
  const planeLength = columns * lineHeight;
  const values = new Float32Array(3 * planeLength);
  const target = { values, offset: 0, rowLength: columns, planeLength };
  writePlanes(picture, box, { width: columns, height: lineHeight }, normalisation, target);
  const grey = (i: number) =>
    0.114 * values[i]! + 0.587 * values[planeLength + i]! + 0.299 * values[2 * planeLength + i]!;
  let sum = 0;
  for (let i = 0; i < planeLength; i += 1) sum += grey(i);
  const mean = sum / planeLength;
  const width = columns + 2 * border;
  const height = lineHeight + 2 * border;
  // Most of a line is its ground.
  const ground = Math.max(0, Math.min(255, Math.round(mean < 128 ? 255 - grey(0) : grey(0))));
  const pixels = Buffer.alloc(width * height, ground);
  for (let y = 0; y < lineHeight; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const value = grey(y * columns + x);
      pixels[(y + border) * width + x + border] = mean < 128 ? 255 - value : value;
    }
  }
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), pixels]);
}
