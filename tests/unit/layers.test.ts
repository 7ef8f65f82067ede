import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type Layers, refusedImports, refusedOrder } from '../../build/layers.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));

const sources = globSync(['main/**/*.ts', 'preload/**/*.ts', 'renderer/**/*.{ts,svelte}'], {
  cwd: project,
});

const importing = (what: RegExp) =>
  sources.filter((path) => {
    const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const names = [...text.matchAll(/(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, name]) => name!);
    return names.some((name) => what.test(name));
  });

const some: Layers = {
  free: ['node:path'],
  layers: {
    'main/base': { idea: 'the ground floor', touches: ['node:fs'] },
    'main/memory': { idea: 'the memory', imports: ['main/base'] },
    'main/memory/store': { idea: 'the database', imports: ['main/base'], touches: ['libsql'] },
    'main/desktop': { idea: 'the desktop program', imports: ['main/base', 'main/memory'], touches: ['electron'] },
  },
};

test.each([
  [
    'a folder that it does not name',
    "import type { A } from '../desktop/a.ts';",
    'main/memory/a.ts',
    /main\/desktop\/a\.ts/,
  ],
  [
    'a folder in one that it names',
    "import { a } from '../memory/store/a.ts';",
    'main/desktop/a.ts',
    /main\/memory\/store in "imports" of main\/d/,
  ],
  ['a folder of nobody', "export { a } from '../../tests/a.ts';", 'main/base/a.ts', /tests\/a\.ts/],
  ['a package', "const { app } = await import('electron');", 'main/base/a.ts', /electron in "touches" of main\/base/],
  ['a package that is required', "createRequire(import.meta.url)('libsql')", 'main/memory/a.ts', /libsql/],
  ['a module of Node', "import { readFile } from 'node:fs/promises';", 'main/memory/a.ts', /node:fs\/promises/],
  ['anything in a folder without an entry', '', 'main/new/a.ts', /main\/new\/a\.ts lies in no folder/],
])('%s is refused', (_what, source, path, sentence) => {
  expect(refusedImports(some, path, source)).toEqual([expect.stringMatching(sentence)]);
});

test.each([
  [
    'main/desktop/a.ts',
    "import { app } from 'electron'; import { b } from '../base/b.ts'; import { c } from './c.ts';",
  ],
  ['main/memory/store/a.ts', "import { join } from 'node:path'; createRequire(import.meta.url)('libsql');"],
  ['main/base/a.ts', "import { readFile } from 'node:fs/promises'; // import 'electron'"],
])('what its folder is allowed, %s may import', (path, source) => {
  expect(refusedImports(some, path, source)).toEqual([]);
});

test('no folder is allowed one that stands behind it', () => {
  expect(refusedOrder(some)).toEqual([]);
  const { 'main/base': base, ...rest } = some.layers;
  const turned = { ...some, layers: { ...rest, 'main/base': base! } };
  expect(refusedOrder(turned)).toContainEqual(expect.stringContaining('main/memory may not import main/base'));
});

test('two files that import each other are refused by the linter, types alone included', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onlooker-layers-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const config = { root: true, extends: [join(project, 'biome.json')], vcs: { enabled: false } };
  await writeFile(join(folder, 'biome.json'), JSON.stringify(config));
  await cp(join(project, 'build/lint'), join(folder, 'build/lint'), { recursive: true }); // plugins are looked for here
  await writeFile(join(folder, 'a.ts'), "import { b } from './b.ts';\n\nexport const a: number = b;\n");
  const lint = () =>
    spawnSync(join(project, 'node_modules/.bin/biome'), ['lint', '.'], { cwd: folder, encoding: 'utf8' });
  await writeFile(join(folder, 'b.ts'), 'export const b = 1;\n');
  expect(lint()).toMatchObject({ status: 0 });
  await writeFile(join(folder, 'b.ts'), "import type { a } from './a.ts';\n\nexport const b = 1 as typeof a;\n");
  expect(lint()).toMatchObject({ status: 1, stderr: expect.stringContaining('noImportCycles') });
});

test('only the gate hears the windows', () => {
  const hearing = sources.filter((path) =>
    /\bipcMain\b/.test(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')),
  );
  expect(hearing).toEqual(['main/desktop/ipc-gate.ts']);
});

test('the contract is types alone', () => {
  const contract = readFileSync(new URL('../../preload/contract.ts', import.meta.url), 'utf8');
  expect(contract).not.toMatch(/^(import(?! type)|export (const|function|class|default))/m);
});

test('ONNX Runtime is loaded in one place, where its telemetry is off', () => {
  expect(importing(/^onnxruntime-node$/)).toEqual(['main/vision/onnx-runtime.ts']);
});
