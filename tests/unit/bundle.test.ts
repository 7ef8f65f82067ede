import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findBundle, findInstalledBundle, splitQuantisation, userBundles } from '../../main/bundle/folders.ts';
import { type BundleManifest, bundleManifest } from '../../main/bundle/manifest.ts';
import { listBundles } from '../../main/bundle/open/list-bundles.ts';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { canonical, readManifest } from '../../main/bundle/read-manifest.ts';
import { tinyFiles, tinyManifest, writeTinyBundle } from '../support/tiny-bundle.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-bundle-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('where bundles are', () => {
  test('the user’s own lie where the platform keeps data', () => {
    expect(userBundles('linux', { XDG_DATA_HOME: '/data' })).toBe('/data/onlooker/bundles');
    expect(userBundles('linux', {})).toBe(join(homedir(), '.local/share/onlooker/bundles'));
    expect(userBundles('linux', { XDG_DATA_HOME: 'relative' })).toBe(join(homedir(), '.local/share/onlooker/bundles'));
    expect(userBundles('darwin', {})).toBe(join(homedir(), 'Library/Application Support/onlooker/bundles'));
    expect(userBundles('win32', { LOCALAPPDATA: '/local' })).toBe(join('/local', 'onlooker', 'bundles'));
  });

  test('a name is looked for in each root, the first wins', async () => {
    const roots = [join(folder, 'a'), join(folder, 'b')];
    await writeTinyBundle(join(folder, 'b', 'tiny'));
    expect(findBundle('tiny', roots)).toBe(join(folder, 'b', 'tiny'));
    await writeTinyBundle(join(folder, 'a', 'tiny'));
    expect(findBundle('tiny', roots)).toBe(join(folder, 'a', 'tiny'));
  });

  test('a path is taken as it is', async () => {
    await writeTinyBundle(join(folder, 'mine'));
    expect(findBundle(join(folder, 'mine'), [])).toBe(join(folder, 'mine'));
  });

  test('a quantisation is named behind a colon, and has a manifest of its own', async () => {
    expect(splitQuantisation('tiny:q8_0')).toEqual({ bundle: 'tiny', manifest: 'bundle.q8_0.json' });
    for (const name of ['tiny', './a/b', 'C:\\models\\tiny', '/mnt/a:b/c']) {
      expect(splitQuantisation(name)).toEqual({ bundle: name, manifest: 'bundle.json' });
    }
    await writeTinyBundle(join(folder, 'tiny'));
    const other = { ...tinyManifest(await tinyFiles()), version: '2' };
    await writeFile(join(folder, 'tiny', 'bundle.q8_0.json'), JSON.stringify(other));
    const opened = await openBundle(join(folder, 'tiny:q8_0'));
    expect(opened.manifest.version).toBe('2');
    expect(opened.hash).not.toBe((await openBundle(join(folder, 'tiny'))).hash);
    await expect(openBundle(join(folder, 'tiny:q4_0'))).rejects.toThrow(/bundle\.q4_0\.json/);
    const listed = await listBundles({ roots: [folder] });
    expect(listed.map(({ name, version, problem }) => [name, version, problem])).toEqual([
      ['tiny', '1', undefined],
      ['tiny:q8_0', '2', undefined],
    ]);
  });

  test.each([
    ...[
      '../mine',
      '/mine',
      './mine',
      'a/../../mine',
      '.',
      '..',
      '',
      'C:mine',
      '\\\\server\\mine',
      '//server/mine',
      'a\0',
    ],
    ...['..\\mine', 'mine\n', '.mine', 'file:mine'],
  ])('a name of data that is no plain one: %j', async (name) => {
    await writeTinyBundle(join(folder, 'mine'));
    await writeTinyBundle(join(folder, 'a', 'b'));
    const here = process.cwd();
    process.chdir(folder);
    try {
      expect(() => findInstalledBundle(name, [join(folder, 'a')])).toThrow(/^No model bundle named/);
      expect(() => findInstalledBundle(join(folder, 'mine'), [join(folder, 'a')])).toThrow(/^No model bundle named/);
      // A folder of that name where the program was started is not installed either.
      expect(() => findInstalledBundle('mine', [join(folder, 'a')])).toThrow(/^No model bundle named/);
    } finally {
      process.chdir(here);
    }
    expect(findInstalledBundle('b', [join(folder, 'a')])).toBe(join(folder, 'a', 'b'));
  });

  test('an unknown name says how to see what there is', () => {
    expect(() => findBundle('nonesuch', [folder])).toThrow(
      expect.objectContaining({ code: 'bundle-missing', message: expect.stringMatching(/"nonesuch".*models list/) }),
    );
  });

  test('a folder without bundle.json, and one that is not there, are told apart', () => {
    expect(() => findBundle(folder)).toThrow(/holds no bundle\.json/);
    expect(() => findBundle(join(folder, 'gone'))).toThrow(/does not exist/);
  });
});

