/** A process that reads damaged files, one behind the other, for as long as it lives; it is told which over its channel. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorStack } from '../../main/base/error-text.ts';
import { OnlookerError } from '../../main/base/errors.ts';
import { keepTelemetryOff } from '../../main/base/no-telemetry.ts';
import { allowedCodes, kinds, type Material } from './kinds.ts';
import { makeMaterial } from './material.ts';
import { Random } from './random.ts';
import type { FuzzCase, FuzzOutcome } from './run.ts';

keepTelemetryOff();
const [, , made = '', folder = ''] = process.argv;
let said = '';
process.stdout.write = silent(() => {});
process.stderr.write = silent((text) => {
  said += text;
});

const material: Material = await makeMaterial(made);
process.on('message', async ({ kind, seed }: FuzzCase) => {
  said = '';
  process.send!({ kind, seed, ...(await outcome(kind, seed)), rss: process.memoryUsage.rss() } satisfies FuzzOutcome);
});
process.on('disconnect', () => process.exit());
process.send!('ready');

/** Stands in for the `write` of a stream, whose callback comes last. */
function silent(take: (text: string) => void): typeof process.stdout.write {
  return (text: string | Uint8Array, ...rest: unknown[]) => {
    take(String(text));
    const done = rest.at(-1);
    if (typeof done === 'function') queueMicrotask(() => (done as () => void)());
    return true;
  };
}

async function outcome(kind: string, seed: number): Promise<{ readonly problem?: string; readonly result: string }> {
  const place = join(folder, 'case');
  rmSync(place, { recursive: true, force: true });
  try {
    const code = await kinds[kind]!(new Random(seed), place, material);
    const result = `${code} ${said.trim()}`;
    if (!allowedCodes.includes(code)) return { result, problem: `exit code ${code}: ${said.trim()}` };
    if (code !== 0 && !/onlooker: \S/.test(said)) return { result, problem: `exit code ${code} without a word` };
    return { result };
  } catch (error) {
    if (error instanceof OnlookerError && error.message !== '') return { result: `${error.code} ${error.message}` };
    const problem = errorStack(error);
    return { result: 'thrown', problem: `thrown: ${problem}` };
  }
}
