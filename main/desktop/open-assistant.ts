import { powerMonitor } from 'electron';
import { Assistant } from '../assistant/assistant.ts';
import { CaptionOutputs } from '../assistant/caption-outputs.ts';
import { listSources } from '../assistant/sources.ts';
import { version } from '../base/version.ts';
import { EngineHost } from '../engine/host.ts';
import { openLog } from '../log/open-log.ts';
import { memoryFolder } from '../memory/store/location.ts';
import { SettingsFile } from '../settings/settings-file.ts';
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
  const engine = opening.use(new EngineHost({ spawn: spawnEngine, displays: displays?.open }));
  const settings = await SettingsFile.open();
  const memoryKey = systemKeyStore(memoryFolder());
  const sources = () => listSources(displays && (() => displays.choices()));
  const options = {
    engine,
    settings,
    memoryKey,
    sources,
    onBattery: () => powerMonitor.isOnBatteryPower(),
    version: version(),
    log: complain,
  };
  const assistant = opening.use(new Assistant(options));
  opening.use(new CaptionOutputs(assistant));
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
