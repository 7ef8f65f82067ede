import { powerMonitor } from 'electron';
import { composeAssistant } from '../assistant/compose.ts';
import { listSources } from '../assistant/sources.ts';
import { openLog } from '../log/open-log.ts';
import { memoryFolder } from '../memory/store/location.ts';
import { setSpawnTrial } from '../trial/process.ts';
import type { Assistant as Answerer } from './assistant.ts';
import { CaptureWindows, needsCaptureWindow } from './capture-window.ts';
import { complain } from './complain.ts';
import { spawnEngine, spawnTrial } from './engine-process.ts';
import { systemKeyStore } from './key-store.ts';

/**
 * The assistant, with its engine in a utility process, watching what the settings say.
 * @throws OnlookerError `settings-unusable`
 */
export async function openAssistant(): Promise<Answerer> {
  setSpawnTrial(spawnTrial);
  await using opening = new AsyncDisposableStack();
  opening.use(openLog('desktop'));
  const displays = needsCaptureWindow(process.platform, process.env) ? opening.use(new CaptureWindows()) : undefined;
  const composed = await composeAssistant({
    engine: { spawn: spawnEngine, displays: displays?.open },
    memoryKey: systemKeyStore(memoryFolder()),
    sources: () => listSources(displays && (() => displays.choices())),
    onBattery: () => powerMonitor.isOnBatteryPower(),
    log: complain,
  });
  const { assistant } = opening.use(composed);
  const client = opening.use(assistant.connect());
  // Nobody waits for the first frame, and why there is none is in the status.
  assistant.start().catch(() => {});
  const owned = opening.move();
  return {
    answer: (name, input) => client.request(name, input),
    subscribe: (listener) => client.subscribe(listener),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
