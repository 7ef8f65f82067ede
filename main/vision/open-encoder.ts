import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { keepTelemetryOff } from '../base/no-telemetry.ts';
import { WorkerLine } from '../base/worker-line.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { type Reply, type Request, reply, type WorkerSetup } from './encoder-messages.ts';
import type { FrameTokens, VisionEncoder } from './frame-tokens.ts';
import type { GraphResult } from './graph.ts';
import type { Provider } from './providers.ts';

export interface EncoderOptions {
  /** CPU threads of one run; default 1 below four cores (the language model has the other), else half the cores, at most 4. */
  readonly threads?: number;
  /** Providers to try, in order; default: what the machine may have, best first, CPU last. */
  readonly providers?: readonly Provider[];
}

/**
 * Opens the bundle's vision graphs on a thread of their own. Throws `model-unloadable` when no provider takes the
 * graph, `bundle-invalid` when its shapes are not those of the manifest.
 */
export async function openVisionEncoder(
  bundle: Pick<Bundle, 'folder' | 'manifest'>,
  options: EncoderOptions = {},
): Promise<VisionEncoder> {
  const setup: WorkerSetup = {
    folder: bundle.folder,
    manifest: bundle.manifest,
    options: { threads: options.threads ?? defaultThreads(), providers: options.providers },
  };
  keepTelemetryOff();
  const line = new WorkerLine<Request, Reply>(
    new Worker(new URL('./encoder-worker.ts', import.meta.url), { workerData: setup }),
    'vision',
    reply,
  );
  try {
    const opened = await line.opened;
    if (opened.type !== 'opened') throw new Error(`unexpected reply "${opened.type}"`);
    return new Encoder(setup, line, opened);
  } catch (error) {
    await line.end({ type: 'close' });
    throw error;
  }
}

function defaultThreads(): number {
  const cores = availableParallelism();
  return cores < 4 ? 1 : Math.min(4, cores >> 1);
}

class Encoder implements VisionEncoder {
  readonly provider: string;
  readonly onCpu: boolean;
  readonly #setup: WorkerSetup;
  readonly #line: WorkerLine<Request, Reply>;
  /** The buffer that last came back from the worker; used again when it is large enough. */
  #spare = new ArrayBuffer(0);
  #closing: Promise<void> | undefined;

  constructor(setup: WorkerSetup, line: WorkerLine<Request, Reply>, opened: Pick<VisionEncoder, 'provider' | 'onCpu'>) {
    this.#setup = setup;
    this.#line = line;
    this.provider = opened.provider;
    this.onCpu = opened.onCpu;
  }

  async encode(frames: readonly Uint8Array[]): Promise<FrameTokens[]> {
    this.#assertOpen();
    if (frames.length === 0) return [];
    const pixels = this.#gather(frames);
    const answer = await this.#line.ask({ type: 'encode', pixels, count: frames.length }, [pixels.buffer]);
    if (answer.type !== 'encoded') throw new Error(`unexpected reply "${answer.type}" to encode`);
    this.#spare = answer.pixels.buffer;
    return this.#split(answer.result, frames.length);
  }

  async lookClosely(frame: Uint8Array): Promise<Float32Array | undefined> {
    this.#assertOpen();
    if (!this.#setup.manifest.files.closeUp) return undefined;
    this.#assertSize(frame);
    const pixels = Uint8Array.from(frame);
    const answer = await this.#line.ask({ type: 'look', pixels }, [pixels.buffer]);
    if (answer.type !== 'looked') throw new Error(`unexpected reply "${answer.type}" to look`);
    return answer.tokens;
  }

  reset(): void {
    this.#assertOpen();
    this.#line.tell({ type: 'reset' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#line.end({ type: 'close' });
    await this.#closing;
  }

  #assertOpen(): void {
    if (this.#closing) throw new Error('the vision encoder is closed');
  }

  #assertSize(frame: Uint8Array): void {
    const { width, height } = this.#setup.manifest.frame;
    if (frame.length === width * height * 3) return;
    throw new RangeError(`a frame has ${frame.length} bytes; ${width} x ${height} RGB has ${width * height * 3}`);
  }

  /** Frames side by side in one buffer. A frame of another size would shift all that follow, so each is measured. */
  #gather(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    const { width, height } = this.#setup.manifest.frame;
    const size = width * height * 3;
    for (const frame of frames) this.#assertSize(frame);
    const length = frames.length * size;
    const pixels = new Uint8Array(this.#spare.byteLength >= length ? this.#spare : new ArrayBuffer(length), 0, length);
    this.#spare = new ArrayBuffer(0); // taken: a second call before the first is back gets a buffer of its own
    for (const [i, frame] of frames.entries()) pixels.set(frame, i * size);
    return pixels;
  }

  #split(result: GraphResult, count: number): FrameTokens[] {
    const { tokensPerFrame, tokenWidth, embeddingWidth } = this.#setup.manifest.vision;
    const row = (all: Float32Array, width: number, i: number) => all.slice(i * width, (i + 1) * width);
    return Array.from({ length: count }, (_, i) => {
      const tokens = row(result.tokens, tokensPerFrame * tokenWidth, i);
      const stillTokens = result.stillTokens ? row(result.stillTokens, tokensPerFrame * tokenWidth, i) : tokens.slice();
      return { tokens, stillTokens, embedding: row(result.embeddings, embeddingWidth, i) };
    });
  }
}
