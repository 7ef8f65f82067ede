/**
 * What the engine costs over the raw floor: the very same llama_decode calls and ONNX runs in a bare loop, with nothing
 * around them - no gate, no session, no copies out, no worker threads.
 */

import type { Bundle } from '../../main/bundle/bundle.ts';
import { ChangeGate } from '../../main/capture/change-gate.ts';
import type { Captured } from '../../main/capture/frame.ts';
import { NarrationRun } from '../../main/live/narration-run.ts';
import { StreamingSession } from '../../main/live/session.ts';
import { VisionStage } from '../../main/live/vision-stage.ts';
import { loadLibrary, NativeArray } from '../../main/llama/library.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { LanguageContext, LanguageModel } from '../../main/llama/types.ts';
import type { VisionEncoder } from '../../main/vision/frame-tokens.ts';
import { InferenceSession, Tensor } from '../../main/vision/onnx-runtime.ts';
import { openVisionEncoder } from '../../main/vision/open-encoder.ts';
import { median, short } from './material.ts';

/** Frames in one turn of the loop. */
const batch = 8;
const repetitions = 5;

/** One call of the floor. */
type Call =
  | { readonly type: 'encode'; readonly frames: readonly Uint8Array[] }
  | { readonly type: 'embeddings'; readonly values: Float32Array; readonly position: number; readonly logits: number[] }
  | { readonly type: 'tokens'; readonly values: Int32Array; readonly position: number; readonly logits: number[] }
  | { readonly type: 'remove' | 'shift'; readonly from: number; readonly to: number; readonly delta: number };

export async function overhead(bundle: Bundle, captured: readonly Captured[]) {
  const calls: Call[] = [];
  await engine(bundle, captured, calls); // also warms everything up
  const ours: number[] = [];
  const floor: number[] = [];
  await using bare = await BareLoop.open(bundle);
  await bare.run(calls);
  for (let i = 0; i < repetitions; i++) {
    ours.push(await engine(bundle, captured));
    floor.push(await bare.run(calls));
  }
  const ratios = ours.map((ms, i) => ms / floor[i]!);
  return {
    engineMsPerFrame: short(median(ours) / captured.length),
    floorMsPerFrame: short(median(floor) / captured.length),
    overheadOverFloor: short(median(ratios)),
  };
}

/** Vision and language one after the other (the program itself overlaps them), in milliseconds. Fills `calls`. */
async function engine(bundle: Bundle, captured: readonly Captured[], calls?: Call[]): Promise<number> {
  const { manifest } = bundle;
  await using encoder = await openVisionEncoder(bundle);
  await using model = await openLanguageModel(bundle.path('language'));
  const language = calls ? recordingModel(model, calls) : model;
  await using session = await StreamingSession.open(manifest, language, { batch });
  const gate = new ChangeGate({ ...manifest.frame, ...manifest.gate });
  const vision = new VisionStage(calls ? recordingEncoder(encoder, calls) : encoder, gate);
  const run = new NarrationRun(session, { questions: [] });
  const before = performance.now();
  for (let i = 0; i < captured.length; i += batch) {
    for await (const _ of run.take(await vision.look(captured.slice(i, i + batch))));
  }
  return performance.now() - before;
}

function recordingEncoder(encoder: VisionEncoder, calls: Call[]): VisionEncoder {
  return {
    provider: encoder.provider,
    onCpu: encoder.onCpu,
    encode(frames) {
      calls.push({ type: 'encode', frames });
      return encoder.encode(frames);
    },
    lookClosely: (frame) => encoder.lookClosely(frame),
    reset: () => encoder.reset(),
    [Symbol.asyncDispose]: () => encoder[Symbol.asyncDispose](),
  };
}

