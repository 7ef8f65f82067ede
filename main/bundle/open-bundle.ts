import { join } from 'node:path';
import { checkFiles } from './check-files.ts';
import { checkLanguage } from './check-language.ts';
import { checkVision } from './check-vision.ts';
import { defaultBundle, findBundle, splitQuantisation } from './folders.ts';
import type { BundleManifest } from './manifest.ts';
import { readManifest } from './read-manifest.ts';

/** A model bundle whose files are whole and fit each other. */
export interface Bundle {
  readonly folder: string;
  readonly manifest: BundleManifest;
  /** sha256 over the canonical manifest: two bundles of the same hash have the same files. Snapshots carry it. */
  readonly hash: string;
  /** Absolute path of one of its files; undefined when the bundle has none. */
  path<Name extends keyof BundleManifest['files']>(file: Name): FilePath<Name>;
}

type FilePath<Name extends keyof BundleManifest['files']> = undefined extends BundleManifest['files'][Name]
  ? string | undefined
  : string;

export interface OpenBundleOptions {
  /** Read every file and compare its sha256; default true (some 10 ms for 10 MB). Sizes are always compared. */
  readonly verifyHashes?: boolean;
}

/**
 * Opens a bundle by name (embedded, or in the user's data folder) or by folder, either with `:q8_0` behind it for that
 * quantisation, and refuses one that is not whole or whose parts do not fit each other, before any native code that could
 * be harmed by it sees it.
 *
 * Errors: `bundle-missing` (no such bundle), `bundle-corrupt` (a file is missing, cut short or changed),
 * `bundle-invalid` (a field, shape or vocabulary does not fit). Each names the file and the mismatch.
 */
export async function openBundle(nameOrFolder = defaultBundle, options: OpenBundleOptions = {}): Promise<Bundle> {
  const wanted = splitQuantisation(nameOrFolder);
  const folder = findBundle(wanted.bundle);
  const { manifest, hash } = await readManifest(folder, wanted.manifest);
  await checkFiles(folder, manifest, options.verifyHashes ?? true);
  await checkLanguage(folder, manifest);
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
