import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { userData } from '../base/data-home.ts';
import { OnlookerError } from '../base/errors.ts';
import { nativePath } from '../base/paths.ts';

/** The bundle used when none is named. */
export const defaultBundle = 'desk-nano';

/** Bundles that come with the program. */
export const embeddedBundles = nativePath('native-models/bundles/');

/** Bundles the user installed, where the platform keeps a program's data. */
export function userBundles(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): string {
  return join(userData(platform, env), 'bundles');
}

/** True if the bundle in this folder came with the program. */
export function isEmbedded(folder: string): boolean {
  return dirname(resolve(folder)) === resolve(embeddedBundles);
}

/** Where a bundle of this name is looked for, in order: an old copy of the user's never hides the one that came along. */
export function bundleRoots(): string[] {
  return [embeddedBundles, userBundles()];
}

/**
 * A folder may hold the same model in other quantisations, each with a manifest of its own beside `bundle.json`:
 * `desk-nano:q8_0` is what `bundle.q8_0.json` describes. The colon of a Windows drive is none of these.
 */
export function splitQuantisation(nameOrFolder: string): { bundle: string; manifest: string } {
  const [, bundle, quantisation] = /^(.+):([a-z][a-z0-9_]+)$/.exec(nameOrFolder) ?? [];
  return bundle && quantisation
    ? { bundle, manifest: `bundle.${quantisation}.json` }
    : { bundle: nameOrFolder, manifest: 'bundle.json' };
}

/** A name, or a folder (anything with a separator, or that exists here), to the bundle's folder. */
export function findBundle(nameOrFolder: string, roots: readonly string[] = bundleRoots()): string {
  if (looksLikePath(nameOrFolder)) {
    const folder = resolve(nameOrFolder);
    if (existsSync(join(folder, 'bundle.json'))) return folder;
    const what = existsSync(folder) ? 'holds no bundle.json' : 'does not exist';
    throw new OnlookerError('bundle-missing', `The bundle folder ${folder} ${what}. Give the folder with bundle.json.`);
  }
  const installed = installedFolder(nameOrFolder, roots);
  if (installed !== undefined) return installed;
  // A name that is also a folder here is taken as that folder, but only when nothing of that name is installed.
  if (existsSync(join(nameOrFolder, 'bundle.json'))) return resolve(nameOrFolder);
  throw notInstalled(nameOrFolder);
}

/** The name of an installed bundle to its folder. No name leads to any other folder. @throws OnlookerError `bundle-missing` */
export function findInstalledBundle(name: string, roots: readonly string[] = bundleRoots()): string {
  const folder = isBundleName(name) ? installedFolder(name, roots) : undefined;
  if (folder === undefined) throw notInstalled(name);
  return folder;
}

/** True if it begins with a letter or a digit, and holds nothing that separates folders, drives or streams. */
export function isBundleName(text: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._ +-]{0,199}$/u.test(text);
}

function installedFolder(name: string, roots: readonly string[]): string | undefined {
  return roots.map((root) => join(root, name)).find((folder) => existsSync(join(folder, 'bundle.json')));
}

function notInstalled(name: string): OnlookerError {
  const message = `No model bundle named "${name}". Run "onlooker models list" to see what is installed.`;
  return new OnlookerError('bundle-missing', message);
}

function looksLikePath(text: string): boolean {
  return isAbsolute(text) || text.includes('/') || text.includes(sep) || text === '.' || text === '..' || text === '';
}
