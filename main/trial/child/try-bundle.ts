import { join } from 'node:path';
import { checkHashes } from '../../bundle/check-files.ts';
import type { BundleManifest } from '../../bundle/manifest.ts';
import { checkVision } from '../../bundle/open/check-vision.ts';
import { readManifest } from '../../bundle/read-manifest.ts';
import { StreamingSession } from '../../live/session.ts';
import { openLanguageModel } from '../../llama/model.ts';
import { CloseUpGraph } from '../../vision/close-up.ts';
import { type GraphResult, VisionGraph } from '../../vision/graph.ts';
import { openTextTower } from '../../vision/text-tower.ts';

const graphOptions = { threads: 1, providers: ['cpu'] as const };

/** Does once what a stream does all the time: two frames through every graph and the language model, and a question. */
export async function tryBundle(folder: string, file: string): Promise<void> {
  const { manifest } = await readManifest(folder, file);
  await checkHashes(folder, manifest); // a good verdict is kept for files of these hashes
  await checkVision(folder, manifest);
  const { tokens } = await tryGraphs(folder, manifest);
  await tryLanguage(folder, manifest, tokens);
}

/** Returns what the graphs make of two frames. */
async function tryGraphs(folder: string, manifest: BundleManifest): Promise<GraphResult> {
  await using owned = new AsyncDisposableStack();
  const graph = await VisionGraph.open(folder, manifest, graphOptions);
  owned.defer(() => graph.release());
  const { width, height } = manifest.frame;
  const frames = noise(2 * width * height * 3);
  const result = await graph.run(frames, 2);
  if (manifest.files.closeUp) {
    const closeUp = new CloseUpGraph(folder, manifest, graphOptions);
    owned.defer(() => closeUp.release());
    await closeUp.run(frames.subarray(0, width * height * 3));
  }
  const path = (name: keyof BundleManifest['files']) => {
    const found = manifest.files[name];
    return found && join(folder, found.path);
  };
  const tower = owned.use(await openTextTower({ folder, manifest, path: path as never }));
  await tower?.embed('A window was opened.');
  return result;
}

async function tryLanguage(folder: string, manifest: BundleManifest, tokens: Float32Array): Promise<void> {
  const { language, adapter } = manifest.files;
  await using model = await openLanguageModel(join(folder, language.path), {
    ...(adapter && { adapter: join(folder, adapter.path) }),
    checkValues: true,
  });
  await using session = await StreamingSession.open(manifest, model, { chattiness: 0, batch: 16 });
  const width = tokens.length / 2;
  const frames = [0, 1].map((index) => ({ index, t: index, tokens: tokens.slice(index * width, (index + 1) * width) }));
  for await (const _ of session.see(frames));
  await session.restore(await session.save());
}

/** Pixels that are the same each time. */
function noise(length: number): Uint8Array {
  let seed = 1;
  return Uint8Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed >>> 24;
  });
}