describe('bundle.json', () => {
  const write = (value: unknown) =>
    writeFile(join(folder, 'bundle.json'), typeof value === 'string' ? value : JSON.stringify(value));
  const refusal = async () =>
    readManifest(folder).then(
      () => expect.unreachable(),
      (error: Error) => error,
    );

  test('is read whole', async () => {
    await write(tinyManifest());
    expect((await readManifest(folder)).manifest).toEqual(tinyManifest());
  });

  test.each<[string, (manifest: BundleManifest) => unknown]>([
    ['fps', (m) => (m.fps = 1e6)],
    ['fps', (m) => (m.fps = 1e-9)],
    ['frame.width', (m) => (m.frame.width = 1e6)],
    ['frame.height', (m) => (m.frame.height = 1e6)],
    ['vision.tokensPerFrame', (m) => (m.vision.tokensPerFrame = 1e6)],
    ['vision.tokenWidth', (m) => (m.vision.tokenWidth = 1e9)],
    ['vision.embeddingWidth', (m) => (m.vision.embeddingWidth = 1e9)],
    ['vision.stateWidth', (m) => (m.vision.stateWidth = 1e12)],
    ['gate.cell', (m) => (m.gate.cell = 1e9)],
    ['gate.threshold', (m) => (m.gate.threshold = 1e300)],
    ['gate.keep', (m) => (m.gate.keep = 1e12)],
    ['decision.refractorySeconds', (m) => (m.decision.refractorySeconds = 1e300)],
    ['decision.repeatSeconds', (m) => (m.decision.repeatSeconds = 1e300)],
    ['decision.replyCap', (m) => (m.decision.replyCap = 1e12)],
    ['window.high', (m) => (m.window.high = 1e6)],
    ['window.replies', (m) => (m.window.replies = 1e12)],
    ['files.language.bytes', (m) => (m.files.language.bytes = 1e15)],
    ['systemPrompt', (m) => (m.systemPrompt = 'x'.repeat(1e6))],
    ['limits', (m) => (m.limits = Array(1000).fill('x'))],
    ['version', (m) => (m.version = '1\nok       Memory')],
    ['licence', (m) => (m.licence = 'Apache-2.0\u0000')],
    [
      'decision.calibration',
      (m) => (m.decision.calibration = Object.fromEntries([...Array(1000).keys()].map((i) => [i, 1]))),
    ],
  ])('a value out of all proportion is refused by its name: %s', async (field, change) => {
    const manifest = tinyManifest();
    change(manifest);
    await write(manifest);
    expect(await refusal()).toMatchObject({ code: 'bundle-invalid', message: expect.stringContaining(`: ${field}: `) });
  });

  test('one that is nested 100,000 times, or has no end, is refused', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await write(JSON.stringify(tinyManifest()).replace('{', `{"more":${deep},`));
    expect(await refusal()).toMatchObject({ code: 'bundle-invalid', message: expect.stringContaining('nested') });
    await write(`{"a":"${'x'.repeat(2 ** 21)}"}`);
    expect((await refusal()).message).toContain('at most');
  });

  test('the hash names the contents, not the formatting', async () => {
    const manifest = tinyManifest();
    await write(manifest);
    const { hash } = await readManifest(folder);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    await write(JSON.stringify(Object.fromEntries(Object.entries(manifest).reverse()), null, 4));
    expect((await readManifest(folder)).hash).toBe(hash);
    manifest.files.vision.sha256 = manifest.files.vision.sha256.replace(/^./, (c) => (c === '0' ? '1' : '0'));
    await write(manifest);
    expect((await readManifest(folder)).hash).not.toBe(hash);
  });

  test('canonical text sorts keys at every depth and keeps lists in order', () => {
    expect(canonical({ b: [{ d: 1, c: null }, 'x'], a: true })).toBe('{"a":true,"b":[{"c":null,"d":1},"x"]}');
  });

  test('text that is not JSON', async () => {
    await write('{"format": 1,');
    expect(await refusal()).toMatchObject({
      code: 'bundle-invalid',
      message: expect.stringMatching(/bundle\.json is not valid JSON/),
    });
  });

  test('another version of the format, whatever else it holds', async () => {
    await write({ format: 2, surprise: true });
    expect(await refusal()).toMatchObject({
      code: 'bundle-invalid',
      message: expect.stringMatching(/format 2.*reads format 1/),
    });
  });

  test.each([
    ['fps', (json: Record<string, unknown>) => delete json.fps],
    ['vision.tokenWidth', (json: { vision: Record<string, unknown> }) => (json.vision.tokenWidth = '64')],
    [
      'files.vision.sha256',
      (json: { files: { vision: Record<string, unknown> } }) => (json.files.vision.sha256 = 'no'),
    ],
    [
      'files.language.path',
      (json: { files: { language: Record<string, unknown> } }) => (json.files.language.path = '../x'),
    ],
    ['decision.theta', (json: { decision: Record<string, unknown> }) => (json.decision.theta = 1.5)],
    ['window.low', (json: { window: Record<string, unknown> }) => (json.window.low = 400)],
  ])('a wrong field is named: %s', async (field, spoil) => {
    const json = structuredClone(tinyManifest());
    (spoil as (json: unknown) => void)(json);
    await write(json);
    expect(await refusal()).toMatchObject({
      code: 'bundle-invalid',
      message: expect.stringContaining(`bundle.json: ${field}`),
    });
  });

  test('null, a list and an empty object are refused in the same way', async () => {
    for (const json of [null, [], {}]) {
      await write(json);
      expect(await refusal()).toMatchObject({ code: 'bundle-invalid' });
    }
  });

  test('the manifest the tests use is itself valid', () => {
    expect(bundleManifest.safeParse(tinyManifest()).success).toBe(true);
  });
});
