import type { BundleManifest } from './manifest.ts';

/** A model bundle whose files are whole and fit each other. */
export interface Bundle {
  readonly folder: string;
  readonly manifest: BundleManifest;
  /** sha256 over the canonical manifest: two bundles of the same hash have the same files. Snapshots carry it. */
  readonly hash: string;
  /** Absolute path of one of its files; undefined when the bundle has none. */
  path<Name extends keyof BundleManifest['files']>(file: Name): FilePath<Name>;
}

/** Of the files that every bundle has, a path for certain. */
export type FilePath<Name extends keyof BundleManifest['files']> = undefined extends BundleManifest['files'][Name]
  ? string | undefined
  : string;
