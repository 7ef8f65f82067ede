/**
 * libllama, through koffi. node-llama-cpp picks the build for this machine (CPU, CUDA, Vulkan, Metal) and registers
 * its backends; koffi then calls the C API of *the same* mapped library. This is the only file that knows koffi.
 */
import { readFileSync } from 'node:fs';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import koffi, { type TypeObject } from 'koffi';
import { OnlookerError } from '../base/errors.ts';
import { say } from '../base/terminal.ts';
import { baseSignatures, cpuSignatures, type Functions, type Signatures, signatures } from './functions.ts';
import { mayHaveGpu } from './gpu.ts';
import { differingDefaults, expectedVersion, layouts, type Pointer } from './structs.ts';

export interface Library {
  readonly functions: Functions;
  /** Whether a GPU that can hold layers is there. */
  readonly offloads: boolean;
  /** What llama.cpp complained about since this was last asked, for the `cause` of an error. */
  complaints(): Promise<Error | undefined>;
}

/** Native code keeps frames of the C++ standard library's regular expressions and of GPU compilers on these stacks. */
const stackBytes = 8 * 2 ** 20;

let loading: Promise<Library> | undefined;

/** Loads and verifies libllama, once in a process. Throws `runtime-mismatch` when it is not the pinned release. */
export function loadLibrary(): Promise<Library> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<Library> {
  const verbose = Boolean(process.env.ONLOOKER_LLAMA_LOG);
  let lines: string[] = [];
  const logger = (_level: string, message: string): void => {
    lines = [...lines.slice(-7), message.trim()];
    if (verbose) say(message.trimEnd());
  };
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    build: 'never',
    gpu: mayHaveGpu() ? 'auto' : false,
    progressLogs: false,
    logLevel: verbose ? LlamaLogLevel.debug : LlamaLogLevel.error,
    logger,
  }).catch((cause: unknown) => {
    throw mismatch('node-llama-cpp has no llama.cpp build that runs on this machine', { cause });
  });

  koffi.config({ sync_stack_size: stackBytes, async_stack_size: stackBytes });
  const functions = declare();
  verify(functions);
  return {
    functions,
    // Reads from the object, which must not be collected as long as its backends are in use.
    get offloads() {
      return llama.supportsGpuOffloading;
    },
    async complaints() {
      // Messages come from other threads through the loop: those of a call that has ended may still be on their way.
      for (let i = 0; i < 2; i++) await turnOfTheLoop();
      const text = lines.join('; ');
      lines = [];
      return text === '' ? undefined : new Error(text);
    },
  };
}

/** Path of a library that is mapped into this process; `name` is a pattern, without what builds put before and behind. */
function mappedLibrary(name: string): string | undefined {
  const paths = process.platform === 'linux' ? mappedFiles() : reportedFiles();
  const pattern = new RegExp(`[/\\\\](lib)?${name}(\\.[\\w-]+)*?(\\.v[\\d.]+)?\\.(so|dylib|dll)$`);
  return paths.find((each) => pattern.test(each));
}

function mappedFiles(): string[] {
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\n');
  return lines.map((line) => line.slice(line.indexOf('/')).replace(/ \(deleted\)$/, ''));
}

function reportedFiles(): string[] {
  const report = process.report as unknown as {
    excludeNetwork: boolean;
    getReport(): { readonly sharedObjects: string[] };
  };
  const excluded = report.excludeNetwork;
  report.excludeNetwork = true; // Otherwise a report looks up the names of all open connections.
  try {
    return report.getReport().sharedObjects;
  } finally {
    report.excludeNetwork = excluded;
  }
}

