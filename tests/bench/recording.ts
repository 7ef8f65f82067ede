/** A five-minute recording through the whole program, beside the same weights in plain PyTorch, frame by frame. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bundle } from '../../main/bundle/bundle.ts';
import type { FinishedEvent } from '../../main/live/events.ts';
import { narrate } from '../../main/live/narrate.ts';
import { trainingPython } from '../support/needs.ts';
import { median, short } from './material.ts';

const reference = fileURLToPath(new URL('../../native-models/training/reference/stream.py', import.meta.url));

export async function recording(bundle: Bundle, path: string) {
  const runs: FinishedEvent[] = [];
  for (let i = 0; i < 3; i++) runs.push(await finishedRun(bundle, path));
  const framesPerSecond = median(runs.map((run) => run.framesPerSecond));
  // The published method encodes and feeds every frame; the second figure gives the reference our gate as well.
  const plain = referenceSpeed(bundle, path, ['--no-gate']);
  const gated = referenceSpeed(bundle, path, []);
  return {
    recordingFrames: runs[0]!.frames,
    recordingFramesPerSecond: short(framesPerSecond),
    recordingRealtimeFactor: short(median(runs.map((run) => run.realtimeFactor))),
    recordingPeakRssMb: short(Math.max(...runs.map((run) => run.peakRssMb))),
    referenceFramesPerSecond: plain && short(plain),
    referenceGatedFramesPerSecond: gated && short(gated),
    speedupOverReference: plain && short(framesPerSecond / plain),
    speedupOverGatedReference: gated && short(framesPerSecond / gated),
  };
}

async function finishedRun(bundle: Bundle, path: string): Promise<FinishedEvent> {
  let finished: FinishedEvent | undefined;
  for await (const event of narrate({ hiding: 'none', source: path, bundle: bundle.folder })) {
    if (event.type === 'finished') finished = event;
  }
  if (!finished) throw new Error('The run had no end.');
  return finished;
}

/** Frames a second of the PyTorch reference on both cores; undefined, with a word on stderr, without PyTorch. */
function referenceSpeed(bundle: Bundle, path: string, options: readonly string[]): number | undefined {
  const { path: python, missing } = trainingPython();
  if (missing) {
    process.stderr.write(`The PyTorch reference is left out; ${missing}\n`);
    return undefined;
  }
  const command = [reference, path, '--bundle', bundle.folder, '--json', '--threads', '2', ...options];
  const { status, stdout, stderr } = spawnSync(python, command, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`The PyTorch reference failed: ${stderr}`);
  return (JSON.parse(stdout.trim().split('\n').at(-1)!) as { framesPerSecond: number }).framesPerSecond;
}
