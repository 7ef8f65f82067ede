/**
 * The part of llama.cpp's and ggml's C API that Onlooker calls: C signatures for the bridge, and the same as TypeScript
 * types.
 */
import type { Batch, ContextParams, ModelParams, Pointer, ThreadPoolParams } from './structs.ts';

/**
 * Of libllama. `ptr` is any pointer; `batch`, `modelParams`, `contextParams` and `threadPoolParams` are the structs of
 * `structs.ts`, by value, and `threadPoolParams *` is the address of one.
 */
export const signatures = {
  llama_version: ['str', []],
  llama_model_default_params: ['modelParams', []],
  llama_context_default_params: ['contextParams', []],
  llama_model_load_from_file: ['ptr', ['str', 'modelParams']],
  llama_model_free: ['void', ['ptr']],
  llama_model_get_vocab: ['ptr', ['ptr']],
  llama_model_rope_type: ['int', ['ptr']],
  llama_model_n_ctx_train: ['int32_t', ['ptr']],
  llama_model_n_embd_inp: ['int32_t', ['ptr']],
  llama_model_has_encoder: ['bool', ['ptr']],
  llama_model_is_recurrent: ['bool', ['ptr']],
  llama_model_is_hybrid: ['bool', ['ptr']],
  llama_adapter_lora_init: ['ptr', ['ptr', 'str']],
  llama_set_adapters_lora: ['int32_t', ['ptr', 'ptr', 'size_t', 'ptr']],
  llama_init_from_model: ['ptr', ['ptr', 'contextParams']],
  llama_free: ['void', ['ptr']],
  llama_get_memory: ['ptr', ['ptr']],
  llama_memory_clear: ['void', ['ptr', 'bool']],
  llama_memory_seq_rm: ['bool', ['ptr', 'int32_t', 'int32_t', 'int32_t']],
  llama_memory_seq_cp: ['void', ['ptr', 'int32_t', 'int32_t', 'int32_t', 'int32_t']],
  llama_memory_seq_add: ['void', ['ptr', 'int32_t', 'int32_t', 'int32_t', 'int32_t']],
  llama_memory_seq_pos_min: ['int32_t', ['ptr', 'int32_t']],
  llama_memory_seq_pos_max: ['int32_t', ['ptr', 'int32_t']],
  llama_memory_can_shift: ['bool', ['ptr']],
  llama_state_seq_get_size: ['size_t', ['ptr', 'int32_t']],
  llama_state_seq_get_data: ['size_t', ['ptr', 'ptr', 'size_t', 'int32_t']],
  llama_state_seq_set_data: ['size_t', ['ptr', 'ptr', 'size_t', 'int32_t']],
  llama_set_n_threads: ['void', ['ptr', 'int32_t', 'int32_t']],
  llama_attach_threadpool: ['void', ['ptr', 'ptr', 'ptr']],
  llama_decode: ['int32_t', ['ptr', 'batch']],
  llama_get_logits_ith: ['ptr', ['ptr', 'int32_t']],
  llama_vocab_n_tokens: ['int32_t', ['ptr']],
  llama_vocab_bos: ['int32_t', ['ptr']],
  llama_vocab_get_add_bos: ['bool', ['ptr']],
  llama_tokenize: ['int32_t', ['ptr', 'ptr', 'int32_t', 'ptr', 'int32_t', 'bool', 'bool']],
  llama_token_to_piece: ['int32_t', ['ptr', 'int32_t', 'ptr', 'int32_t', 'int32_t', 'bool']],
} as const;

/** Of ggml's base library and of its CPU backend. */
export const baseSignatures = { ggml_threadpool_params_default: ['threadPoolParams', ['int']] } as const;
export const cpuSignatures = {
  ggml_threadpool_new: ['ptr', ['threadPoolParams *']],
  ggml_threadpool_free: ['void', ['ptr']],
} as const;

export type Signatures = Record<string, readonly [result: string, parameters: readonly string[]]>;

/** A pointer, or memory that native code reads or writes only during the call. */
type Memory = Pointer | ArrayBufferView;

interface Types {
  ptr: Memory;
  str: string;
  void: undefined;
  bool: boolean;
  batch: Batch;
  modelParams: ModelParams;
  contextParams: ContextParams;
  threadPoolParams: ThreadPoolParams;
  'threadPoolParams *': ThreadPoolParams;
}

type Value<T> = T extends keyof Types ? Types[T] : number;
type Result<T> = T extends 'ptr' ? Pointer : Value<T>;
type Values<T extends readonly string[]> = { -readonly [I in keyof T]: Value<T[I]> };

/** A native function; `async` runs it on a thread of the pool. */
export interface NativeFunction<Arguments extends unknown[], Returned> {
  (...values: Arguments): Returned;
  async(...values: [...Arguments, (error: Error | null, returned: Returned) => void]): void;
}

type Declared<S extends Signatures> = {
  readonly [Name in keyof S]: NativeFunction<Values<S[Name][1]>, Result<S[Name][0]>>;
};

export type Functions = Declared<typeof signatures> & Declared<typeof baseSignatures> & Declared<typeof cpuSignatures>;

/** Calls a native function on a thread of the pool, so that Node's loop stays free. */
export function later<Arguments extends unknown[], Returned>(
  call: NativeFunction<Arguments, Returned>,
  ...values: Arguments
): Promise<Returned> {
  return new Promise((resolve, reject) => {
    call.async(...values, (error, returned) => (error ? reject(error) : resolve(returned)));
  });
}
