/** Detector, recognisers and layout together: what the reader's thread does. */
import { OnlookerError } from '../base/errors.ts';
import { InferenceSession } from '../vision/onnx-runtime.ts';
import { Detector } from './detector.ts';
import { KoreanRecogniser } from './korean.ts';
import { inReadingOrder, paragraphs } from './layout.ts';
import type { Box, Picture } from './picture.ts';
import type { Exactness, Found, Reading, Written } from './reader.ts';
import { type Recognised, Recogniser } from './recogniser.ts';
import { readWeights, type WeightName } from './weights.ts';

/** Lines that are read of one picture; a full screen has 60. */
const mostLines = 400;
/** Below this a line is no text, or of a script that was not learned (Arabic). */
const leastConfidence = 0.6;
/**
 * What the fast recogniser is less sure of, as a whole or in one character, is decided by the exact one; what
 * that one is less sure of is Korean, if there is Hangul in it.
 */
const certain = { line: 0.9, character: 0.5 };

export class PictureReader implements AsyncDisposable {
  readonly #folder: string;
  readonly #detector: Detector;
  readonly #opened: AsyncDisposableStack;
  /** Opened with the first reading that wants them: most streams need only one. */
  readonly #recognisers = new Map<Exactness, Promise<Recogniser>>();
  #korean: Promise<KoreanRecogniser> | undefined;

  /** @throws OnlookerError `bundle-missing`, `bundle-invalid`, `bundle-corrupt` */
  static async open(folder: string): Promise<PictureReader> {
    await using opened = new AsyncDisposableStack();
    const detector = new Detector(await openGraph(folder, 'detector', opened));
    return new PictureReader(folder, detector, opened.move());
  }

  private constructor(folder: string, detector: Detector, opened: AsyncDisposableStack) {
    this.#folder = folder;
    this.#detector = detector;
    this.#opened = opened;
  }

  async read(picture: Picture, exactness: Exactness, mostMs: number): Promise<Reading> {
    const until = performance.now() + mostMs;
    const { boxes, complete } = await this.find(picture, mostMs);
    const read = await this.recognise(picture, boxes, exactness, until - performance.now());
    const lines = boxes.flatMap((box, i) => (read[i]?.text ? [{ ...read[i], box }] : []));
    const numbers = paragraphs(lines);
    return {
      lines: lines.map((line, i) => ({ ...line, paragraph: numbers[i]! })),
      complete: complete && !read.includes(undefined),
    };
  }

  async find(picture: Picture, mostMs: number): Promise<Found> {
    const boxes = await this.#detector.detect(picture, performance.now() + mostMs);
    if (boxes === undefined) return { boxes: [], complete: false };
    const order = inReadingOrder(boxes.map((box) => ({ box }))).map(({ box }) => box);
    return { boxes: order.slice(0, mostLines), complete: order.length <= mostLines };
  }

  async recognise(
    picture: Picture,
    boxes: readonly Box[],
    exactness: Exactness,
    mostMs: number,
  ): Promise<(Written | undefined)[]> {
    const read = await this.#recognise(picture, exactness, boxes, performance.now() + mostMs);
    return read.map((line) => {
      if (!line) return undefined;
      const { text, confidence } = line;
      return { text: confidence >= leastConfidence ? text : '', confidence };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }

  async #recognise(
    picture: Picture,
    exactness: Exactness,
    boxes: readonly Box[],
    until: number,
  ): Promise<(Recognised | undefined)[]> {
    const read = await (await this.#recogniser(exactness)).recognise(picture, boxes, until);
    const readAgain = async (places: readonly number[]) => {
      if (exactness === 'exact' || places.length === 0) return;
      const chosen = places.map((i) => boxes[i]!);
      const better = await (await this.#recogniser('exact')).recognise(picture, chosen, until);
      for (const [at, i] of places.entries()) read[i] = better[at];
    };
    const seen = () => read.map((line) => line?.text).join('');
    const readKorean = async (places: readonly number[]) => {
      // The widest first: most lines of one letter are icons, unless there is Hangul beside them.
      const isWide = (i: number) => boxes[i]!.width > 2 * boxes[i]!.height;
      for (const i of [...places.filter(isWide), ...places.filter((place) => !isWide(place))]) {
        if (performance.now() > until) return;
        if (!isWide(i) && !/\p{sc=Hangul}/u.test(seen())) return;
        this.#korean ??= KoreanRecogniser.open(this.#folder);
        const korean = (await this.#korean).recognise(picture, boxes[i]!);
        if (korean && korean.confidence >= leastConfidence) read[i] = korean;
      }
    };
    await readAgain(placesOf(read, isUnsure));
    await readKorean(placesOf(read, isUnsure));
    // Beside Japanese and Korean, what looks like Chinese is often none, however sure a recogniser is.
    const isHan = ({ text }: Recognised) => /\p{sc=Han}/u.test(text) && !/\p{sc=Hiragana}|\p{sc=Katakana}/u.test(text);
    if (/\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Hangul}/u.test(seen())) await readAgain(placesOf(read, isHan));
    if (/\p{sc=Hangul}/u.test(seen())) await readKorean(placesOf(read, isHan));
    return read;
  }

  #recogniser(exactness: Exactness): Promise<Recogniser> {
    const opening = this.#recognisers.get(exactness) ?? this.#openRecogniser(exactness);
    this.#recognisers.set(exactness, opening);
    return opening;
  }

  async #openRecogniser(exactness: Exactness): Promise<Recogniser> {
    const name = `${exactness}Recogniser` as const;
    const characters = await readWeights(this.#folder, `${exactness}Characters`);
    return new Recogniser(await openGraph(this.#folder, name, this.#opened), name, characters.toString('utf8'));
  }
}

function isUnsure({ confidence, weakest }: Recognised): boolean {
  return confidence < certain.line || weakest < certain.character;
}

/** Places of the lines that are so. */
function placesOf(lines: readonly (Recognised | undefined)[], isSo: (line: Recognised) => boolean): number[] {
  return lines.flatMap((line, i) => (line && isSo(line) ? [i] : []));
}

async function openGraph(folder: string, name: WeightName, opened: AsyncDisposableStack): Promise<InferenceSession> {
  const weights = await readWeights(folder, name);
  try {
    const session = await InferenceSession.create(weights, {
      executionProviders: ['cpu'],
      // One: the language model and the encoder have the other cores.
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      enableMemPattern: false,
      // Pictures come in every size, and an arena keeps the most that any of them took.
      enableCpuMemArena: false,
      logSeverityLevel: 3,
    });
    opened.defer(() => session.release());
    return session;
  } catch (cause) {
    const message = `The ${name} of native-models/readers cannot be loaded. Install Onlooker again, or see "onlooker doctor".`;
    throw new OnlookerError('model-unloadable', message, { cause });
  }
}
