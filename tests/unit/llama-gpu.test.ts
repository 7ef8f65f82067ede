import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mayHaveGpu } from '../../main/llama/gpu.ts';
import { temporaryFolder } from '../support/memory.ts';

test.each([
  ['none', ['dev/null', 'dev/video0'], false],
  ['one with a kernel driver', ['dev/dri/renderD128'], true],
  ["NVIDIA's", ['dev/nvidiactl'], true],
  ["NVIDIA's, not used since the machine started", ['dev/null', 'proc/driver/nvidia/version'], true],
  ["WSL's", ['dev/dxg'], true],
])('a machine with such a GPU: %s', (_, files, expected) => {
  using folder = temporaryFolder();
  for (const file of files) {
    mkdirSync(join(folder.path, file, '..'), { recursive: true });
    writeFileSync(join(folder.path, file), '');
  }
  expect(mayHaveGpu('linux', `${folder.path}/`)).toBe(expected);
  expect(mayHaveGpu('darwin', `${folder.path}/`)).toBe(true);
});

test('a machine that does not tell may have one', () => {
  using folder = temporaryFolder();
  expect(mayHaveGpu('linux', `${folder.path}/`)).toBe(true);
});
