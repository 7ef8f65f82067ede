/**
 * `npm run bench -- [--bundle DIR] [--frames N] [group...]`: measures the engine and prints one JSON line last. Groups:
 * overhead, recording, batching, stream, memory (of N frames); default all. Figures are ratios within one run wherever they
 * can be.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { batching } from './batching.ts';
import { longStream } from './long-stream.ts';
import { framesOf, longRecording, sampleRecording, tokensOf } from './material.ts';
import { memory } from './memory.ts';
import { overhead } from './overhead.ts';
import { recording } from './recording.ts';

const { values, positionals } = parseArgs({
  options: { bundle: { type: 'string' }, frames: { type: 'string' } },
  allowPositionals: true,
});
const bundle = await openBundle(values.bundle ?? 'desk-nano');
const frames = values.frames === undefined ? undefined : Number(values.frames);
const folder = await mkdtemp(join(tmpdir(), 'onlooker-bench-'));
try {
  const captured = once(() => framesOf(sampleRecording, bundle));
  const tokens = once(async () => tokensOf(await captured(), bundle));
  const groups: Record<string, () => Promise<Record<string, unknown>>> = {
    overhead: async () => overhead(bundle, await captured()),
    batching: async () => batching(bundle, await tokens()),
    recording: async () => recording(bundle, await longRecording(folder, 300)),
    stream: async () => longStream(bundle, await tokens()),
    memory: () => memory(bundle, { frames, captured, folder }),
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

/** The first call does it, and the others have what came of it. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
