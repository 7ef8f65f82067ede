import { z } from 'zod';
import { backOff } from '../base/back-off.ts';
import { FfmpegProcess, firstComplaint } from './ffmpeg-process.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export const encoderPatience = z.strictObject({
  /** Milliseconds a picture may take before ffmpeg is taken for stopped and killed; default 10 s. */
  pictureMs: z.number().exactOptional(),
  /** Milliseconds before ffmpeg is started again, doubled with each failure in a row up to a minute; default 1 s. */
  restartMs: z.number().exactOptional(),
});
export type EncoderPatience = Readonly<z.infer<typeof encoderPatience>>;

/** Quality on ffmpeg's scale, 2 (best) to 31: text stays readable, and a 384 x 240 desktop takes about 4 kB. */
const quality = '6';
/** Pictures that ffmpeg is given before the first of them is back, at most: each takes memory. */
const mostWaiting = 8;
const longestRestartMs = 60_000;

interface Waiting {
  readonly jpeg: PromiseWithResolvers<Uint8Array>;
  /** When it was handed over, in milliseconds of `performance.now`. */
  readonly since: number;
}

/**
 * An ffmpeg that turns pictures into JPEG files, one after the other, for as long as it is open. One that has ended, or
 * gives out nothing any more, is replaced; the pictures that it held are lost, and whoever gave them is told.
 */
export class JpegEncoder implements AsyncDisposable {
  readonly #path: string;
  readonly #size: PictureSize;
  readonly #patience: Required<EncoderPatience>;
  readonly #watch: NodeJS.Timeout;
  #ffmpeg: FfmpegProcess | undefined;
  #waiting: Waiting[] = [];
  #pending: Buffer = Buffer.alloc(0);
  /** Failures since the last picture, and when the next start may be. */
  #failures = 0;
  #startAt = 0;
  #failure: Error | undefined;
  #closed = false;

  /** @param ffmpeg path of the program */
  constructor(ffmpeg: string, size: PictureSize, patience: EncoderPatience = {}) {
    this.#path = ffmpeg;
    this.#size = size;
    this.#patience = { pictureMs: 10_000, restartMs: 1000, ...patience };
    this.#watch = setInterval(() => this.#look(), this.#patience.pictureMs / 4).unref();
  }

  /** One RGB24 picture to one JPEG file. @throws Error when ffmpeg ended, stopped, or has too much to do */
  encode(pixels: Uint8Array): Promise<Uint8Array> {
    const bytes = this.#size.width * this.#size.height * 3;
    if (pixels.length !== bytes) {
      return Promise.reject(new RangeError(`a picture of ${pixels.length} bytes, not ${bytes}`));
    }
    if (this.#waiting.length >= mostWaiting) return Promise.reject(new Error('ffmpeg is too slow'));
    if (!this.#ffmpeg && (this.#closed || performance.now() < this.#startAt)) {
      return Promise.reject(this.#failure ?? new Error('the encoder is closed'));
    }
    this.#ffmpeg ??= this.#start();
    const jpeg = Promise.withResolvers<Uint8Array>();
    this.#waiting.push({ jpeg, since: performance.now() });
    this.#ffmpeg.stdin?.write(pixels);
    return jpeg.promise;
  }

  /** Ends ffmpeg; what it has not given out by then is rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    const ffmpeg = this.#ffmpeg;
    await ffmpeg?.[Symbol.asyncDispose]();
    this.#end(ffmpeg, 'it was closed');
  }

  #start(): FfmpegProcess {
    const { width, height } = this.#size;
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', 'pipe:0'];
    const output = ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', quality, '-threads', '1', '-f', 'image2pipe'];
    // Without these it would wait for some pictures before it gives out the first.
    const atOnce = ['-probesize', '32', '-analyzeduration', '0'];
    const args = ['-hide_banner', '-loglevel', 'level+error', ...atOnce, ...input, ...output];
    const ffmpeg = new FfmpegProcess(this.#path, [...args, '-flush_packets', '1', 'pipe:1'], { stdin: 'pipe' });
    ffmpeg.stdout.on('data', (chunk: Buffer) => {
      if (ffmpeg === this.#ffmpeg) this.#take(chunk);
    });
    void ffmpeg.ended.then(() => this.#end(ffmpeg, firstComplaint(ffmpeg.messages) || 'without a word'));
    return ffmpeg;
  }

  /** Within a JPEG file every FF of the picture is followed by 00: FF D9 is the end of the file and nothing else. */
  #take(chunk: Buffer): void {
    let searched = Math.max(0, this.#pending.length - 1);
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const end = this.#pending.indexOf('ffd9', searched, 'hex');
      if (end < 0) return;
      this.#waiting.shift()?.jpeg.resolve(Uint8Array.from(this.#pending.subarray(0, end + 2)));
      this.#failures = 0;
      this.#pending = this.#pending.subarray(end + 2);
      searched = 0;
    }
  }

  #look(): void {
    const oldest = this.#waiting[0];
    if (!oldest || performance.now() - oldest.since < this.#patience.pictureMs) return;
    const ffmpeg = this.#ffmpeg;
    this.#end(ffmpeg, `without a picture for ${Math.round(this.#patience.pictureMs / 1000)} s`);
    void ffmpeg?.[Symbol.asyncDispose]();
  }

  /** Nothing more comes of this process. */
  #end(ffmpeg: FfmpegProcess | undefined, how: string): void {
    if (ffmpeg !== this.#ffmpeg) return;
    this.#ffmpeg = undefined;
    this.#pending = Buffer.alloc(0);
    this.#failure = new Error(`ffmpeg ended: ${how}`);
    this.#failures += 1;
    const wait = backOff(this.#failures, { first: this.#patience.restartMs, longest: longestRestartMs });
    this.#startAt = performance.now() + wait;
    for (const { jpeg } of this.#waiting.splice(0)) jpeg.reject(this.#failure);
  }
}
