import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { userData } from '../data-home.ts';
import { OnlookerError } from '../errors.ts';
import { unpacked } from '../unpacked.ts';

/** The bundle used when none is named. */
export const defaultBundle = 'desk-nano';

/** Bundles that come with the program. */
export const embeddedBundles = unpacked(fileURLToPath(new URL('../../native-models/bundles/', import.meta.url)));

/** Bundles the user installed, where the platform keeps a program's data. */
export function userBundles(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): string {
  return join(userData(platform, env), 'bundles');
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
  for (const root of roots) {
    const folder = join(root, nameOrFolder);
    if (existsSync(join(folder, 'bundle.json'))) return folder;
  }
  // A name that is also a folder here is taken as that folder, but only when nothing of that name is installed.
  if (existsSync(join(nameOrFolder, 'bundle.json'))) return resolve(nameOrFolder);
  throw new OnlookerError(
    'bundle-missing',
    `No model bundle named "${nameOrFolder}". Run "onlooker models list" to see what is installed.`,
  );
}

function looksLikePath(text: string): boolean {
  return isAbsolute(text) || text.includes('/') || text.includes(sep) || text === '.' || text === '..' || text === '';
}
