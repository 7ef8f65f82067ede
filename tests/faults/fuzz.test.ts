/** Some hundred damaged files of every kind; `npm run fuzz` reads thousands, of other seeds. */
import { expect, test } from 'vitest';
import { fuzz } from '../fuzz/run.ts';

/** Cases of each kind: those that a process of their own is started for are few. */
const counts = {
  manifest: 15,
  gguf: 15,
  adapter: 8,
  onnx: 8,
  snapshot: 40,
  memory: 14,
  export: 12,
  settings: 50,
  annotations: 50,
  mp4: 6,
};

test('damaged files are read or refused with a code: none crashes, hangs, grows or is a defect', async () => {
  const cases = Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, seed) => ({ kind, seed })),
  );
  const results = new Map<string, number>();
  const failed = await fuzz(cases, {
    onOutcome: ({ kind, result }) => {
      const key = `${kind} ${/^\w+(-\w+)*/.exec(result)?.[0]}`;
      results.set(key, (results.get(key) ?? 0) + 1);
    },
  });
  expect(failed.map(({ kind, seed, problem }) => `${kind}, seed ${seed}: ${problem}`)).toEqual([]);
  // The damage reaches what it is meant for: some of each is refused.
  for (const kind of ['manifest', 'gguf', 'adapter', 'onnx', 'snapshot', 'memory', 'export']) {
    expect([...results.keys()], kind).toContain(`${kind} 4`);
  }
}, 240_000);
