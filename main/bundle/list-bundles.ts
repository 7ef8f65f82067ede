import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OnlookerError } from '../errors.ts';
import { bundleRoots } from './folders.ts';
import { openBundle } from './open-bundle.ts';
import { readManifest } from './read-manifest.ts';

export interface ListedBundle {
  /** What it is called on the command line: the name of its folder. */
  readonly name: string;
  readonly folder: string;
  readonly version: string | undefined;
  /** Bytes of all its files; undefined when bundle.json cannot be read. */
  readonly bytes: number | undefined;
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
      // The first root wins, as it does when a bundle is opened by name.
      if (!listed.has(name)) listed.set(name, await look(name, join(root, name), options.verifyHashes ?? false));
    }
  }
  return [...listed.values()];
}

async function look(name: string, folder: string, verifyHashes: boolean): Promise<ListedBundle> {
  const read = await readManifest(folder).catch(() => undefined); // openBundle says why, in its words
  const bytes = read && Object.values(read.manifest.files).reduce((sum, file) => sum + (file?.bytes ?? 0), 0);
  const problem = await openBundle(folder, { verifyHashes }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof OnlookerError) return error.message;
      throw error;
    },
  );
  return { name, folder, version: read?.manifest.version, bytes, problem };
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []); // none installed: no such folder
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return folders
    .map((entry) => entry.name)
    .filter((name) => !name.startsWith('.'))
    .sort();
}
