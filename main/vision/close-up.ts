/**
 * A closer look at one frame, for a question about it: a graph of its own, larger than the stream's, which has no state.
 * It is opened with the first question, because most streams are never asked anything.
 */
import { join } from 'node:path';
import type { BundleManifest } from '../bundle/manifest.ts';
import { floats, runSession } from './graph.ts';
import { Tensor } from './onnx-runtime.ts';
import { type OpenedSession, openSession, type SessionOptions } from './session.ts';

export class CloseUpGraph {
  readonly #folder: string;
  readonly #manifest: BundleManifest;
  readonly #options: SessionOptions;
  #opened: Promise<OpenedSession> | undefined;

  constructor(folder: string, manifest: BundleManifest, options: SessionOptions) {
    this.#folder = folder;
    this.#manifest = manifest;
    this.#options = options;
  }

  /** `pixels`: [H, W, 3]. Returns [tokensPerFrame x tokenWidth]. */
  async run(pixels: Uint8Array): Promise<Float32Array<ArrayBuffer>> {
    const { frame, vision, files } = this.#manifest;
    if (!files.closeUp) throw new Error('the bundle has no closer look');
    this.#opened ??= openSession(join(this.#folder, files.closeUp.path), this.#options);
    const { session } = await this.#opened;
    const out = await runSession(session, { pixels: new Tensor('uint8', pixels, [1, frame.height, frame.width, 3]) });
    return floats(out.tokens, [1, vision.tokensPerFrame, vision.tokenWidth], 'tokens');
  }

  async release(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined); // who asked was told why it could not be opened
    await opened?.session.release();
  }
}
