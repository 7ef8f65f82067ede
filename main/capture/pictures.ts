/** Cuts what ffmpeg writes into its pipes into pictures. */
import type { Readable } from 'node:stream';
import type { ScreenPicture, ScreenPictures } from './screen-picture.ts';

/** A picture as it left ffmpeg. */
export interface PipedPicture {
  readonly pixels: Uint8Array;
  /** The same one unscaled, where that was asked for. */
  readonly unscaled?: ScreenPicture;
}

type Pipe = Readable | AsyncIterable<Buffer>;

/**
 * Reads the pictures of an ffmpeg. Reads only when asked, so a slow reader makes the writer wait.
 * @param bytes of a picture on `frames`
 * @param unscaled the pipe with the same pictures unscaled, and what makes screen pictures of them
 */
export function pipedPictures(
  frames: Pipe,
  bytes: number,
  unscaled?: { readonly pipe: Pipe; readonly pictures: ScreenPictures },
): AsyncGenerator<PipedPicture> {
  const small = pictures(frames, bytes);
  return unscaled ? inStep(small, screenPictures(unscaled.pipe, unscaled.pictures)) : alone(small);
}

/**
 * Cuts a pipe of raw video into pictures of `bytes` bytes; each is a fresh array, copied once out of the pipe's buffers.
 * An unfinished last picture is left out.
 */
export async function* pictures(pipe: Pipe, bytes: number): AsyncGenerator<Uint8Array> {
  let picture = new Uint8Array(bytes);
  let filled = 0;
  for await (const chunk of pipe as AsyncIterable<Buffer>) {
    let read = 0;
    while (read < chunk.length) {
      const taken = Math.min(chunk.length - read, bytes - filled);
      picture.set(chunk.subarray(read, read + taken), filled);
      read += taken;
      filled += taken;
      if (filled === bytes) {
        yield picture;
        picture = new Uint8Array(bytes);
        filled = 0;
      }
    }
  }
}

/** Makes screen pictures of a pipe of PGM ones, 8 bits each. An unfinished last one is left out. */
export async function* screenPictures(pipe: Pipe, made: ScreenPictures): AsyncGenerator<ScreenPicture> {
  let header = '';
  let size: { readonly width: number; readonly height: number } | undefined;
  let pixels = new Uint8Array(); // one buffer for all: screen pictures copy what they need
  let filled = 0;
  for await (const chunk of pipe as AsyncIterable<Buffer>) {
    let read = 0;
    while (read < chunk.length) {
      if (!size) {
        header += String.fromCharCode(chunk[read]!);
        read += 1;
        size = pgmSize(header);
        if (size && pixels.length !== size.width * size.height) pixels = new Uint8Array(size.width * size.height);
        continue;
      }
      const taken = Math.min(chunk.length - read, pixels.length - filled);
      pixels.set(chunk.subarray(read, read + taken), filled);
      read += taken;
      filled += taken;
      if (filled === pixels.length) {
        yield made.next({ ...size, pixels });
        [header, size, filled] = ['', undefined, 0];
      }
    }
  }
}

/** What a complete header says; undefined while it is not. @throws Error if it is none */
function pgmSize(header: string): { readonly width: number; readonly height: number } | undefined {
  const [, width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s$/.exec(header) ?? [];
  if (width !== undefined) return { width: Number(width), height: Number(height) };
  if (header.length > 40) throw new Error('what ffmpeg wrote to its second pipe is no picture');
  return undefined;
}

async function* alone(frames: AsyncGenerator<Uint8Array>): AsyncGenerator<PipedPicture> {
  for await (const pixels of frames) yield { pixels };
}

/**
 * Joins the k-th of one pipe with the k-th of the other. While a pair is waited for, both pipes are read, however far
 * ahead one of them is: an ffmpeg that waits to write into one of them never gives the picture of the other.
 */
async function* inStep(
  frames: AsyncGenerator<Uint8Array>,
  unscaled: AsyncGenerator<ScreenPicture>,
): AsyncGenerator<PipedPicture> {
  const [small, large] = [new Ahead(frames), new Ahead(unscaled)];
  for (;;) {
    while (small.ready.length === 0 || large.ready.length === 0) {
      // What is left in the other one has no counterpart; it is read so that ffmpeg can come to its end.
      if (small.isOver || large.isOver) return void (await Promise.all([small.drain(), large.drain()]));
      await Promise.race([small, large].filter((side) => !side.ended).map((side) => side.read()));
    }
    yield { pixels: small.ready.shift()!, unscaled: large.ready.shift()! };
  }
}

/** Pictures of a pipe that were read before those of the other. */
class Ahead<T> {
  readonly ready: T[] = [];
  /** Whether the pipe has ended. */
  ended = false;
  readonly #pictures: AsyncGenerator<T>;
  #reading: Promise<void> | undefined;

  constructor(pictures: AsyncGenerator<T>) {
    this.#pictures = pictures;
  }

  get isOver(): boolean {
    return this.ended && this.ready.length === 0;
  }

  /** Resolves once one more is ready, or the pipe has ended. */
  read(): Promise<void> {
    if (!this.#reading) {
      this.#reading = this.#next();
      this.#reading.catch(() => {}); // whoever waits for it hears of it
    }
    return this.#reading;
  }

  async drain(): Promise<void> {
    while (!this.ended) {
      await this.read();
      this.ready.length = 0;
    }
  }

  async #next(): Promise<void> {
    const { done, value } = await this.#pictures.next();
    this.#reading = undefined;
    if (done) this.ended = true;
    else this.ready.push(value);
  }
}
