/** Bundles that are not whole, or whose parts do not fit: each is refused with the file and the mismatch, before llama.cpp sees it. */
import { mkdir, mkdtemp, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OnlookerError } from '../../main/base/errors.ts';
import type { BundleManifest } from '../../main/bundle/manifest.ts';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { type TinyFiles, tinyFiles, writeTinyBundle } from '../support/tiny-bundle.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-faults-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Opens the bundle in `folder`, which has to fail in one line, with exit code 4. */
async function refusal(): Promise<OnlookerError> {
  const error = await openBundle(folder).then(
    () => expect.unreachable('the bundle was taken'),
    (error: unknown) => error,
  );
  if (!(error instanceof OnlookerError)) throw error;
  expect(error.exitCode).toBe(4);
  expect(error.message).not.toContain('\n');
  return error;
}

async function spoilt(change: (manifest: BundleManifest) => unknown): Promise<OnlookerError> {
  await writeTinyBundle(folder, change);
  return refusal();
}

/** Cuts a file before the manifest is made, so that size and hash agree: only the contents are wrong. */
async function cut(name: keyof TinyFiles, keep: number): Promise<OnlookerError> {
  const files = await tinyFiles();
  files[name] = files[name].subarray(0, Math.floor(files[name].length * keep));
  await writeTinyBundle(folder, undefined, files);
  return refusal();
}

test('a file is missing', async () => {
  await writeTinyBundle(folder);
  await unlink(join(folder, 'vision.onnx'));
  expect(await refusal()).toMatchObject({
    code: 'bundle-corrupt',
    message: expect.stringMatching(/vision\.onnx is missing/),
  });
});

test('a folder stands where a file should', async () => {
  await writeTinyBundle(folder);
  await unlink(join(folder, 'language.gguf'));
  await mkdir(join(folder, 'language.gguf'));
  expect(await refusal()).toMatchObject({
    code: 'bundle-corrupt',
    message: expect.stringMatching(/language\.gguf is not a file/),
  });
});

test('a file has another size: its download was cut off', async () => {
  await writeTinyBundle(folder);
  await truncate(join(folder, 'language.gguf'), 1000);
  expect(await refusal()).toMatchObject({
    code: 'bundle-corrupt',
    message: expect.stringMatching(/language\.gguf has 1000 bytes where bundle\.json says \d+/),
  });
});

test('one bit of a file is flipped', async () => {
  const files = await tinyFiles();
  await writeTinyBundle(folder, undefined, files);
  const flipped = files['vision.onnx'].slice();
  flipped[flipped.length - 100]! ^= 1;
  await writeFile(join(folder, 'vision.onnx'), flipped);
  expect(await refusal()).toMatchObject({
    code: 'bundle-corrupt',
    message: expect.stringMatching(/vision\.onnx has been changed or damaged/),
  });
});

test.each([0.001, 0.1, 0.5, 0.99])('a GGUF that is cut short (%d of it is left)', async (keep) => {
  expect(await cut('language.gguf', keep)).toMatchObject({
    code: 'bundle-corrupt',
    message: expect.stringContaining('language.gguf'),
  });
});

test.each([0, 0.1, 0.5, 0.99])('an ONNX graph that is cut short (%d of it is left)', async (keep) => {
  const files = await tinyFiles();
  files['vision.onnx'] = files['vision.onnx'].subarray(0, Math.max(1, files['vision.onnx'].length * keep));
  await writeTinyBundle(folder, undefined, files);
  expect(await refusal()).toMatchObject({
    message: expect.stringContaining('vision.onnx'),
    code: expect.stringMatching(/bundle-(corrupt|invalid)/),
  });
});

test('a file is something else altogether', async () => {
  const files = await tinyFiles();
  const swapped = { 'language.gguf': files['vision.onnx'], 'vision.onnx': files['language.gguf'] };
  await writeTinyBundle(folder, undefined, swapped);
  expect(await refusal()).toMatchObject({
    code: 'bundle-corrupt',
    message: expect.stringMatching(/language\.gguf is not a usable model file: it is not a GGUF file/),
  });
});

test('the language model wants wider tokens than the vision graph gives', async () => {
  const error = await spoilt((manifest) => (manifest.vision.tokenWidth = 128));
  expect(error).toMatchObject({
    code: 'bundle-invalid',
    message: expect.stringMatching(
      /vision\.onnx gives tokens of width 128, but language\.gguf wants 64\. .*do not belong together/,
    ),
  });
});

test.each<[string, (manifest: BundleManifest) => unknown, RegExp]>([
  [
    'tokens a frame',
    (m) => (m.vision.tokensPerFrame = 5),
    /output "tokens" of shape \[N, 10, 64\], but bundle\.json wants \[N, 5, 64\]/,
  ],
  [
    'frame size',
    (m) => (m.frame.width = 64),
    /input "pixels" of shape \[N, 27, 48, 3\], but bundle\.json wants \[N, 27, 64, 3\]/,
  ],
  ['embedding', (m) => (m.vision.embeddingWidth = 9), /output "embedding" of shape \[N, 8\]/],
  ['state', (m) => (m.vision.stateWidth = 30), /input "state_in" of shape \[1, 31\]/],
  ['no state', (m) => (m.vision.stateWidth = 0), /wants an input "state_in" that bundle\.json does not speak of/],
])('the vision graph has another shape: %s', async (_name, change, message) => {
  expect(await spoilt(change)).toMatchObject({
    code: 'bundle-invalid',
    message: expect.stringMatching(new RegExp(`^vision\\.onnx.*${message.source}`)),
  });
});

test.each<[string, (manifest: BundleManifest) => unknown]>([
  ['protocol.silence', (m) => (m.protocol.silence = '<|quiet|>')],
  ['protocol.endOfReply', (m) => (m.protocol.endOfReply = '<|quiet|>')],
  ['protocol.separator', (m) => (m.protocol.separator = '<|quiet|>')],
  ['part of protocol.transitions.streamToReply', (m) => (m.protocol.transitions.streamToReply = 'x<|quiet|>')],
  ['part of systemPrompt', (m) => (m.systemPrompt = 'Watch.<|quiet|>')],
])('the vocabulary lacks a token of the protocol: %s', async (role, change) => {
  expect(await spoilt(change)).toMatchObject({
    code: 'bundle-invalid',
    message: expect.stringContaining(`language.gguf has no token "<|quiet|>", which bundle.json names as ${role}.`),
  });
});

test('a separator of ordinary text is found in a byte-level vocabulary', async () => {
  await writeTinyBundle(folder, (manifest) => (manifest.protocol.separator = '\n'));
  await expect(openBundle(folder)).resolves.toBeDefined();
});

test('bundle.json is gone, broken, of a later format, or lacks a field', async () => {
  await writeTinyBundle(folder);
  const write = (text: string) => writeFile(join(folder, 'bundle.json'), text);
  await write('{');
  expect((await refusal()).message).toMatch(/bundle\.json is not valid JSON/);
  await write('{"format": 7}');
  expect((await refusal()).message).toMatch(/bundle\.json has format 7/);
  await write('{"format": 1}');
  expect((await refusal()).message).toMatch(/bundle\.json: name: /);
  await unlink(join(folder, 'bundle.json'));
  expect(await refusal()).toMatchObject({ code: 'bundle-missing' });
});
