import { stat } from 'node:fs/promises';
import { type ErrorCode, OnlookerError } from '../base/errors.ts';
import { Turns } from '../base/turns.ts';
import { MemoryThread, type RequestOptions } from './memory-thread.ts';
import type { Input, OperationName, Output } from './operations.ts';
import { locateMemory, type MemoryLocation, type MemoryOptions } from './store/location.ts';

export interface MemoryClientOptions extends Pick<MemoryOptions, 'folder' | 'key'> {
  /** Told, in one line each, what the memory deletes because of its limits. */
  readonly onNotice?: ((line: string) => void) | undefined;
  /** After so long without a request the file is let go of, milliseconds; default a minute. */
  readonly idleMs?: number;
}

/** What makes a memory unreadable: whoever is to set it aside or remove it must find it closed. */
const unreadable: readonly ErrorCode[] = ['memory-damaged', 'memory-locked', 'memory-newer'];

/**
 * The memory, for whoever must not wait for a disk: every request is answered on one thread, which keeps the database, the
 * bundle and its text tower open from one to the next. The thread ends when the client is closed, after a while without
 * requests, and when file or key is another one; a request starts it.
 */
export class MemoryClient implements AsyncDisposable {
  readonly #options: MemoryClientOptions;
  /** Threads start and end one at a time. */
  readonly #turns = new Turns();
  readonly #over = new AbortController();
  #opened: { readonly thread: MemoryThread; readonly identity: string } | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Nothing is opened before the first request. */
  constructor(options: MemoryClientOptions = {}) {
    this.#options = options;
  }

  /**
   * @throws OnlookerError `memory-missing` and what else opening throws, what the operation throws, and `memory-lost` when
   * its thread ends by itself: the next request starts another one
   */
  async request<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    { signal, onProgress }: RequestOptions = {},
  ): Promise<Output<Name>> {
    const either = signal ? AbortSignal.any([signal, this.#over.signal]) : this.#over.signal;
    try {
      // Asked within the turn, before the thread can be ended; answered when it may.
      const { answer } = await this.#turns.run(async () => {
        const thread = await this.#thread(either);
        return { answer: thread.ask(name, input, { signal: either, onProgress }) };
      });
      return await answer;
    } catch (error) {
      if (error instanceof OnlookerError && unreadable.includes(error.code)) await this.release();
      throw error;
    } finally {
      this.#waitForIdleness();
    }
  }

  /** Lets go of the file, once what was asked is answered. The next request opens it again. */
  release(): Promise<void> {
    return this.#turns.run(() => this.#end());
  }

  /** Cancels what is under way, and ends the thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort(new Error('the memory is closed'));
    await this.release();
  }

  /** The thread that has the memory open as it is now. */
  async #thread(signal: AbortSignal): Promise<MemoryThread> {
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    const { onNotice = () => {}, ...place } = this.#options;
    const location = await locateMemory(place).catch(async (error: unknown) => {
      await this.#end();
      throw error;
    });
    const identity = await identityOf(location);
    if (this.#opened && (!this.#opened.thread.usable || this.#opened.identity !== identity)) await this.#end();
    signal.throwIfAborted();
    this.#opened ??= { thread: new MemoryThread(location, onNotice), identity };
    return this.#opened.thread;
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.thread.end();
  }

  #waitForIdleness(): void {
    clearTimeout(this.#idle);
    const { idleMs = 60_000 } = this.#options;
    this.#idle = setTimeout(() => {
      if (this.#opened?.thread.isIdle) void this.release();
    }, idleMs).unref();
  }
}

/** Another file of the same name, or another key to it, is another memory. */
async function identityOf({ database, key }: MemoryLocation): Promise<string> {
  const { dev, ino } = await stat(database, { bigint: true });
  return [database, key, dev, ino].join('\n');
}
