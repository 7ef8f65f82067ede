import { Worker } from 'node:worker_threads';
import { OnlookerError } from '../base/errors.ts';
import { keepTelemetryOff } from '../base/no-telemetry.ts';
import { Turns } from '../base/turns.ts';
import { WorkerLine } from '../base/worker-line.ts';
import { type Box, bytesPerPixel, type Picture } from './picture.ts';
import type { Found, Reading, ReadOptions, TextReader, Written } from './reader.ts';
import { type Reply, type Request, reply as replies } from './reader-messages.ts';
import { embeddedReaders } from './weights.ts';

export interface ReaderOptions {
  /** Where the weights lie; default those that come with the program. */
  readonly folder?: string;
  /** Milliseconds beyond `mostMs` after which the thread is taken to hang; default 10 000. */
  readonly graceMs?: number;
  /** The thread's script; for tests of threads that hang or end. */
  readonly script?: URL;
}

const defaultMostMs = 5000;
/** The largest picture, in pixels: a screen of 7680 x 4320. */
const mostPixels = 7680 * 4320;

/** Makes a reader. Its thread and its weights are opened with the first reading. */
export function openReader(options: ReaderOptions = {}): TextReader {
  return new Reader(options);
}

interface Thread {
  readonly worker: Worker;
  readonly line: WorkerLine<Request, Reply>;
}

class Reader implements TextReader {
  readonly #options: ReaderOptions;
  readonly #turns = new Turns();
  #thread: Thread | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  read(picture: Picture, { exactness = 'fast', mostMs = defaultMostMs }: ReadOptions = {}): Promise<Reading> {
    const request = { type: 'read', picture: this.#copy(picture), exactness, mostMs } as const;
    return this.#turns.run(async () => (await this.#ask(request, 'read')).reading);
  }

  find(picture: Picture, { mostMs = defaultMostMs }: Pick<ReadOptions, 'mostMs'> = {}): Promise<Found> {
    const request = { type: 'find', picture: this.#copy(picture), mostMs } as const;
    return this.#turns.run(async () => (await this.#ask(request, 'found')).found);
  }

  recognise(
    picture: Picture,
    boxes: readonly Box[],
    { exactness = 'fast', mostMs = defaultMostMs }: ReadOptions = {},
  ): Promise<readonly (Written | undefined)[]> {
    const places = boxes.map(({ x, y, width, height }) => ({ x, y, width, height }));
    const request = { type: 'recognise', picture: this.#copy(picture), boxes: places, exactness, mostMs } as const;
    return this.#turns.run(async () => (await this.#ask(request, 'recognised')).lines);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#turns.run(async () => {
      const thread = this.#thread;
      if (!thread) return;
      const timer = setTimeout(() => void thread.worker.terminate(), this.#graceMs);
      await thread.line.end({ type: 'close' });
      clearTimeout(timer);
    });
    await this.#closing;
  }

  get #graceMs(): number {
    return this.#options.graceMs ?? 10_000;
  }

  /** The copy is handed to the thread, and nothing else that the picture has. */
  #copy(picture: Picture): Picture {
    if (this.#closing) throw new Error('the reader is closed');
    assertPicture(picture);
    const { pixels, width, height } = picture;
    return { pixels: Uint8Array.from(pixels), width, height };
  }

  async #ask<Type extends Reply['type']>(
    request: Exclude<Request, { type: 'close' }>,
    expected: Type,
  ): Promise<Extract<Reply, { type: Type }>> {
    const thread = this.#thread ?? this.#start();
    this.#thread = thread;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('it hung')), request.mostMs + this.#graceMs);
    try {
      const asked = async () => {
        await thread.line.opened;
        return await thread.line.ask(request, [request.picture.pixels.buffer as ArrayBuffer]);
      };
      const reply = await Promise.race([asked(), late]);
      if (reply.type !== expected) throw new Error(`unexpected reply "${reply.type}" to ${request.type}`);
      return reply as Extract<Reply, { type: Type }>;
    } catch (cause) {
      // Whatever failed, the next reading begins with a thread that nothing has happened to.
      this.#thread = undefined;
      await thread.worker.terminate();
      if (cause instanceof OnlookerError) throw cause;
      const message = 'The reader of texts was lost, and what was written in one picture with it. It is started again.';
      throw new OnlookerError('engine-lost', message, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  #start(): Thread {
    keepTelemetryOff();
    const workerData = { folder: this.#options.folder ?? embeddedReaders };
    const script = this.#options.script ?? new URL('./reader-worker.ts', import.meta.url);
    const worker = new Worker(script, { workerData });
    const line = new WorkerLine<Request, Reply>(worker, 'reading', replies);
    line.opened.catch(() => {}); // the reading that waits for it holds the rejection
    return { worker, line };
  }
}

function assertPicture(picture: Picture): void {
  const { pixels, width, height } = picture;
  const isSide = (side: number) => Number.isInteger(side) && side > 0;
  if (!isSide(width) || !isSide(height) || width * height > mostPixels) {
    throw new RangeError(`a picture of ${width} x ${height} pixels cannot be read`);
  }
  if (bytesPerPixel(picture)) return;
  throw new RangeError(
    `a picture of ${width} x ${height} pixels has ${pixels.length} bytes, and is neither grey nor RGB`,
  );
}
