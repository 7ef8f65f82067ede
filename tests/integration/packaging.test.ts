/**
 * The package as electron-builder puts it together, around a stand-in for Electron's program: what is in the archive, what
 * lies beside it, and how its fuses are set.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from 'vitest';
import { root } from '../support/built-desktop.ts';
import { temporaryFolder } from '../support/memory.ts';

/** A folder that electron-builder takes for Electron: a program with all its fuses on, and what lies around it. */
async function standInForElectron(folder: string): Promise<void> {
  const { SENTINEL } = await import('../../node_modules/@electron/fuses/dist/constants.js');
  const count = Object.keys(FuseV1Options).length / 2;
  const wire = Buffer.from([1, count, ...new Array<number>(count).fill(FuseState.ENABLE)]);
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.alloc(4096, 7), Buffer.from(SENTINEL), wire]));
  chmodSync(join(folder, 'electron'), 0o755);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version', 'chrome-sandbox', 'locales/en-US.pak']) {
    writeFileSync(join(folder, name), '');
  }
}

test('the package holds the program, its bundle and its native parts, with the fuses set', async () => {
  using folder = temporaryFolder();
  const electron = join(folder.path, 'electron');
  await standInForElectron(electron);
  const builder = 'node_modules/electron-builder/cli.js';
  const overrides = [`-c.electronDist=${electron}`, `-c.directories.output=${join(folder.path, 'dist')}`];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [builder, '--linux', 'dir', '--config', 'build/electron-builder.yml', ...overrides],
    { cwd: root, encoding: 'utf8', timeout: 240_000 },
  );
  expect(status, `${stdout}${stderr}`).toBe(0);

  const [unpacked] = globSync(join(folder.path, 'dist', 'linux*unpacked'));
  const wire = await getCurrentFuseWire(join(unpacked!, 'onlooker'));
  expect(wire[FuseV1Options.RunAsNode]).toBe(FuseState.DISABLE);
  expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(FuseState.ENABLE);

  const packed = listPackage(join(unpacked!, 'resources', 'app.asar'), { isPack: false });
  for (const file of [
    '/out/main/index.js',
    '/out/main/engine-worker.js',
    '/out/preload/index.cjs',
    '/out/preload/capture.cjs',
  ]) {
    expect(packed).toContain(file);
  }
  expect(packed).toEqual(expect.arrayContaining(['/out/preload/capture-page.cjs', '/out/renderer/overlay.html']));
  expect(packed.filter((path) => /^\/(main|tests\/(?!fixtures)|renderer|docs)\//.test(path))).toEqual([]);
  // What native code, or another program, opens by its path.
  const beside = (path: string) => join(unpacked!, 'resources', 'app.asar.unpacked', path);
  expect(existsSync(beside('native-models/bundles/desk-nano/bundle.json'))).toBe(true);
  expect(existsSync(beside('tests/fixtures/desk.mp4'))).toBe(true);
  for (const native of [
    '**/koffi*.node',
    '**/libllama*.so*',
    '**/libonnxruntime*.so*',
    'node_modules/@libsql/**/*.node',
  ]) {
    expect(globSync(beside(native)), native).not.toEqual([]);
  }
  expect(globSync(beside('node_modules/@node-llama-cpp/*cuda*'))).toEqual([]);
}, 300_000);
