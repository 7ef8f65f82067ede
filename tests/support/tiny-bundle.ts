import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundleFile, BundleManifest } from '../../main/bundle/manifest.ts';
import type { SessionFrame } from '../../main/live/session-types.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** Files of the tiny bundle, by their name in it. */
export type TinyFiles = Record<'language.gguf' | 'vision.onnx', Uint8Array>;

export async function tinyFiles(): Promise<TinyFiles> {
  return {
    'language.gguf': await readFile(fixture('tiny-llama.gguf')),
    'vision.onnx': await readFile(fixture('tiny-vision.onnx')),
  };
}

/** What the tiny bundle says about itself; a fresh copy, to be changed at will. */
export function tinyManifest(files?: TinyFiles): BundleManifest {
  return {
    format: 1,
    name: 'tiny',
    version: '1',
    licence: 'Apache-2.0',
    provenance: 'Random weights, for tests.',
    languages: ['en'],
    files: { language: describe('language.gguf', files), vision: describe('vision.onnx', files) },
    fps: 2,
    frame: { width: 48, height: 27, fit: 'letterbox' },
    vision: { tokensPerFrame: 10, tokenWidth: 64, embeddingWidth: 8, stateWidth: 31 },
    gate: { cell: 9, threshold: 2, keep: 2 },
    protocol: {
      separator: null,
      silence: '<|silent|>',
      transitions: {
        systemToStream: '<|stream|>',
        streamToReply: '<|reply|>',
        streamToQuery: '\n',
        queryToReply: '<|reply|>',
        replyToStream: '<|stream|>',
        replyToQuery: '\n',
      },
      endOfReply: '<|end|>',
    },
    systemPrompt: '',
    instruction: { open: '\n', close: '', default: '' },
    decision: { theta: 0.5, calibration: {}, rearm: null, refractorySeconds: 0, repeatSeconds: 0, replyCap: 8 },
    window: { high: 400, low: 300, replies: 64 },
    limits: ['It knows nothing: its weights are random.'],
  };
}

/** Frames as the tiny model takes them, two a second: no two are alike. `width`: that of a token. */
export function tinyFrames(count: number, width: number): SessionFrame[] {
  return Array.from({ length: count }, (_, index) => {
    const tokens = Float32Array.from({ length: 10 * width }, (_, i) => Math.sin(i * 7.3 + index * 31.7));
    return { index, t: index / 2, tokens };
  });
}

/** Writes a whole tiny bundle into `folder`; `change` may spoil the manifest before it is written. */
export async function writeTinyBundle(
  folder: string,
  change: (manifest: BundleManifest) => unknown = () => {},
  files?: TinyFiles,
): Promise<void> {
  const contents = files ?? (await tinyFiles());
  const manifest = tinyManifest(contents);
  change(manifest);
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(contents)) await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, 'bundle.json'), JSON.stringify(manifest, null, 2));
}

/** A file of a bundle, as its manifest has it. */
export function describe(path: string, files: Readonly<Record<string, Uint8Array>> | undefined): BundleFile {
  const bytes = files?.[path] ?? new Uint8Array(1);
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
