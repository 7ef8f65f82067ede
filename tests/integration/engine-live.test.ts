/** A live source through pauses and crashes: its clock goes on, what is missing is told, and nothing is captured while it is paused. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../main/engine/engine.ts';
import { EngineHost } from '../../main/engine/host.ts';
import { VirtualDisplay } from '../../native-models/desk-world/record/virtual-display.ts';
import { missingPrograms } from '../support/needs.ts';
import { ffmpegProcesses } from '../support/processes.ts';

const missing = missingPrograms('Xvfb', 'openbox', 'xsetroot', 'ffmpeg');
const of = <Type extends EngineEvent['type']>(events: readonly EngineEvent[], type: Type) =>
  events.filter((event): event is EngineEvent & { type: Type } => event.type === type);

test.skipIf(missing)(`a screen, paused and crashed${missing ? ` (${missing})` : ''}`, async () => {
  await using display = await VirtualDisplay.start({ windowManager: 'openbox' });
  await display.run('xsetroot', ['-solid', '#31566b']);
  const grabs = () => ffmpegProcesses(`-i ${display.name}`);
  await using host = new EngineHost({ firstWaitMs: 1, snapshotEverySeconds: 1 });
  const before = process.env.DISPLAY;
  process.env.DISPLAY = display.name; // the process that is started inherits it
  using restored = new DisposableStack();
  restored.defer(() => {
    if (before === undefined) delete process.env.DISPLAY;
    else process.env.DISPLAY = before;
  });
  const events: EngineEvent[] = [];
  host.subscribe((event) => events.push(event));
  const frames = () => of(events, 'frame');
  const moreFrames = async (count: number) => {
    const wanted = frames().length + count;
    while (frames().length < wanted) await sleep(20);
  };

  const startedAt = Date.now();
  await host.watch({ hiding: 'none', source: 'screen' });
  await moreFrames(4);
  expect(host.remembers(Date.now())).toBe(true);
  expect(host.remembers(startedAt - 1000)).toBe(false);

  // 1. Paused: not even captured.
  await host.pause();
  const paused = frames().length;
  while (grabs().length > 0) await sleep(20);
  await sleep(1500);
  expect(frames()).toHaveLength(paused);
  expect((await host.ask('What is on the screen?')).text).not.toBe('');
  await host.resume();
  await moreFrames(4);
  const [gap] = of(events, 'gap');
  expect(gap).toMatchObject({ reason: 'paused', from: frames()[paused - 1]!.t, to: frames()[paused]!.t });
  expect(gap!.to - gap!.from).toBeGreaterThan(1.5);

  // 2. Crashed: it goes on at the present time, and remembers.
  const crashed = frames().length;
  const crashedAt = Date.now();
  process.kill(host.pid!, 'SIGKILL');
  await moreFrames(4);
  const [, restart] = of(events, 'gap');
  expect(restart).toMatchObject({ reason: 'restarted', to: frames()[crashed]!.t });
  expect(frames()[crashed]!.encoded).toBe(true);
  expect(frames().every(({ t, index }, i, all) => i === 0 || (t > all[i - 1]!.t && index > all[i - 1]!.index))).toBe(
    true,
  );
  const drift = frames().at(-1)!.t - (Date.now() - startedAt) / 1000;
  expect(drift).toBeLessThan(0); // media time began with the first frame
  expect(host.remembers(crashedAt - 1000)).toBe(true);

  // 3. What was seen before the crash can still be forgotten.
  await host.forget({ from: startedAt, before: Date.now() });
  await moreFrames(2);
  expect(host.remembers(crashedAt)).toBe(false);
  expect((await host.stop())?.complete).toBe(false);
  expect(grabs()).toEqual([]);
});
