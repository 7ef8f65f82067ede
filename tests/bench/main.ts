/**
 * `npm run bench [-- --bundle DIR] [group...]`: measures the engine and prints one JSON line last. Groups: overhead,
 * recording, batching, stream, memory; default all. Figures are ratios within one run wherever they can be.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBundle } from '../../main/bundle/open-bundle.ts';
import { batching } from './batching.ts';
import { longStream } from './long-stream.ts';
import { framesOf, longRecording, sampleRecording, tokensOf } from './material.ts';
import { memory } from './memory.ts';
import { overhead } from './overhead.ts';
import { recording } from './recording.ts';

const { values, positionals } = parseArgs({ options: { bundle: { type: 'string' } }, allowPositionals: true });
const bundle = await openBundle(values.bundle ?? 'desk-nano');
const folder = await mkdtemp(join(tmpdir(), 'onlooker-bench-'));
try {
  const captured = await framesOf(sampleRecording, bundle);
  const tokens = await tokensOf(captured, bundle);
  const groups: Record<string, () => Promise<Record<string, unknown>>> = {
    overhead: () => overhead(bundle, captured),
    batching: () => batching(bundle, tokens),
    recording: async () => recording(bundle, await longRecording(folder, 300)),
    stream: () => longStream(bundle, tokens),
    memory: () => memory(bundle, captured, folder),
  };
  const figures: Record<string, unknown> = {
    bundle: `${bundle.manifest.name} ${bundle.manifest.version}`,
    cores: cpus().length,
  };
  for (const [name, measure] of Object.entries(groups)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    process.stderr.write(`${name} ...\n`);
    Object.assign(figures, await measure());
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
