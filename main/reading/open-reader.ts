import { Worker } from 'node:worker_threads';
import { OnlookerError } from '../base/errors.ts';
import { keepTelemetryOff } from '../base/no-telemetry.ts';
import { Turns } from '../base/turns.ts';
import { WorkerLine } from '../base/worker-line.ts';
import type { Picture } from './picture.ts';
import type { Reading, ReadOptions, TextReader } from './reader.ts';
import type { Reply, Request } from './reader-messages.ts';
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
    if (this.#closing) throw new Error('the reader is closed');
    assertPicture(picture);
    const pixels = Uint8Array.from(picture.pixels);
    const request = { type: 'read', picture: { ...picture, pixels }, exactness, mostMs } as const;
    return this.#turns.run(() => this.#ask(request));
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

  async #ask(request: Extract<Request, { type: 'read' }>): Promise<Reading> {
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
      if (reply.type !== 'read') throw new Error(`unexpected reply "${reply.type}" to read`);
      return reply.reading;
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
    const line = new WorkerLine<Request, Reply>(worker, 'reading');
    line.opened.catch(() => {}); // the reading that waits for it holds the rejection
    return { worker, line };
  }
}

function assertPicture({ pixels, width, height }: Picture): void {
  const isSide = (side: number) => Number.isInteger(side) && side > 0;
  if (!isSide(width) || !isSide(height) || width * height > mostPixels) {
    throw new RangeError(`a picture of ${width} x ${height} pixels cannot be read`);
  }
  if (pixels.length === width * height * 3) return;
  throw new RangeError(`a picture has ${pixels.length} bytes; ${width} x ${height} RGB has ${width * height * 3}`);
}
