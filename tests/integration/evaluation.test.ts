/** `onlooker eval` as a program, on the sample recording and a bundle of random weights: what it says is noise, that it measures is not. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../main/evaluation/report.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

const program = fileURLToPath(new URL('../../main/cli/main.ts', import.meta.url));
const data = fileURLToPath(new URL('../fixtures/desk.events.jsonl', import.meta.url));

let bundle: string;
beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), 'onlooker-eval-'));
  await writeTinyBundle(bundle);
});
afterAll(() => rm(bundle, { recursive: true }));

function onlooker(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'eval', ...args], (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });
}

test('prints one JSON object that adds up', async () => {
  const { code, out } = await onlooker('--data', data, '--bundle', bundle, '--json');
  expect(code).toBe(0);
  const report = JSON.parse(out) as Report;
  expect(report.streams).toBe(1);
  expect(report.seconds).toBeGreaterThan(60);
  expect(report.truth).toBeGreaterThan(5);
  expect(report.matched).toBeLessThanOrEqual(Math.min(report.said, report.truth));
  expect(report.silentPauc).toBeCloseTo(0.25);
  const truth = Object.values(report.byKind).reduce((sum, kind) => sum + kind.truth, 0);
  expect(truth).toBe(report.truth);
});

test('prints a table for people; a model told to be silent finds nothing', async () => {
  const { code, out } = await onlooker('--data', data, '--bundle', bundle, '--threshold', '0');
  expect(code).toBe(0);
  expect(out).toMatch(/^1 stream, /);
  expect(out).toMatch(/\nall +\d+ +0 +0 +- +0\.000 +0\.000\n/);
  expect(out).toMatch(/PAUC, of silence +0\.250, 0\.250/);
});

test.each([
  ['no data', [], 2],
  ['a threshold that is no probability', ['--data', data, '--threshold', '2'], 2],
  ['an unknown option', ['--data', data, '--fast'], 2],
  ['no such data', ['--data', join(tmpdir(), 'onlooker-no-such-folder')], 3],
  ['no such bundle', ['--data', data, '--bundle', 'nonesuch'], 4],
])('%s is one line and an exit code', async (_name, args, code) => {
  const failed = await onlooker(...args);
  expect(failed).toMatchObject({ code, out: '' });
  expect(failed.err).toMatch(/^onlooker: [^\n]+\n$/);
});
