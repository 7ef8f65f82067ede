import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { trainingPython } from '../support/needs.ts';

/** The Python side has tests of its own; here they count with the others. */
const folder = (path: string) => fileURLToPath(new URL(`../../native-models/training/${path}`, import.meta.url));
const python = trainingPython();
const largePython = trainingPython({ large: true });

function runTests(path: string, cwd: string) {
  const run = spawnSync(path, ['-m', 'unittest', 'discover', '-s', 'tests'], { cwd, encoding: 'utf8' });
  expect(run.stderr).toMatch(/^Ran [1-9]\d* tests/m);
  expect(run.stderr).toMatch(/^OK$/m);
  expect(run.status).toBe(0);
}

test.skipIf(python.missing)(`the training code's own tests pass ${python.missing ?? ''}`, () => {
  runTests(python.path, folder('.'));
});

test.skipIf(largePython.missing)(
  `those of training on large engines pass, in several processes ${largePython.missing ?? ''}`,
  { timeout: 600_000 },
  () => {
    runTests(largePython.path, folder('large'));
  },
);