function recordingModel(model: LanguageModel, calls: Call[]): LanguageModel {
  return new Proxy(model, {
    get(target, name) {
      if (name === 'openContext') {
        return async (...options: Parameters<LanguageModel['openContext']>) =>
          recordingContext(await target.openContext(...options), calls);
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function recordingContext(context: LanguageContext, calls: Call[]): LanguageContext {
  const recorders: Partial<LanguageContext> = {
    decodeEmbeddings(values, position, logits) {
      calls.push({ type: 'embeddings', values, position, logits: [...logits] });
      return context.decodeEmbeddings(values, position, logits);
    },
    decodeTokens(values, position, logits) {
      calls.push({ type: 'tokens', values, position, logits: [...logits] });
      return context.decodeTokens(values, position, logits);
    },
    remove(from, to) {
      calls.push({ type: 'remove', from, to, delta: 0 });
      return context.remove(from, to);
    },
    shift(from, to, delta) {
      calls.push({ type: 'shift', from, to, delta });
      return context.shift(from, to, delta);
    },
  };
  return new Proxy(context, {
    get(target, name) {
      const value: unknown = Reflect.get(recorders, name) ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** llama.cpp and ONNX Runtime called directly, synchronously, with arrays allocated once. */
class BareLoop implements AsyncDisposable {
  readonly #owned: AsyncDisposableStack;
  readonly #vision: InferenceSession;
  readonly #bundle: Bundle;
  readonly #decode: (call: Call & { type: 'embeddings' | 'tokens' }) => void;
  readonly #memory: (call: Call & { type: 'remove' | 'shift' }) => void;
  readonly #clear: () => void;

  static async open(bundle: Bundle): Promise<BareLoop> {
    await using owned = new AsyncDisposableStack();
    const vision = await InferenceSession.create(bundle.path('vision'), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
    });
    owned.defer(() => vision.release());
    const { functions } = await loadLibrary();
    const none = owned.use(new NativeArray('uint64_t', 1));
    none.write(BigUint64Array.of(0n));
    const model = functions.llama_model_load_from_file(bundle.path('language'), {
      ...functions.llama_model_default_params(),
      devices: none.address,
      n_gpu_layers: 0,
    });
    owned.defer(() => functions.llama_model_free(model));
    const { window, vision: shape } = bundle.manifest;
    const length = 512;
    const context = functions.llama_init_from_model(model, {
      ...functions.llama_context_default_params(),
      n_ctx: window.high + 512,
      n_batch: length,
      n_ubatch: 80, // as the engine has them for so small a model
      flash_attn_type: 0,
      n_threads: 1,
      n_threads_batch: 1,
      no_perf: true,
    });
    owned.defer(() => functions.llama_free(context));
    const memory = functions.llama_get_memory(context);
    const tokens = owned.use(new NativeArray('int32_t', length));
    const embeddings = owned.use(new NativeArray('float', length * shape.tokenWidth));
    const positions = owned.use(new NativeArray('int32_t', length));
    const wanted = owned.use(new NativeArray('int8_t', length));
    const decode = (call: Call & { type: 'embeddings' | 'tokens' }) => {
      const count = call.type === 'tokens' ? call.values.length : call.values.length / shape.tokenWidth;
      if (call.type === 'tokens') tokens.write(call.values);
      else embeddings.write(call.values);
      positions.write(Int32Array.from({ length: count }, (_, i) => call.position + i));
      const flags = new Int8Array(count);
      for (const offset of call.logits) flags[offset] = 1;
      wanted.write(flags);
      const code = functions.llama_decode(context, {
        n_tokens: count,
        token: call.type === 'tokens' ? tokens.address : null,
        embd: call.type === 'tokens' ? null : embeddings.address,
        pos: positions.address,
        n_seq_id: null,
        seq_id: null,
        logits: wanted.address,
      });
      if (code !== 0) throw new Error(`llama_decode returned ${code}`);
    };
    const change = ({ type, from, to, delta }: Call & { type: 'remove' | 'shift' }) => {
      if (type === 'remove') functions.llama_memory_seq_rm(memory, 0, from, to);
      else functions.llama_memory_seq_add(memory, 0, from, to, delta);
    };
    return new BareLoop(owned.move(), bundle, vision, decode, change, () =>
      functions.llama_memory_clear(memory, false),
    );
  }

  private constructor(
    owned: AsyncDisposableStack,
    bundle: Bundle,
    vision: InferenceSession,
    decode: (call: Call & { type: 'embeddings' | 'tokens' }) => void,
    memory: (call: Call & { type: 'remove' | 'shift' }) => void,
    clear: () => void,
  ) {
    this.#owned = owned;
    this.#bundle = bundle;
    this.#vision = vision;
    this.#decode = decode;
    this.#memory = memory;
    this.#clear = clear;
  }

  async run(calls: readonly Call[]): Promise<number> {
    const { frame, vision } = this.#bundle.manifest;
    const size = frame.width * frame.height * 3;
    let state = new Float32Array(vision.stateWidth);
    this.#clear();
    const before = performance.now();
    for (const call of calls) {
      if (call.type === 'encode') {
        const pixels = new Uint8Array(call.frames.length * size);
        for (const [i, one] of call.frames.entries()) pixels.set(one, i * size);
        const result = await this.#vision.run({
          pixels: new Tensor('uint8', pixels, [call.frames.length, frame.height, frame.width, 3]),
          ...(vision.stateWidth > 0 && { state_in: new Tensor('float32', state, [1, vision.stateWidth]) }),
        });
        if (vision.stateWidth > 0) state = result.state_out!.data as typeof state;
      } else if (call.type === 'embeddings' || call.type === 'tokens') this.#decode(call);
      else this.#memory(call);
    }
    return performance.now() - before;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}
