import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BundleFacts } from '../../main/assistant/bundles.ts';
import { listBundles } from '../../main/bundle/open/list-bundles.ts';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { tinyFiles, tinyManifest, writeTinyBundle } from '../support/tiny-bundle.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-bundle-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a whole bundle opens: manifest, hash, paths', async () => {
  await writeTinyBundle(folder);
  const bundle = await openBundle(folder);
  expect(bundle.folder).toBe(folder);
  expect(bundle.manifest).toEqual(tinyManifest(await tinyFiles()));
  expect(bundle.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(bundle.path('language')).toBe(join(folder, 'language.gguf'));
  expect(bundle.path('vision')).toBe(join(folder, 'vision.onnx'));
  expect(bundle.path('adapter')).toBeUndefined();
});

test('what is known of a bundle is kept until one of its files is another', async () => {
  const bundles = new BundleFacts();
  await writeTinyBundle(folder);
  const understanding = await bundles.understanding(folder);
  expect(await bundles.understanding(folder)).toBe(understanding);
  await writeTinyBundle(folder, (manifest) => (manifest.version = '2'));
  expect(await bundles.understanding(folder)).not.toBe(understanding);
  await rm(join(folder, 'vision.onnx'));
  await expect(bundles.understanding(folder)).rejects.toMatchObject({ code: 'bundle-corrupt' });
});

test('listing says what is usable, and why the rest is not', async () => {
  const roots = [join(folder, 'embedded'), join(folder, 'user'), join(folder, 'gone')];
  await writeTinyBundle(join(folder, 'embedded', 'good'));
  await writeTinyBundle(join(folder, 'user', 'bad'), (manifest) => (manifest.files.vision.bytes += 1));
  await writeTinyBundle(join(folder, 'user', 'good'), (manifest) => (manifest.fps = 4));
  const listed = await listBundles({ roots });
  expect(listed).toEqual([
    {
      name: 'good',
      folder: join(folder, 'embedded', 'good'),
      version: '1',
      bytes: expect.any(Number),
      limits: [expect.any(String)],
      limitsIn: {},
      problem: undefined,
    },
    {
      name: 'bad',
      folder: join(folder, 'user', 'bad'),
      version: '1',
      bytes: expect.any(Number),
      limits: [expect.any(String)],
      limitsIn: {},
      problem: expect.stringMatching(/vision\.onnx has \d+ bytes/),
    },
  ]);
});

test('no graph is loaded whose hash is another, and a file that changes is compared again', async () => {
  const wrong = '0'.repeat(64);
  await writeTinyBundle(join(folder, 'tiny'), (manifest) => (manifest.files.vision.sha256 = wrong));
  const [quick] = await listBundles({ roots: [folder] });
  expect(quick?.problem).toMatch(/vision\.onnx has been changed or damaged/);
  const whole = join(folder, 'whole');
  await writeTinyBundle(whole);
  await openBundle(whole);
  const vision = (await openBundle(whole)).path('vision');
  const bytes = await readFile(vision);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(vision, bytes);
  for (const verifyHashes of [true, false]) {
    await expect(openBundle(whole, { verifyHashes })).rejects.toMatchObject({ code: 'bundle-corrupt' });
  }
});

test('a listing finds a changed byte: a bundle that did not come with the program is tried out for it', async () => {
  const wrong = '0'.repeat(64);
  await writeTinyBundle(join(folder, 'tiny'), (manifest) => (manifest.files.language.sha256 = wrong));
  const [quick] = await listBundles({ roots: [folder] });
  expect(quick?.problem).toMatch(/language\.gguf has been changed or damaged/);
  const [thorough] = await listBundles({ roots: [folder], verifyHashes: true });
  expect(thorough?.problem).toMatch(/language\.gguf has been changed or damaged/);
});

test('a closer look that is not made for the frames of the bundle is refused before it is run', async () => {
  await writeTinyBundle(folder, (manifest) => {
    manifest.files.closeUp = manifest.files.vision;
  });
  await expect(openBundle(folder)).rejects.toMatchObject({
    code: 'bundle-invalid',
    message: expect.stringMatching(/^vision\.onnx wants an input "state_in" that bundle\.json does not speak of/),
  });
});
