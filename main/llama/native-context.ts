import type { Library } from './library.ts';
import type { Pointer } from './structs.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a context needs of its model, which it keeps alive until `release`. */
export interface ContextHost {
  readonly library: Library;
  readonly model: Pointer;
  readonly adapter: Pointer;
  readonly vocabulary: Vocabulary;
  readonly embeddingWidth: number;
  /** Whether layers are on a GPU. */
  readonly offloaded: boolean;
  release(): void;
}

/** What `openContext` opened in native code. */
export interface NativeContext {
  readonly address: Pointer;
  readonly memory: Pointer;
  readonly capacity: number;
  readonly batch: number;
  readonly threads: number;
  /** For calls of `wideCall` positions and more, when those get more threads than others. */
  readonly wide: ThreadPool | undefined;
  /** Whether there is a second sequence. */
  readonly replaces: boolean;
  /** Frees all of it. */
  readonly owned: Disposable;
}
