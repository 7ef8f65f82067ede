import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { z } from 'zod';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { readWhole } from '../base/read-whole.ts';
import { type BundleManifest, bundleManifest } from './manifest.ts';

/** The only version of `bundle.json` this program reads. */
const format = 1;
/** Most bytes of one: it holds names, numbers and a few sentences in some languages. */
const mostBytes = 2 ** 20;

export interface ReadManifest {
  readonly manifest: BundleManifest;
  /** sha256 of the manifest in canonical form (keys sorted, no white space). It holds every file's hash, so it names the bundle. */
  readonly hash: string;
}

/** Reads and checks `bundle.json`, or another manifest in its folder; `bundle-invalid` names the field that is wrong. */
export async function readManifest(folder: string, file = 'bundle.json'): Promise<ReadManifest> {
  const path = join(folder, file);
  let text: string;
  try {
    text = (await readWhole(path, mostBytes)).toString('utf8');
  } catch (cause) {
    const message = `${path} cannot be read (${errorMessage(cause)}). Install the bundle again.`;
    throw new OnlookerError('bundle-missing', message, { cause });
  }
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    throw new OnlookerError(
      'bundle-invalid',
      `${path} is not valid JSON (${errorMessage(cause)}). Install the bundle again.`,
      { cause },
    );
  }
  // Asked first: a newer format would otherwise be reported as a heap of unknown fields.
  const found = json !== null && typeof json === 'object' && 'format' in json ? json.format : undefined;
  if (typeof found === 'number' && found !== format) {
    throw new OnlookerError(
      'bundle-invalid',
      `${path} has format ${found}, and this Onlooker reads format ${format}. Install a version of Onlooker that fits the bundle.`,
    );
  }
  const parsed = bundleManifest.safeParse(json);
  if (!parsed.success) {
    throw new OnlookerError('bundle-invalid', `${path}: ${describeIssue(parsed.error)}. Install the bundle again.`, {
      cause: parsed.error,
    });
  }
  const manifest = parsed.data;
  if (manifest.window.low >= manifest.window.high) {
    throw new OnlookerError(
      'bundle-invalid',
      `${path}: window.low: ${manifest.window.low} is not below window.high (${manifest.window.high}).`,
    );
  }
  return { manifest, hash: createHash('sha256').update(canonical(json)).digest('hex') };
}

/** JSON with sorted keys and no white space: the same bundle gives the same text however its file was formatted. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it does not fit the format';
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : '';
  return `${issue.path.join('.') || 'the top level'}: ${issue.message}${more}`;
}
