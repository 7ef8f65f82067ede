import { setTimeout as sleep } from 'node:timers/promises';
import type { Picture } from '../live/vision-stage.ts';
import type { Thumbnail } from './batch-writer.ts';
import { JpegEncoder } from './jpeg-encoder.ts';

/** Thumbnails that wait to be written, at most: with a full disk there is no place for more. */
const waitingAtMost = 200;
/** How long the last pictures may take when the recording ends, milliseconds. */
const patience = 3000;

/** Turns pictures into thumbnails in the background. Disposing waits for those under way. */
export class ThumbnailMaker implements AsyncDisposable {
  readonly #ffmpeg: string | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #encoder: JpegEncoder | undefined;
  #ready: Thumbnail[] = [];
  #problem: string | undefined;

  constructor(ffmpeg: string | undefined) {
    this.#ffmpeg = ffmpeg;
  }

  /** Why there are no thumbnails any more; undefined while all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  make({ t, at, picture }: { readonly t: number; readonly at: number; readonly picture: Picture }): void {
    if (this.#ffmpeg === undefined || this.#problem !== undefined) return;
    const { width, height, pixels } = picture;
    this.#encoder ??= new JpegEncoder(this.#ffmpeg, picture);
    const work = this.#encoder
      .encode(pixels)
      .then((jpeg) => this.giveBack([{ t, at, width, height, jpeg }]))
      .catch((error: unknown) => {
        this.#problem ??= `Thumbnails cannot be made (${error instanceof Error ? error.message : String(error)}).`;
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

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.race([Promise.all(this.#underWay), sleep(patience, undefined, { ref: false })]);
    await this.#encoder?.[Symbol.asyncDispose]();
  }
}
