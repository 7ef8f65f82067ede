import { Worker } from 'node:worker_threads';
import { OnlookerError } from '../base/errors.ts';
import { keepTelemetryOff } from '../base/no-telemetry.ts';
import { type Reply, type Request, reply as replies } from './memory-messages.ts';
import type { Input, OperationName, Output } from './operations.ts';
import { addPiece } from './pieces.ts';
import type { MemoryLocation } from './store/location.ts';

export interface RequestOptions {
  /** Nobody waits for the answer any more; the promise is rejected with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told which share (0..1) is done of what takes longer. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

type Waiting = PromiseWithResolvers<unknown> & Pick<RequestOptions, 'onProgress'>;

/**
 * Our end of a thread that has one memory open, from its start to its end: libsql lets go of a file for certain when its
 * thread is gone, not before. It keeps the process alive only while somebody waits for an answer.
 */
export class MemoryThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** Answers that are not whole yet. */
  readonly #begun = new Map<number, unknown>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  #lost: OnlookerError | undefined;
  #ending = false;

  /** @param onNotice told what the memory deletes because of its limits */
  constructor(location: MemoryLocation, onNotice: (line: string) => void) {
    keepTelemetryOff();
    this.#worker = new Worker(new URL('./memory-worker.ts', import.meta.url), { workerData: location });
    this.#worker.unref();
    this.#worker.on('message', (message) => {
      const { data } = replies.safeParse(message);
      if (!data) this.#lose(new Error('the memory thread said what is not understood'));
      else if (data.type === 'notice') onNotice(data.line);
      else this.#settle(data);
    });
    this.#worker.on('error', (error) => this.#lose(error));
    this.#exited = new Promise((resolve) =>
      this.#worker.once('exit', () => {
        this.#lose();
        resolve();
      }),
    );
  }

  /** Whether anything can be asked of it any more. */
  get usable(): boolean {
    return this.#lost === undefined && !this.#ending;
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  /** @throws OnlookerError what the operation throws, `memory-lost` when the thread ends meanwhile; the signal's reason */
  async ask<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    { signal, onProgress }: RequestOptions = {},
  ): Promise<Output<Name>> {
    if (this.#lost) throw this.#lost;
    const id = ++this.#lastId;
    const waiting = { ...Promise.withResolvers<unknown>(), onProgress };
    const cancel = () => {
      this.#send({ type: 'cancel', id });
      waiting.reject(signal?.reason);
    };
    this.#waiting.set(id, waiting);
    this.#worker.ref();
    signal?.addEventListener('abort', cancel);
    try {
      this.#send({ type: 'ask', id, name, input });
      return (await waiting.promise) as Output<Name>;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#waiting.delete(id);
      this.#begun.delete(id);
      if (this.isIdle && !this.#ending) this.#worker.unref();
    }
  }

  /** Lets what was asked finish, and waits for the thread to be gone. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#worker.ref();
    this.#send({ type: 'close' });
    await this.#exited;
  }

  #send(request: Request): void {
    this.#worker.postMessage(request);
  }

  #settle(reply: Exclude<Reply, { type: 'notice' }>): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if (reply.type === 'progress') {
      waiting.onProgress?.(reply.share);
      return;
    }
    if (reply.type === 'answer') this.#begun.set(reply.id, reply.output);
    if (reply.type === 'piece') addPiece(this.#begun.get(reply.id), reply.piece);
    if (reply.type === 'answer' || reply.type === 'piece') {
      // In a turn of its own: others are served between two pieces.
      if (reply.more) setImmediate(() => this.#send({ type: 'more', id: reply.id }));
      else waiting.resolve(this.#begun.get(reply.id));
    } else if (reply.code) waiting.reject(new OnlookerError(reply.code, reply.message));
    else waiting.reject(Object.assign(new Error(reply.message), { stack: reply.stack }));
  }

  #lose(cause?: unknown): void {
    const message = 'The thread that reads the memory ended before it had answered. Try it again.';
    this.#lost ??= new OnlookerError('memory-lost', message, { cause });
    for (const waiting of this.#waiting.values()) waiting.reject(this.#lost);
  }
}