function declare(): Functions {
  const params = koffi.struct(layouts.threadPoolParams);
  const types: Record<string, TypeObject | string> = {
    ptr: 'void *',
    batch: koffi.struct(layouts.batch),
    modelParams: koffi.struct(layouts.modelParams),
    contextParams: koffi.struct(layouts.contextParams),
    threadPoolParams: params,
    'threadPoolParams *': koffi.pointer(params),
  };
  const typed = (name: string) => types[name] ?? name;
  const bind = (path: string, table: Signatures) => {
    const library = koffi.load(path);
    return Object.entries(table).map(([name, [result, parameters]]) => {
      try {
        return [name, library.func(name, typed(result), parameters.map(typed))];
      } catch (cause) {
        throw mismatch(`${path} has no function ${name}`, { cause });
      }
    });
  };
  const llama = mappedLibrary('llama');
  if (llama === undefined) throw mismatch('libllama is not loaded in this process');
  // Builds that keep ggml's parts inside or under other names have them among what libllama depends on.
  return Object.fromEntries([
    ...bind(llama, signatures),
    ...bind(mappedLibrary('ggml-base') ?? llama, baseSignatures),
    ...bind(mappedLibrary('ggml-cpu(-[\\w.]+)?') ?? llama, cpuSignatures),
  ]);
}

function verify(functions: Functions): void {
  const version = functions.llama_version();
  if (version !== expectedVersion) throw mismatch(`llama.cpp is ${version}, and ${expectedVersion} is needed`);
  const names = differingDefaults(
    functions.llama_model_default_params(),
    functions.llama_context_default_params(),
    functions.ggml_threadpool_params_default(1),
  );
  if (names.length > 0) throw mismatch(`llama.cpp's parameters differ from the pinned release's: ${names.join(', ')}`);
}

function mismatch(what: string, options?: ErrorOptions): OnlookerError {
  const next = 'Install the dependencies again with "npm ci", and do not replace node-llama-cpp.';
  return new OnlookerError('runtime-mismatch', `${what}. ${next}`, options);
}

const elements = {
  int8_t: Int8Array,
  uint8_t: Uint8Array,
  int32_t: Int32Array,
  float: Float32Array,
  uint64_t: BigUint64Array,
} as const;

interface Arrays {
  int8_t: Int8Array;
  uint8_t: Uint8Array;
  int32_t: Int32Array;
  float: Float32Array;
  uint64_t: BigUint64Array;
}

type Element = keyof Arrays;
type Values<E extends Element> = Arrays[E];

/** koffi's types are limited in size: larger memory is copied in pieces of this many elements. */
const piece = 4 * 2 ** 20;

/**
 * An array in native memory: it does not move, so native code may keep its address. Values are copied in and out,
 * because views on native memory are forbidden inside Electron.
 */
export class NativeArray<E extends Element> implements Disposable {
  readonly address: Pointer;
  readonly length: number;
  readonly #element: E;
  #freed = false;

  constructor(element: E, length: number) {
    this.#element = element;
    this.length = length;
    this.address = koffi.alloc(element, length);
    if (!this.address) throw new Error(`Out of memory: ${length} x ${element}`);
  }

  /** Copies all of `values` to the start of the array. */
  write(values: Values<E>): void {
    if (values.length > this.length) throw new RangeError(`${values.length} values do not fit into ${this.length}`);
    if (values.length <= piece) {
      koffi.encode(this.address, this.#element, values, values.length);
      return;
    }
    for (let from = 0; from < values.length; from += piece) {
      const part = values.subarray(from, from + piece);
      koffi.encode(this.address, from * values.BYTES_PER_ELEMENT, this.#element, part, part.length);
    }
  }

  /** A copy of the first `count` values. */
  read(count = this.length): Values<E> {
    const values = new elements[this.#element](count) as Values<E>;
    for (let from = 0; from < count; from += piece) {
      const part = koffi.decode(
        this.address,
        from * values.BYTES_PER_ELEMENT,
        this.#element,
        Math.min(piece, count - from),
      );
      values.set(part, from);
    }
    return values;
  }

  [Symbol.dispose](): void {
    if (this.#freed) return;
    this.#freed = true;
    koffi.free(this.address);
  }
}

/** A copy of `count` floats at an address that native code gave. */
export function readFloats(address: Pointer, count: number): Float32Array {
  if (!address) throw new Error('Native code gave a null pointer');
  return koffi.decode(address, 'float', count);
}
