import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OnlookerError } from '../base/errors.ts';
import type { BundleFile, BundleManifest } from './manifest.ts';

/** Checks that every file of the bundle is there, with its size. */
export async function checkSizes(folder: string, manifest: BundleManifest): Promise<void> {
  for (const file of Object.values(manifest.files)) if (file) await checkSize(folder, file);
}

/**
 * Compares the hashes of files of a bundle, which native code may then load. Each file is read once in a process, and
 * again when it has changed since. Some 10 ms for 10 MB. @throws OnlookerError `bundle-corrupt`
 */
export async function checkHashes(
  folder: string,
  manifest: BundleManifest,
  names: readonly (keyof BundleManifest['files'])[] = bundleFiles(manifest),
): Promise<void> {
  const files = names.map((name) => manifest.files[name]).filter((file) => file !== undefined);
  await Promise.all(files.map((file) => checkHash(folder, file)));
}

function bundleFiles(manifest: BundleManifest) {
  return Object.keys(manifest.files) as (keyof BundleManifest['files'])[];
}

async function checkSize(folder: string, file: BundleFile): Promise<void> {
  const path = join(folder, file.path);
  const found = await stat(path).catch((cause: unknown) => {
    throw new OnlookerError('bundle-corrupt', `${path} is missing. Install the bundle again.`, { cause });
  });
  if (!found.isFile()) throw new OnlookerError('bundle-corrupt', `${path} is not a file. Install the bundle again.`);
  if (found.size !== file.bytes) {
    throw new OnlookerError(
      'bundle-corrupt',
      `${path} has ${found.size} bytes where bundle.json says ${file.bytes}. Install the bundle again.`,
    );
  }
}

/** Comparisons that were made, or are being made, in this process. */
const compared = new Map<string, Promise<void>>();

async function checkHash(folder: string, file: BundleFile): Promise<void> {
  const path = join(folder, file.path);
  const found = await stat(path, { bigint: true }).catch((cause) => {
    throw unreadable(path, cause);
  });
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  const key = [path, dev, ino, size, mtimeNs, ctimeNs, file.sha256].join(' ');
  const comparing = compared.get(key) ?? compareHash(path, file.sha256);
  compared.set(key, comparing);
  comparing.catch(() => compared.delete(key)); // the caller holds the rejection
  await comparing;
}

async function compareHash(path: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (hash.digest('hex') !== sha256) {
    throw new OnlookerError(
      'bundle-corrupt',
      `${path} has been changed or damaged (its sha256 is not the one in bundle.json). Install the bundle again.`,
    );
  }
}

function unreadable(path: string, cause: unknown): OnlookerError {
  const message = `${path} cannot be read. Check its permissions and the disk.`;
  return new OnlookerError('bundle-corrupt', message, { cause });
}
