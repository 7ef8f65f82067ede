import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OnlookerError } from '../../base/errors.ts';
import { bundleRoots, splitQuantisation } from '../folders.ts';
import { readManifest } from '../read-manifest.ts';
import { openBundle } from './open-bundle.ts';

export interface ListedBundle {
  /** What it is called on the command line: the name of its folder, with the quantisation if it is not the usual one. */
  readonly name: string;
  readonly folder: string;
  readonly version: string | undefined;
  /** Bytes of all its files; undefined when its manifest cannot be read. */
  readonly bytes: number | undefined;
  /** What it says of its limits; undefined like that. */
  readonly limits: readonly string[] | undefined;
  /** The same in other languages, by tag; empty where it has none. */
  readonly limitsIn: Readonly<Record<string, readonly string[]>>;
  /** Why it cannot be used; undefined when it can. */
  readonly problem: string | undefined;
}

/**
 * Every installed bundle, embedded ones first. `verifyHashes` also reads all files (`models verify`); otherwise sizes,
 * shapes and vocabulary are checked.
 */
export async function listBundles(
  options: { verifyHashes?: boolean; roots?: readonly string[] } = {},
): Promise<ListedBundle[]> {
  const listed = new Map<string, ListedBundle>();
  for (const root of options.roots ?? bundleRoots()) {
    for (const name of await foldersIn(root)) {
      if (listed.has(name)) continue; // the first root wins, as it does when a bundle is opened by name
      for (const quantisation of ['', ...(await quantisationsIn(join(root, name)))]) {
        const bundle = await look(name + quantisation, join(root, name), quantisation, options.verifyHashes ?? false);
        listed.set(bundle.name, bundle);
      }
    }
  }
  return [...listed.values()];
}

async function look(name: string, folder: string, quantisation: string, verifyHashes: boolean): Promise<ListedBundle> {
  const { manifest: file } = splitQuantisation(name);
  const manifest = (await readManifest(folder, file).catch(() => undefined))?.manifest; // openBundle says why, in its words
  const bytes = manifest && Object.values(manifest.files).reduce((sum, file) => sum + (file?.bytes ?? 0), 0);
  const problem = await openBundle(folder + quantisation, { verifyHashes }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof OnlookerError) return error.message;
      throw error;
    },
  );
  return {
    name,
    folder,
    version: manifest?.version,
    bytes,
    limits: manifest?.limits,
    limitsIn: manifest?.limitsIn ?? {},
    problem,
  };
}

/** `:q8_0` for each further manifest in the folder. */
async function quantisationsIn(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  const found = files.map((file) => /^bundle\.([a-z][a-z0-9_]+)\.json$/.exec(file)?.[1]);
  return found.flatMap((quantisation) => (quantisation ? [`:${quantisation}`] : [])).sort();
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []); // none installed: no such folder
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return folders
    .map((entry) => entry.name)
    .filter((name) => !name.startsWith('.'))
    .sort();
}
