import { join } from 'node:path';
import { tryBundleOut } from '../../trial/trial.ts';
import type { Bundle, FilePath } from '../bundle.ts';
import { checkHashes, checkSizes } from '../check-files.ts';
import { defaultBundle, findBundle, findInstalledBundle, isEmbedded, splitQuantisation } from '../folders.ts';
import type { BundleManifest } from '../manifest.ts';
import { readManifest } from '../read-manifest.ts';
import { checkLanguage } from './check-language.ts';
import { checkVision } from './check-vision.ts';

export interface OpenBundleOptions {
  /**
   * Whether every file is read and its sha256 compared; default true. Without it only those are that are loaded here, to
   * look at their shapes: enough for what loads no others. Sizes are always compared.
   */
  readonly verifyHashes?: boolean;
  /**
   * Whether only the name of an installed bundle is taken, never a folder; default false. For a name that comes from data
   * (a memory, the settings, another program): it must not choose which files native code loads.
   */
  readonly installedOnly?: boolean;
}

/** Files that are loaded to look at their shapes. */
const graphs = ['vision', 'connector', 'closeUp'] as const;

/**
 * Opens a bundle by name (embedded, or in the user's data folder) or by folder, either with `:q8_0` behind it for that
 * quantisation, and refuses one that is not whole or whose parts do not fit each other. One that did not come with the
 * program is tried out in a process of its own the first time, before native code of this process sees it.
 *
 * Errors: `bundle-missing` (no such bundle), `bundle-corrupt` (a file is missing, cut short or changed),
 * `bundle-invalid` (a field, shape or vocabulary does not fit). Each names the file and the mismatch.
 */
export async function openBundle(nameOrFolder = defaultBundle, options: OpenBundleOptions = {}): Promise<Bundle> {
  const wanted = splitQuantisation(nameOrFolder);
  const folder = options.installedOnly ? findInstalledBundle(wanted.bundle) : findBundle(wanted.bundle);
  const { manifest, hash } = await readManifest(folder, wanted.manifest);
  // Sizes first: a file that is missing or cut short is reported without reading the others.
  await checkSizes(folder, manifest);
  await checkHashes(folder, manifest, options.verifyHashes === false ? graphs : undefined);
  await checkLanguage(folder, manifest);
  if (!isEmbedded(folder)) await tryBundleOut(folder, wanted.manifest, manifest);
  await checkVision(folder, manifest);
  return {
    folder,
    manifest,
    hash,
    path: <Name extends keyof BundleManifest['files']>(name: Name) => {
      const file = manifest.files[name];
      return (file && join(folder, file.path)) as FilePath<Name>;
    },
  };
}
