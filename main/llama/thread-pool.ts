import type { Library } from './library.ts';
import type { Pointer } from './structs.ts';

/**
 * Threads that stay between decode calls. Left to itself llama.cpp starts new ones for every call, and where they land
 * is chance: now and then two share a core, and as they spin while they wait for one another, such a call takes twice
 * as long. The threads of a pool sleep between calls.
 */
export class ThreadPool implements Disposable {
  /** Null once it is closed. */
  address: Pointer;
  readonly threads: number;
  readonly #library: Library;

  constructor(library: Library, threads: number) {
    const { ggml_threadpool_params_default, ggml_threadpool_new } = library.functions;
    this.#library = library;
    this.threads = threads;
    this.address = ggml_threadpool_new({ ...ggml_threadpool_params_default(threads), poll: 0 });
    if (!this.address) throw new Error(`llama.cpp could not start ${threads} threads`);
  }

  [Symbol.dispose](): void {
    if (!this.address) return;
    this.#library.functions.ggml_threadpool_free(this.address);
    this.address = null;
  }
}
