/**
 * The vision graph and its connector as one function over a batch of frames, with the state that is carried from
 * batch to batch. Runs block the thread they are called on: that is why encoder-worker.ts owns it.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { OnlookerError } from '../base/errors.ts';
import { ownFloats } from '../base/typed-arrays.ts';
import type { BundleManifest } from '../bundle/manifest.ts';
import { type InferenceSession, Tensor } from './onnx-runtime.ts';
import { firstLine, openSession, type SessionOptions } from './session.ts';
import { checkConnectorSignature, checkVisionSignature } from './signature.ts';

/** Outputs of one run over N frames, row-major: copies the caller owns. */
export const graphResult = z.strictObject({
  /** [N x tokensPerFrame x tokenWidth] */
  tokens: ownFloats,
  /** Same shape; undefined when the graph has none, and `tokens` stand for them. */
  stillTokens: ownFloats.or(z.undefined()),
  /** [N x embeddingWidth] */
  embeddings: ownFloats,
});
export type GraphResult = Readonly<z.infer<typeof graphResult>>;

export class VisionGraph {
  readonly provider: string;
  readonly onCpu: boolean;
  readonly #manifest: BundleManifest;
  readonly #vision: InferenceSession;
  readonly #connector: InferenceSession | undefined;
  #state: Float32Array;

  static async open(folder: string, manifest: BundleManifest, options: SessionOptions): Promise<VisionGraph> {
    await using opened = new AsyncDisposableStack();
    const path = join(folder, manifest.files.vision.path);
    const { session: vision, provider, onCpu } = await openSession(path, options);
    opened.defer(() => vision.release());
    checkVisionSignature(vision, manifest);
    let connector: InferenceSession | undefined;
    if (manifest.files.connector) {
      connector = (await openSession(join(folder, manifest.files.connector.path), options)).session;
      opened.defer(() => connector?.release());
      checkConnectorSignature(connector, vision, manifest);
    }
    const graph = new VisionGraph(manifest, vision, connector, { provider, onCpu });
    // One black frame: warms the graph up, and shows the shapes it had left open before anybody waits for it.
    const { width, height } = manifest.frame;
    await graph.run(new Uint8Array(width * height * 3), 1);
    graph.reset();
    opened.move();
    return graph;
  }

  private constructor(
    manifest: BundleManifest,
    vision: InferenceSession,
    connector: InferenceSession | undefined,
    on: { readonly provider: string; readonly onCpu: boolean },
  ) {
    this.provider = on.provider;
    this.onCpu = on.onCpu;
    this.#manifest = manifest;
    this.#vision = vision;
    this.#connector = connector;
    this.#state = new Float32Array(manifest.vision.stateWidth);
  }

  /** `pixels`: [count, H, W, 3]. A run that fails leaves the state as it was. */
  async run(pixels: Uint8Array, count: number): Promise<GraphResult> {
    const slice = this.onCpu ? framesAtOnceOnCpu : count;
    const frameBytes = pixels.length / count;
    const before = this.#state;
    const results: GraphResult[] = [];
    try {
      for (let from = 0; from < count; from += slice) {
        const frames = Math.min(slice, count - from);
        results.push(await this.#runSlice(pixels.subarray(from * frameBytes, (from + frames) * frameBytes), frames));
      }
    } catch (error) {
      this.#state = before;
      throw error;
    }
    return joinResults(results);
  }

  async #runSlice(pixels: Uint8Array, count: number): Promise<GraphResult> {
    const { frame, vision } = this.#manifest;
    const feeds: Record<string, Tensor> = {
      pixels: new Tensor('uint8', pixels, [count, frame.height, frame.width, 3]),
    };
    if (vision.stateWidth > 0) feeds.state_in = new Tensor('float32', this.#state, [1, vision.stateWidth]);
    const out = await runSession(this.#vision, feeds);
    const tokens = await this.#connect(out.tokens, count);
    const stillTokens = out.still_tokens && (await this.#connect(out.still_tokens, count));
    const embeddings = floats(out.embedding, [count, vision.embeddingWidth], 'embedding');
    if (vision.stateWidth > 0) this.#state = floats(out.state_out, [1, vision.stateWidth], 'state_out');
    return { tokens, stillTokens, embeddings };
  }

  /** Forgets the frames before: the next one is a first frame. */
  reset(): void {
    this.#state = new Float32Array(this.#manifest.vision.stateWidth);
  }

  async release(): Promise<void> {
    await this.#vision.release();
    await this.#connector?.release();
  }

  async #connect(tokens: Tensor | undefined, count: number): Promise<Float32Array<ArrayBuffer>> {
    const { tokensPerFrame, tokenWidth } = this.#manifest.vision;
    let connected = tokens;
    if (this.#connector && tokens) {
      const [input] = this.#connector.inputNames;
      const [output] = this.#connector.outputNames;
      connected = (await runSession(this.#connector, { [input as string]: tokens }))[output as string];
    }
    return floats(connected, [count, tokensPerFrame, tokenWidth], 'tokens');
  }
}

/**
 * On a CPU a frame costs the same in a batch of any size (measured at 1 to 16), but the memory of a run grows with it:
 * a long batch goes through in slices.
 */
const framesAtOnceOnCpu = 4;

function joinResults(results: readonly GraphResult[]): GraphResult {
  const [only] = results;
  if (results.length === 1 && only) return only;
  const stills = results.flatMap(({ stillTokens }) => (stillTokens ? [stillTokens] : []));
  return {
    tokens: concat(results.map(({ tokens }) => tokens)),
    stillTokens: stills.length > 0 ? concat(stills) : undefined,
    embeddings: concat(results.map(({ embeddings }) => embeddings)),
  };
}

function concat(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export async function runSession(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
): Promise<Record<string, Tensor>> {
  try {
    return (await session.run(feeds)) as Record<string, Tensor>;
  } catch (cause) {
    throw new OnlookerError(
      'model-unloadable',
      `The vision graph failed (${firstLine(cause)}). Install the bundle again.`,
      {
        cause,
      },
    );
  }
}

/** A copy of an output, after comparing its shape and looking at its values: what leaves here is fed to native code that checks nothing. */
export function floats(tensor: Tensor | undefined, shape: readonly number[], name: string): Float32Array<ArrayBuffer> {
  if (tensor?.type !== 'float32' || tensor.dims.length !== shape.length || tensor.dims.some((d, i) => d !== shape[i])) {
    const found = tensor ? `${tensor.type} [${tensor.dims.join(', ')}]` : 'nothing';
    throw new OnlookerError(
      'bundle-invalid',
      `The graph gave ${found} as "${name}", but bundle.json wants float32 [${shape.join(', ')}]. ` +
        "The bundle's files do not belong together; install it again.",
    );
  }
  const values = new Float32Array(tensor.data as Float32Array);
  if (areNumbers(values)) return values;
  const what = `The graph gave values that are not numbers as "${name}": its weights are damaged`;
  throw new OnlookerError('bundle-invalid', `${what}. Install the bundle again.`);
}

/** True if no value is infinite or not a number: such a one minus itself is not 0. A plain loop, because it is in every run. */
function areNumbers(values: Float32Array): boolean {
  let sum = 0;
  for (const value of values) sum += value - value;
  return sum === 0;
}
