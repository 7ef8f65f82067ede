/**
 * A program that records into the memory in the folder it is told, until it is killed or its standard input ends. It
 * prints "written N" whenever N rows in all are safely on disk, and what its user would be told. Row 2 n is frame n, row
 * 2 n + 1 its narration, "Event n".
 */
import { openRecorder } from '../../main/memory/record/recorder.ts';

const [folder = '', everyMs = '5'] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
const recorder = await openRecorder({
  ...{ folder, source: 'screen', kind: 'screen', retrySeconds: 0.5 },
  onWritten: (rows) => say(`written ${rows}`),
  onNotice: (line) => say(`notice ${line}`),
});
recorder.record({ type: 'started', source: 'screen', bundle: 'desk-nano', fps: 2, tokensPerFrame: 10 });
say('recording');

let n = 0;
const timer = setInterval(() => {
  const t = n / 2;
  const picture = { width: 64, height: 40, pixels: new Uint8Array(64 * 40 * 3).fill(n) };
  recorder.see({
    ...{ type: 'frame', index: n, t, capturedAt: performance.now(), tokens: undefined, encoded: true, changed: 3 },
    ...{ embedding: new Float32Array(128).fill(0.088), picture, lastEncoded: n, stillRun: 0 },
  });
  const common = { t, pSilent: 0.2, latencyMs: 5 };
  recorder.record({ type: 'frame', index: n, encoded: true, changed: 3, reason: 'spoke', ...common });
  recorder.record({ type: 'narration', text: `Event ${n}`, ...common });
  n++;
}, Number(everyMs));

process.stdin.resume().on('end', async () => {
  clearInterval(timer);
  await recorder[Symbol.asyncDispose]();
  say(`recorded ${2 * n}`);
});
