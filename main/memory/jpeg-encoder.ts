import { FfmpegProcess, firstComplaint } from '../capture/ffmpeg-process.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Quality on ffmpeg's scale, 2 (best) to 31: text stays readable, and a 384 x 240 desktop takes about 4 kB. */
const quality = '6';

/** An ffmpeg that turns pictures into JPEG files, one after the other, for as long as it is open. */
export class JpegEncoder implements AsyncDisposable {
  readonly #ffmpeg: FfmpegProcess;
  readonly #bytes: number;
  readonly #waiting: PromiseWithResolvers<Uint8Array>[] = [];
  #pending: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;

  constructor(ffmpeg: string, { width, height }: PictureSize) {
    this.#bytes = width * height * 3;
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', 'pipe:0'];
    const output = ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', quality, '-threads', '1', '-f', 'image2pipe'];
    // Without these it would wait for some pictures before it gives out the first.
    const atOnce = ['-probesize', '32', '-analyzeduration', '0'];
    const args = ['-hide_banner', '-loglevel', 'level+error', ...atOnce, ...input, ...output];
    this.#ffmpeg = new FfmpegProcess(ffmpeg, [...args, '-flush_packets', '1', 'pipe:1'], 'pipe');
    this.#ffmpeg.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    void this.#ffmpeg.ended.then(() => this.#end());
  }

  /** One RGB24 picture to one JPEG file. @throws Error when ffmpeg is gone */
  encode(pixels: Uint8Array): Promise<Uint8Array> {
    if (pixels.length !== this.#bytes) {
      return Promise.reject(new RangeError(`a picture of ${pixels.length} bytes, not ${this.#bytes}`));
    }
    if (this.#failure) return Promise.reject(this.#failure);
    const waiting = Promise.withResolvers<Uint8Array>();
    this.#waiting.push(waiting);
    this.#ffmpeg.stdin?.write(pixels);
    return waiting.promise;
  }

  /** Ends ffmpeg; what it has not given out by then is rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ffmpeg[Symbol.asyncDispose]();
    this.#end();
  }

  /** Within a JPEG file every FF of the picture is followed by 00: FF D9 is the end of the file and nothing else. */
  #take(chunk: Buffer): void {
    let searched = Math.max(0, this.#pending.length - 1);
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const end = this.#pending.indexOf('ffd9', searched, 'hex');
      if (end < 0) return;
      this.#waiting.shift()?.resolve(Uint8Array.from(this.#pending.subarray(0, end + 2)));
      this.#pending = this.#pending.subarray(end + 2);
      searched = 0;
    }
  }

  #end(): void {
    this.#failure ??= new Error(`ffmpeg ended: ${firstComplaint(this.#ffmpeg.messages) || 'without a word'}`);
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }
}
