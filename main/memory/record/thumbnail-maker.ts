import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../base/error-text.ts';
import type { Picture } from '../../base/picture.ts';
import { type EncoderPatience, JpegEncoder } from '../../capture/jpeg-encoder.ts';
import type { Thumbnail } from './batch-writer.ts';
import type { Row } from './recorder-messages.ts';

/** Thumbnails that wait to be written, at most: with a full disk there is no place for more. */
const waitingAtMost = 200;
/** How long the last pictures may take when the recording ends, milliseconds. */
const patience = 3000;
/** While no picture can be made, what is missing is told this often, milliseconds. */
const toldEvery = 60_000;

/** Pictures that could not be made: media times in seconds, wall clock of the last in milliseconds since 1970. */
interface Missing {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly pictures: number;
}

/** Turns pictures into thumbnails in the background. Disposing waits for those under way. */
export class ThumbnailMaker implements AsyncDisposable {
  readonly #ffmpeg: string | undefined;
  readonly #patience: EncoderPatience;
  readonly #underWay = new Set<Promise<void>>();
  #encoder: JpegEncoder | undefined;
  #ready: Thumbnail[] = [];
  /** Whether the last picture could not be made. */
  #failing = false;
  #untold: string | undefined;
  #missing: Missing | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(ffmpeg: string | undefined, patience: EncoderPatience = {}) {
    this.#ffmpeg = ffmpeg;
    this.#patience = patience;
  }

  /** Why pictures could not be made since this was asked last; undefined when all went well. */
  takeProblem(): string | undefined {
    const problem = this.#untold;
    this.#untold = undefined;
    return problem;
  }

  make({ t, at, picture }: { readonly t: number; readonly at: number; readonly picture: Picture }): void {
    if (this.#ffmpeg === undefined) return;
    const { width, height, pixels } = picture;
    this.#encoder ??= new JpegEncoder(this.#ffmpeg, picture, this.#patience);
    const work = this.#encoder
      .encode(pixels)
      .then((jpeg) => {
        this.#failing = false;
        this.giveBack([{ t, at, width, height, jpeg }]);
      })
      .catch((error: unknown) => {
        const why = errorMessage(error);
        this.#failing = true;
        this.#untold = `A picture for the memory could not be made (${why}). It is tried again with the next one.`;
        const { from = t, pictures = 0 } = this.#missing ?? {};
        this.#missing = { from, to: t, at, pictures: pictures + 1 };
      })
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Takes those that are finished. */
  ready(): Thumbnail[] {
    return this.#ready.splice(0);
  }

  /** Keeps thumbnails for the next time; the oldest go when they become too many. */
  giveBack(thumbnails: readonly Thumbnail[]): void {
    this.#ready = [...thumbnails, ...this.#ready].slice(-waitingAtMost);
  }

  /**
   * A gap in the pictures, once there are pictures again, and now and then before that.
   * @param atOnce also if there are none yet
   */
  takeMissing(atOnce = false): Row | undefined {
    const missing = this.#missing;
    const isTime = atOnce || !this.#failing || performance.now() - this.#toldAt >= toldEvery;
    if (!missing || !isTime) return undefined;
    this.#missing = undefined;
    this.#toldAt = performance.now();
    const { from, to, at, pictures } = missing;
    return { type: 'gap', at, from, to, reason: 'pictures', dropped: pictures };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.race([Promise.all(this.#underWay), sleep(patience, undefined, { ref: false })]);
    await this.#encoder?.[Symbol.asyncDispose]();
    await Promise.all(this.#underWay); // settled now: given out or refused
  }
}
