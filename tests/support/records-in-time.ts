/**
 * A program that records as a run does, twenty frames a second and a narration every seventh of them, in the folder it is
 * told, until it is killed. For each row it prints "frame N at MS" or "narration N at MS", milliseconds since 1970, once the
 * recorder has it.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRecorder } from '../../main/memory/record/recorder.ts';
import { encoder } from './memory.ts';

const recorder = await openRecorder({ folder: process.argv[2]!, source: 'screen', kind: 'screen' });
recorder.record({ type: 'started', source: 'screen', bundle: 'desk-nano', encoder, fps: 20, tokensPerFrame: 10 });
for (let n = 0; ; n++) {
  const t = n / 20;
  const decided = { encoded: true, changed: 1, reason: 'silent', latencyMs: 1 } as const;
  recorder.record({ type: 'frame', index: n, t, pSilent: 0.9, ...decided });
  writeSync(1, `frame ${n} at ${Date.now()}\n`);
  if (n % 7 === 0) {
    recorder.record({ type: 'narration', t, text: `Event ${n}`, pSilent: 0.1, latencyMs: 1 });
    writeSync(1, `narration ${n} at ${Date.now()}\n`);
  }
  await sleep(50);
}
