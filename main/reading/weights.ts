/** The committed weights (native-models/readers): what they are, and whether the files are those. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { nativePath } from '../base/paths.ts';
import { readWhole } from '../base/read-whole.ts';

/** Where the weights lie that come with the program. */
export const embeddedReaders = nativePath('native-models/readers/');

const file = z.object({
  path: z.string().regex(/^[\w.-]+$/, 'a file name inside the folder'),
  bytes: z
    .int()
    .positive()
    .max(2 ** 26),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifestSchema = z.object({
  format: z.literal(1),
  files: z.object({
    /** ONNX: `x` [N, 3, H, W] -> how likely each pixel is text, [N, 1, H, W]. */
    detector: file,
    /** ONNX: `x` [N, 3, 48, W] -> likelihoods [N, T, characters + 2], and the characters, one a line. */
    fastRecogniser: file,
    fastCharacters: file,
    exactRecogniser: file,
    exactCharacters: file,
    /** Tesseract as a CommonJS module, its WebAssembly, and its network for Korean (gzip). */
    tesseract: file,
    tesseractWasm: file,
    korean: file,
  }),
});

export type WeightName = keyof z.infer<typeof manifestSchema>['files'];

const again = 'Install Onlooker again. Until then nothing is read from the screen.';

/**
 * Reads one of the files whole and compares it with the manifest. All that is loaded goes through here.
 * @throws OnlookerError `bundle-missing`, `bundle-invalid`, `bundle-corrupt`
 */
export async function readWeights(folder: string, name: WeightName): Promise<Buffer> {
  const { path, bytes, sha256 } = (await readManifest(folder)).files[name];
  const full = join(folder, path);
  const data = await readWhole(full, bytes).catch((cause: unknown) => {
    throw new OnlookerError('bundle-corrupt', `${full} cannot be read (${errorMessage(cause)}). ${again}`, { cause });
  });
  if (createHash('sha256').update(data).digest('hex') !== sha256) {
    const message = `${full} has been changed or damaged (it is not what readers.json says). ${again}`;
    throw new OnlookerError('bundle-corrupt', message);
  }
  return data;
}

/** The full path of one of the files. */
export async function weightsPath(folder: string, name: WeightName): Promise<string> {
  return join(folder, (await readManifest(folder)).files[name].path);
}

/** The refusal of a graph that is whole, and not one that reads. */
export function otherShape(name: WeightName, mismatch: string): OnlookerError {
  return new OnlookerError('bundle-invalid', `The ${name} of native-models/readers ${mismatch}. ${again}`);
}

async function readManifest(folder: string): Promise<z.infer<typeof manifestSchema>> {
  const path = join(folder, 'readers.json');
  let text: string;
  try {
    text = (await readWhole(path, 2 ** 16)).toString('utf8');
  } catch (cause) {
    const message = `${path} cannot be read (${errorMessage(cause)}). ${again}`;
    throw new OnlookerError('bundle-missing', message, { cause });
  }
  try {
    return manifestSchema.parse(parseJson(text));
  } catch (cause) {
    throw new OnlookerError('bundle-invalid', `${path} is not a manifest of weights. ${again}`, { cause });
  }
}
