import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { trainingPython } from '../support/needs.ts';

/** The Python side has tests of its own; here they count with the others. */
const folder = fileURLToPath(new URL('../../native-models/training', import.meta.url));
const python = trainingPython();

test.skipIf(python.missing)(`the training code's own tests pass ${python.missing ?? ''}`, () => {
  const run = spawnSync(python.path, ['-m', 'unittest', 'discover', '-s', 'tests'], { cwd: folder, encoding: 'utf8' });
  expect(run.stderr).toMatch(/^Ran [1-9]\d* tests/m);
  expect(run.stderr).toMatch(/^OK$/m);
  expect(run.status).toBe(0);
});
