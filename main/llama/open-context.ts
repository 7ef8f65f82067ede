import { availableParallelism } from 'node:os';
import { Context, wideCall } from './context.ts';
import { later } from './functions.ts';
import { NativeArray } from './library.ts';
import type { ContextHost } from './native-context.ts';
import type { Pointer } from './structs.ts';
import { ThreadPool } from './thread-pool.ts';
import type { ContextOptions, LanguageContext } from './types.ts';

const f16 = 1;
const flashAuto = -1;
const flashOff = 0;
/**
 * Up to this embedding width a CPU is faster without flash attention: over 600 cells one frame of a 256 wide model takes
 * two thirds of the time, while sixteen at once take a sixth more. Wider models need it for
 * the memory that it saves.
 */
const smallWidth = 1024;
/**
 * Positions of such a model computed at once. The attention scores of so many over a full window stay in a core's own
 * cache: 160 frame positions in two halves take nine tenths of the time.
 */
const smallCompute = 80;

/** Half the cores, because the encoder works at the same time; small machines leave a core to the rest. */
export function defaultThreads(cores = availableParallelism()): number {
  return cores < 4 ? 1 : Math.min(8, Math.floor(cores / 2));
}

/** Opens a cache over a model. The context releases the host when it is disposed; the caller does if this throws. */
export async function openContext(host: ContextHost, options: ContextOptions): Promise<LanguageContext> {
  const { capacity, batch = 512, threads = defaultThreads(), sharesCpu = true, replaces = false } = options;
  for (const [name, number] of Object.entries({ capacity, batch, threads })) {
    if (!(Number.isInteger(number) && number > 0)) throw new RangeError(`${name} is ${number}, not a positive number`);
  }
  const { functions, complaints } = host.library;
  const length = Math.min(batch, capacity);
  const spreads = !sharesCpu && options.threads === undefined && !host.offloaded && length >= wideCall;
  const wideThreads = spreads ? Math.min(8, availableParallelism()) : threads;
  const small = !host.offloaded && host.embeddingWidth <= smallWidth;
  using owned = new DisposableStack();
  const wide = wideThreads > threads ? owned.use(new ThreadPool(host.library, wideThreads)) : undefined;
  const address = await later(functions.llama_init_from_model, host.model, {
    ...functions.llama_context_default_params(),
    n_ctx: capacity,
    // The second sequence is where positions wait while others are put before them; both share the cells.
    n_seq_max: replaces ? 2 : 1,
    kv_unified: replaces,
    n_batch: length,
    n_ubatch: small ? Math.min(length, smallCompute) : length,
    n_threads: threads,
    n_threads_batch: threads,
    type_k: f16,
    type_v: f16,
    flash_attn_type: small ? flashOff : flashAuto,
    offload_kqv: host.offloaded,
    op_offload: host.offloaded,
    no_perf: true,
  });
  if (!address) {
    throw new Error(`llama.cpp could not open a context of ${capacity} cells`, { cause: await complaints() });
  }
  owned.defer(() => functions.llama_free(address));
  const memory = functions.llama_get_memory(address);
  if (!memory || !functions.llama_memory_can_shift(memory)) {
    throw new Error('The cache of this model cannot be shifted');
  }
  applyAdapter(host, address);
  return new Context(host, { address, memory, capacity, batch: length, threads, wide, replaces, owned: owned.move() });
}

function applyAdapter({ library, adapter }: ContextHost, context: Pointer): void {
  if (!adapter) return;
  using adapters = new NativeArray('uint64_t', 1);
  using scales = new NativeArray('float', 1);
  adapters.write(BigUint64Array.of(adapter));
  scales.write(Float32Array.of(1));
  const code = library.functions.llama_set_adapters_lora(context, adapters.address, 1, scales.address);
  if (code !== 0) throw new Error(`llama.cpp could not apply the adapter (${code})`);
}
