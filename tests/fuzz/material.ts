import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { main } from '../../main/cli/main.ts';
import { narrate } from '../../main/live/narrate.ts';
import { setLimits } from '../../main/memory/forget/retention.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { frameRow, narrationRow, session } from '../support/memory.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';
import type { Material } from './kinds.ts';

/** Makes whole files of every kind in `folder`. */
export async function makeMaterial(folder: string): Promise<Material> {
  const clip = join(folder, 'clip.mp4');
  const drawn = ['-f', 'lavfi', '-i', 'testsrc=size=160x90:rate=5:duration=3', '-pix_fmt', 'yuv420p'];
  const { status, stderr } = spawnSync('ffmpeg', ['-y', '-loglevel', 'error', ...drawn, clip], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ffmpeg made no clip: ${stderr}`);

  const tiny = join(folder, 'tiny');
  await writeTinyBundle(tiny, (manifest) => {
    manifest.decision.theta = 0.9;
  });
  const snapshot = join(folder, 'whole.snapshot');
  // Not encrypted, as those of earlier versions are: what is in it can then be damaged.
  for await (const _ of narrate({ hiding: 'none', source: clip, bundle: tiny, duration: 1, snapshot }));

  const memory = join(folder, 'memory');
  {
    using connection = await openMemory({ folder: memory, create: true });
    setLimits(connection, { keepDays: 100_000 });
    const rows = Array.from({ length: 40 }, (_, i) => [frameRow(i), narrationRow(i, `A terminal happened, ${i}.`)]);
    session(connection).write(rows.flat());
  }
  const exported = join(folder, 'exported');
  await expectDone(['export', '--out', exported, '--memory', memory]);
  return { folder, clip, snapshot, memory, exported };
}

async function expectDone(command: string[]): Promise<void> {
  const code = await main(command);
  if (code !== 0) throw new Error(`onlooker ${command.join(' ')} ended with ${code}`);
}
