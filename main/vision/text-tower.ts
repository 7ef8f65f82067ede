import { OnlookerError } from '../base/errors.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { checkHashes } from '../bundle/check-files.ts';
import { ByteLevelBpe } from './byte-level-bpe.ts';
import { floats } from './graph.ts';
import { type InferenceSession, Tensor } from './onnx-runtime.ts';
import { firstLine, inspectGraph, openSession } from './session.ts';
import { checkTextSignature } from './signature.ts';

/** Most tokens of a text; the tower has no place for more (native-models/training/text_tower.py). */
const mostTokens = 40;

/**
 * The other half of CLIP: puts a text where the vision graph puts the pictures it describes.
 * Returns undefined for a bundle that has none. It is small, and runs on the caller's thread in a few milliseconds.
 * @throws OnlookerError `bundle-corrupt`, `bundle-invalid`, `model-unloadable`
 */
export async function openTextTower(
  bundle: Pick<Bundle, 'folder' | 'manifest' | 'path'>,
): Promise<TextTower | undefined> {
  const graph = bundle.path('text');
  const tokenizer = bundle.path('tokenizer');
  if (graph === undefined || tokenizer === undefined) return undefined;
  await checkHashes(bundle.folder, bundle.manifest, ['text', 'tokenizer']);
  const words = await ByteLevelBpe.open(tokenizer);
  await using opened = new AsyncDisposableStack();
  await (await inspectGraph(graph)).release(); // refuses weights in other files, which have no hash
  const { session } = await openSession(graph, { threads: 1, providers: ['cpu'] });
  opened.defer(() => session.release());
  checkTextSignature(session, bundle.manifest);
  opened.move();
  return new TextTower(session, words, bundle.manifest.vision.embeddingWidth);
}

export class TextTower implements AsyncDisposable {
  readonly #session: InferenceSession;
  readonly #words: ByteLevelBpe;
  readonly #width: number;

  /** Use `openTextTower`. */
  constructor(session: InferenceSession, words: ByteLevelBpe, width: number) {
    this.#session = session;
    this.#words = words;
    this.#width = width;
  }

  /** The text's CLIP embedding, unit length; of a long text, that of its first 40 tokens. Empty texts have none. */
  async embed(text: string): Promise<Float32Array> {
    const ids = this.#words.encode(text).slice(0, mostTokens);
    if (ids.length === 0) throw new RangeError('an empty text has no embedding');
    let embedding: Tensor | undefined;
    try {
      const feeds = { ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]) };
      embedding = (await this.#session.run(feeds)).embedding as Tensor;
    } catch (cause) {
      const message = `The text tower failed (${firstLine(cause)}). Install the bundle again.`;
      throw new OnlookerError('model-unloadable', message, { cause });
    }
    return floats(embedding, [1, this.#width], 'embedding');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}
