import type { Transferable, Worker } from 'node:worker_threads';
import { z } from 'zod';
import { errorCodes, OnlookerError } from './errors.ts';

/** How a worker says that it could not do what it was asked; without a code it is a defect. */
export const failedReply = z.strictObject({
  type: z.literal('failed'),
  code: z.enum(errorCodes).optional(),
  message: z.string(),
});
export type FailedReply = z.infer<typeof failedReply>;

/**
 * Our end of the conversation with a worker thread: requests go out at once, replies come back in the same order. The
 * worker speaks first, when it is ready or has failed to be, and ends when it is sent `close`.
 */
export class WorkerLine<Request extends { readonly type: string }, Reply extends { readonly type: string }> {
  /** The worker's first word. */
  readonly opened: Promise<Exclude<Reply, FailedReply>>;
  readonly #worker: Worker;
  readonly #name: string;
  readonly #waiting: PromiseWithResolvers<Exclude<Reply, FailedReply>>[] = [];
  readonly #exited: Promise<void>;
  #dead: Error | undefined;

  /**
   * @param name what the thread is called in messages
   * @param replies what it may say
   */
  constructor(worker: Worker, name: string, replies: z.ZodType<Reply | FailedReply>) {
    this.#worker = worker;
    this.#name = name;
    this.opened = this.#expect();
    worker.on('message', (message) => {
      const reply = replies.safeParse(message);
      this.#settle(reply.data ?? { type: 'failed', message: `the ${name} thread said what is not understood` });
    });
    worker.on('error', (error) => this.#die(error));
    this.#exited = new Promise((resolve) =>
      worker.once('exit', (code) => {
        this.#die(new Error(`the ${this.#name} thread ended with code ${code}`));
        resolve();
      }),
    );
  }

  /** Sends a request and waits for its reply. @throws OnlookerError where the worker names a code */
  ask(request: Request, transfer: readonly Transferable[] = []): Promise<Exclude<Reply, FailedReply>> {
    if (this.#dead) return Promise.reject(this.#dead);
    this.#worker.postMessage(request, [...transfer]);
    return this.#expect();
  }

  /** Sends a request that has no reply. */
  tell(request: Request, transfer: readonly Transferable[] = []): void {
    if (!this.#dead) this.#worker.postMessage(request, [...transfer]);
  }

  /** Lets what was asked finish, sends `close` and waits for the thread to be gone. */
  async end(close: Request): Promise<void> {
    if (!this.#dead) await this.ask(close).catch(() => {}); // ended by itself: nothing is left to close
    this.#worker.ref();
    await this.#exited;
  }

  #expect(): Promise<Exclude<Reply, FailedReply>> {
    const waiting = Promise.withResolvers<Exclude<Reply, FailedReply>>();
    this.#waiting.push(waiting);
    // The thread keeps the process alive only while somebody waits for it.
    this.#worker.ref();
    return waiting.promise;
  }

  #settle(reply: Reply | FailedReply): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    if (isFailed(reply))
      waiting?.reject(reply.code ? new OnlookerError(reply.code, reply.message) : new Error(reply.message));
    else waiting?.resolve(reply as Exclude<Reply, FailedReply>);
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#dead);
  }
}

function isFailed(reply: { readonly type: string }): reply is FailedReply {
  return reply.type === 'failed';
}
