import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/memory.ts';
import { unawaitedReturns } from '../support/unawaited-returns.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('finds every kind, and nothing else', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'sample.ts');
  writeFileSync(
    path,
    `
    declare function work(): Promise<number>;
    declare const thing: Disposable & AsyncDisposable;
    async function a() { await using x = thing; return work(); } // found
    function b() { using x = thing; if (x) { return work(); } } // found
    const c = async () => { for (using x of [thing]) { return x ? work() : 1; } }; // found
    async function d(n: number) { switch (n) { case 1: { using x = thing; return work().then(String); } } } // found
    async function e() { await using x = thing; try { return work(); } finally {} } // found
    async function f() { await using x = thing; return await work(); }
    async function g() { if (thing) { using x = thing; } return work(); }
    async function h() { using x = thing; return [1].map(() => { return work(); }).length; }
    async function* i() { using x = thing; return work(); }
    async function j() { const x = thing; return work(); }
    `,
  );
  const program = ts.createProgram([path], { target: ts.ScriptTarget.ESNext, lib: ['lib.esnext.d.ts'], strict: true });
  const marked = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, i) => (line.endsWith('// found') ? [`${path}:${i + 1}`] : []));
  expect(unawaitedReturns(program, (name) => name === path)).toEqual(marked);
  expect(marked).toHaveLength(5);
});

test('no promise leaves the scope of what it works with', () => {
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram(config.fileNames, config.options);
  expect(config.fileNames.length).toBeGreaterThan(300);
  expect(unawaitedReturns(program, (name) => !name.includes('/node_modules/'))).toEqual([]);
}, 120_000);
