/**
 * Layouts of the llama.cpp structs that cross the border by value, as `llama.h` and `ggml.h` of the pinned release
 * declare them, and the values its `..._default_params` functions return. A library that returns anything else was built
 * from other sources: its struct layout cannot be trusted.
 */

/** Address in native memory; `null` (or 0) is the null pointer. */
export type Pointer = bigint | null;

/** What `llama_version()` says for the release that the pinned node-llama-cpp carries. */
export const expectedVersion = '0.4.0-dev';

export const layouts = {
  batch: {
    n_tokens: 'int32_t',
    token: 'void *',
    embd: 'void *',
    pos: 'void *',
    n_seq_id: 'void *',
    seq_id: 'void *',
    logits: 'void *',
  },
  modelParams: {
    devices: 'void *',
    tensor_buft_overrides: 'void *',
    n_gpu_layers: 'int32_t',
    split_mode: 'int',
    load_mode: 'int',
    lazy_mode: 'int',
    main_gpu: 'int32_t',
    tensor_split: 'void *',
    progress_callback: 'void *',
    progress_callback_user_data: 'void *',
    kv_overrides: 'void *',
    vocab_only: 'bool',
    check_tensors: 'bool',
    use_extra_bufts: 'bool',
    no_host: 'bool',
    no_alloc: 'bool',
    load_mtp: 'bool',
  },
  contextParams: {
    n_ctx: 'uint32_t',
    n_batch: 'uint32_t',
    n_ubatch: 'uint32_t',
    n_seq_max: 'uint32_t',
    n_rs_seq: 'uint32_t',
    n_outputs_max: 'uint32_t',
    n_outputs_max_per_seq: 'uint32_t',
    n_threads: 'int32_t',
    n_threads_batch: 'int32_t',
    ctx_type: 'int',
    rope_scaling_type: 'int',
    pooling_type: 'int',
    attention_type: 'int',
    flash_attn_type: 'int',
    rope_freq_base: 'float',
    rope_freq_scale: 'float',
    yarn_ext_factor: 'float',
    yarn_attn_factor: 'float',
    yarn_beta_fast: 'float',
    yarn_beta_slow: 'float',
    yarn_orig_ctx: 'uint32_t',
    defrag_thold: 'float',
    cb_eval: 'void *',
    cb_eval_user_data: 'void *',
    type_k: 'int',
    type_v: 'int',
    abort_callback: 'void *',
    abort_callback_data: 'void *',
    embeddings: 'bool',
    offload_kqv: 'bool',
    no_perf: 'bool',
    op_offload: 'bool',
    swa_full: 'bool',
    kv_unified: 'bool',
    samplers: 'void *',
    n_samplers: 'size_t',
    ctx_other: 'void *',
  },
  threadPoolParams: {
    cpumask: 'bool[512]',
    n_threads: 'int',
    prio: 'int',
    poll: 'uint32_t',
    strict_cpu: 'bool',
    paused: 'bool',
  },
} as const;

type Field<T> = T extends 'void *' ? Pointer : T extends 'bool' ? boolean : T extends 'bool[512]' ? boolean[] : number;
type Struct<Layout> = { -readonly [Name in keyof Layout]: Field<Layout[Name]> };

export type Batch = Struct<typeof layouts.batch>;
export type ModelParams = Struct<typeof layouts.modelParams>;
export type ContextParams = Struct<typeof layouts.contextParams>;
export type ThreadPoolParams = Struct<typeof layouts.threadPoolParams>;

/** Defaults other than zero, null and false. */
const modelDefaults: Partial<ModelParams> = {
  n_gpu_layers: -1,
  split_mode: 1,
  load_mode: -1,
  lazy_mode: 1,
  use_extra_bufts: true,
};

const contextDefaults: Partial<ContextParams> = {
  n_ctx: 512,
  n_batch: 2048,
  n_ubatch: 512,
  n_seq_max: 1,
  n_outputs_max_per_seq: 1,
  n_threads: 4,
  n_threads_batch: 4,
  rope_scaling_type: -1,
  pooling_type: -1,
  attention_type: -1,
  flash_attn_type: -1,
  yarn_ext_factor: -1,
  yarn_attn_factor: -1,
  yarn_beta_fast: -1,
  yarn_beta_slow: -1,
  defrag_thold: -1,
  type_k: 1,
  type_v: 1,
  offload_kqv: true,
  no_perf: true,
  op_offload: true,
  swa_full: true,
};

/** For a pool of one thread. `prio` and the mask: as the system likes it; `poll`: share of time that an idle worker spins. */
const threadPoolDefaults: Partial<ThreadPoolParams> = { n_threads: 1, poll: 50 };

/** Names of the parameters whose default is not the known one; empty when the layout fits. */
export function differingDefaults(model: ModelParams, context: ContextParams, pool: ThreadPoolParams): string[] {
  return [
    ...differing(layouts.modelParams, modelDefaults, model),
    ...differing(layouts.contextParams, contextDefaults, context),
    ...differing(layouts.threadPoolParams, threadPoolDefaults, { ...pool, cpumask: pool.cpumask.some(Boolean) }),
  ];
}

function differing(layout: object, known: Record<string, unknown>, actual: Record<string, unknown>): string[] {
  // Zero, null and false all read as 0 here, whichever of them the bridge gives for a null pointer.
  const plain = (value: unknown) => Number(value ?? 0);
  return Object.keys(layout).filter((name) => plain(known[name]) !== plain(actual[name]));
}
