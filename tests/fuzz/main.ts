/**
 * Damages files of every kind and has the program read them: `npm run fuzz -- [--cases N] [--seed S] [--kind NAME]`.
 * Prints the seed, so that a run can be repeated, and keeps the inputs that failed in `fuzz-failures`.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { kinds } from './kinds.ts';
import { fuzz } from './run.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    kind: { type: 'string' },
    show: { type: 'boolean' },
  },
});
const seed = Number(values.seed ?? Date.now() % 1e9);
const names = values.kind === undefined ? Object.keys(kinds) : [values.kind];
const cases = Array.from({ length: Number(values.cases) }, (_, i) => ({
  kind: names[i % names.length]!,
  seed: seed + Math.floor(i / names.length),
}));
console.log(`seed ${seed}`);
const keep = resolve('fuzz-failures');
let done = 0;
const failed = await fuzz(cases, {
  keep,
  onOutcome: ({ kind, seed, result, problem }) => {
    done++;
    if (values.show) console.log(`${kind} ${seed}: ${result.slice(0, 200)}`);
    if (problem !== undefined) console.log(`FAILED ${kind}, seed ${seed}: ${problem}`);
    if (done % 100 === 0) console.log(`${done} of ${cases.length}`);
  },
});
console.log(
  `${cases.length} cases, ${failed.length} failed${failed.length > 0 ? `; their inputs are in ${keep}` : ''}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
