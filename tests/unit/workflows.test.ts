import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const workflows = globSync('.github/**/*.{yml,yaml}', { cwd: root });

test('actions are named by the hash of a commit: whoever moves a tag cannot change what makes the packages', () => {
  const used = workflows.flatMap((path) =>
    [...readFileSync(root + path, 'utf8').matchAll(/^\s*(?:- )?uses:\s*(.*)$/gm)].map(([, action]) => action!),
  );
  expect(used.length).toBeGreaterThan(3);
  const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
  expect(used.filter((action) => !pinned.test(action))).toEqual([]);
});
