import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const sources = globSync(['main/**/*.ts', 'preload/**/*.ts', 'renderer/**/*.{ts,svelte}'], {
  cwd: new URL('../../', import.meta.url).pathname,
});

const importing = (what: RegExp) =>
  sources.filter((path) => {
    const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const names = [...text.matchAll(/(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, name]) => name!);
    return names.some((name) => what.test(name));
  });

test('only the shell and the preload script know Electron', () => {
  const strangers = importing(/^electron(\/|$)/).filter((path) => !/^(main\/desktop|preload)\//.test(path));
  expect(strangers).toEqual([]);
  expect(importing(/^electron$/).length).toBeGreaterThan(5);
});

test('only the shell knows the shell', () => {
  const strangers = importing(/\/desktop\/[\w-]+\.ts$/).filter((path) => !path.startsWith('main/desktop/'));
  expect(strangers).toEqual([]);
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
