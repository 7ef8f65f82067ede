import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import { checkGgufAdapter, checkGgufModel } from './check-gguf.ts';
import { later } from './functions.ts';
import { type GgufHeader, readGgufHeader } from './gguf-header.ts';
import { type Library, loadLibrary, NativeArray } from './library.ts';
import type { ContextHost } from './native-context.ts';
import { openContext } from './open-context.ts';
import type { Pointer } from './structs.ts';
import type { ContextOptions, LanguageContext, LanguageModel } from './types.ts';
import { Vocabulary } from './vocabulary.ts';

export interface ModelOptions {
  /** Path of a GGUF LoRA adapter, applied at full strength. */
  readonly adapter?: string;
  /** Layers to put on the GPU; default: all if there is a GPU, else 0. */
  readonly gpuLayers?: number;
  /** Have llama.cpp look at every weight, and refuse a file with one that is no number; default false: it takes time. */
  readonly checkValues?: boolean;
}

const allLayers = 2 ** 20;
const loadAuto = -1;
const loadRead = 0;
/** Bytes up to which a model file is read into memory rather than mapped. */
const readWhole = 2 ** 30;
/** RoPE with one axis: consecutive pairs, or halves. 0 and 2 in `llama_rope_type`. */
const oneAxisRope = [0, 2];

/**
 * Loads a GGUF language model. Throws `bundle-missing`, `bundle-corrupt` or `bundle-invalid` (see `readGgufHeader`;
 * also for positions with several axes), `model-unloadable` if llama.cpp refuses it, `runtime-mismatch` if llama.cpp
 * is not the pinned release.
 */
export async function openLanguageModel(path: string, options: ModelOptions = {}): Promise<LanguageModel> {
  const header = readGgufHeader(path);
  if (header.multiAxisRope) throw notShiftable(path);
  checkGgufModel(header, path);
  if (options.adapter !== undefined) checkAdapter(options.adapter, header);

  const library = await loadLibrary();
  const gpuLayers = options.gpuLayers ?? (library.offloads ? allLayers : 0);
  const { functions } = library;
  const address = await load(library, path, gpuLayers, options.checkValues ?? false);
  try {
    checkModel(library, address, path);
    const vocabulary = new Vocabulary(functions, functions.llama_model_get_vocab(address));
    if (vocabulary.size <= 0) throw unloadable(path, 'it has no vocabulary');
    const adapter = options.adapter === undefined ? null : await loadAdapter(library, address, options.adapter);
    return new Model(library, header, address, adapter, vocabulary, gpuLayers > 0);
  } catch (error) {
    functions.llama_model_free(address);
    throw error;
  }
}

async function load(
  { functions, complaints }: Library,
  path: string,
  gpuLayers: number,
  checkValues: boolean,
): Promise<Pointer> {
  // An empty list of devices keeps a GPU out of it altogether; null would mean all of them.
  using none = new NativeArray('uint64_t', 1);
  none.write(BigUint64Array.of(0n));
  await complaints(); // Those of earlier calls.
  const address = await later(functions.llama_model_load_from_file, path, {
    ...functions.llama_model_default_params(),
    devices: gpuLayers > 0 ? null : none.address,
    n_gpu_layers: gpuLayers,
    check_tensors: checkValues,
    // A file that is mapped and then cut short, as an update in place would, ends the process: small ones are read.
    load_mode: statSync(path).size <= readWhole ? loadRead : loadAuto,
  });
  if (!address) throw unloadable(path, 'llama.cpp refused it', { cause: await complaints() });
  return address;
}

function checkModel({ functions }: Library, address: Pointer, path: string): void {
  if (functions.llama_model_has_encoder(address)) throw unloadable(path, 'it is not a decoder-only model');
  const recurrent = functions.llama_model_is_recurrent(address) || functions.llama_model_is_hybrid(address);
  if (recurrent || !oneAxisRope.includes(functions.llama_model_rope_type(address))) throw notShiftable(path);
}

function checkAdapter(path: string, model: GgufHeader): void {
  const header = readGgufHeader(path);
  const { metadata, architecture } = header;
  const name = basename(path);
  if (metadata.get('general.type') !== 'adapter' || metadata.get('adapter.type') !== 'lora') {
    throw new OnlookerError('bundle-invalid', `${name} is not a LoRA adapter. Choose another adapter file.`);
  }
  if (architecture !== model.architecture) {
    const what = `${name} is an adapter for ${architecture}, and the model is ${model.architecture}`;
    throw new OnlookerError('bundle-invalid', `${what}. Choose another adapter file.`);
  }
  checkGgufAdapter(header, model, path);
}

async function loadAdapter({ functions, complaints }: Library, model: Pointer, path: string): Promise<Pointer> {
  const adapter = await later(functions.llama_adapter_lora_init, model, path);
  if (!adapter) throw unloadable(path, 'llama.cpp refused the adapter', { cause: await complaints() });
  return adapter;
}

function notShiftable(path: string): OnlookerError {
  const what = `${basename(path)} cannot be used: its positions cannot be shifted, which an endless stream needs`;
  return new OnlookerError('bundle-invalid', `${what}. Choose a model with one-axis RoPE.`);
}

function unloadable(path: string, what: string, options?: ErrorOptions): OnlookerError {
  const message = `${basename(path)} cannot be loaded: ${what}. Choose another model file.`;
  return new OnlookerError('model-unloadable', message, options);
}

class Model implements LanguageModel {
  readonly embeddingWidth: number;
  readonly vocabularySize: number;
  readonly trainedContext: number;
  readonly quantisation: string;
  readonly beginOfText: number | undefined;
  readonly #library: Library;
  readonly #address: Pointer;
  readonly #adapter: Pointer;
  readonly #vocabulary: Vocabulary;
  readonly #offloaded: boolean;
  #closed = false;
  /** The model itself and its open contexts: native memory is freed when the last of them is done. */
  #holders = 1;

  constructor(
    library: Library,
    header: GgufHeader,
    address: Pointer,
    adapter: Pointer,
    vocabulary: Vocabulary,
    offloaded: boolean,
  ) {
    this.#library = library;
    this.#address = address;
    this.#adapter = adapter;
    this.#vocabulary = vocabulary;
    this.#offloaded = offloaded;
    this.embeddingWidth = library.functions.llama_model_n_embd_inp(address);
    this.vocabularySize = vocabulary.size;
    this.trainedContext = library.functions.llama_model_n_ctx_train(address);
    this.quantisation = header.quantisation;
    this.beginOfText = vocabulary.beginOfText;
  }

  tokenize(text: string, { special = false } = {}): Int32Array {
    return this.#open.tokenize(text, special);
  }

  detokenize(tokens: Int32Array | readonly number[]): string {
    return this.#open.detokenize(tokens);
  }

  piece(token: number): Uint8Array {
    return this.#open.piece(token);
  }

  async openContext(options: ContextOptions): Promise<LanguageContext> {
    const host: ContextHost = {
      library: this.#library,
      model: this.#address,
      adapter: this.#adapter,
      vocabulary: this.#open,
      embeddingWidth: this.embeddingWidth,
      offloaded: this.#offloaded,
      release: () => this.#release(),
    };
    this.#holders++;
    try {
      return await openContext(host, options);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  get #open(): Vocabulary {
    if (this.#closed) throw new Error('This model is closed');
    return this.#vocabulary;
  }

  #release(): void {
    if (--this.#holders === 0) this.#library.functions.llama_model_free(this.#address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }
}
