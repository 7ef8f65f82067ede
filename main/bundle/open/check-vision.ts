import { join } from 'node:path';
import { inspectGraph } from '../../vision/session.ts';
import { checkCloseUpSignature, checkConnectorSignature, checkVisionSignature } from '../../vision/signature.ts';
import type { BundleManifest } from '../manifest.ts';

/** Checks names, types and shapes of the ONNX graphs against the manifest, without running them. */
export async function checkVision(folder: string, manifest: BundleManifest): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const inspect = async (file: string) => {
    const session = await inspectGraph(join(folder, file));
    opened.defer(() => session.release());
    return session;
  };
  const vision = await inspect(manifest.files.vision.path);
  checkVisionSignature(vision, manifest);
  if (manifest.files.connector) {
    checkConnectorSignature(await inspect(manifest.files.connector.path), vision, manifest);
  }
  if (manifest.files.closeUp) checkCloseUpSignature(await inspect(manifest.files.closeUp.path), manifest);
}
