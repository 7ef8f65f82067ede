import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OnlookerError } from '../errors.ts';
import type { BundleFile, BundleManifest } from './manifest.ts';

/** Checks that every file of the bundle is there, with its size and, unless told otherwise, its hash. */
export async function checkFiles(folder: string, manifest: BundleManifest, verifyHashes: boolean): Promise<void> {
  const files = Object.values(manifest.files).filter((file) => file !== undefined);
  // Sizes first: a file that is missing or cut short is reported without reading the others.
  for (const file of files) await checkSize(folder, file);
  if (verifyHashes) await Promise.all(files.map((file) => checkHash(folder, file)));
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

async function checkHash(folder: string, file: BundleFile): Promise<void> {
  const path = join(folder, file.path);
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  } catch (cause) {
    throw new OnlookerError('bundle-corrupt', `${path} cannot be read. Check its permissions and the disk.`, { cause });
  }
  if (hash.digest('hex') !== file.sha256) {
    throw new OnlookerError(
      'bundle-corrupt',
      `${path} has been changed or damaged (its sha256 is not the one in bundle.json). Install the bundle again.`,
    );
  }
}
