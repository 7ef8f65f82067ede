/** Everything behind the window in a browser: engine, memory, settings, outputs and the server. */
import { Assistant } from '../assistant/assistant.ts';
import { CaptionOutputs } from '../assistant/caption-outputs.ts';
import { SettingsFile } from '../assistant/settings-file.ts';
import { InProcessEngine } from '../engine/in-process.ts';
import { type BrowserServer, openServer } from '../server/http.ts';
import { version } from './version.ts';

export interface BrowserModeOptions {
  /** Default: any that is free. */
  readonly port?: number | undefined;
  /** Folder of the memory; default the user's. */
  readonly memory?: string | undefined;
  /** Settings file; default the user's. */
  readonly settings?: string | undefined;
}

export interface BrowserMode extends AsyncDisposable {
  readonly assistant: Assistant;
  readonly server: BrowserServer;
}

/** @throws OnlookerError `usage` when the port is taken, `settings-unusable` */
export async function openBrowserMode({ port, memory, settings }: BrowserModeOptions): Promise<BrowserMode> {
  await using opened = new AsyncDisposableStack();
  const file = await SettingsFile.open(settings);
  const engine = opened.use(new InProcessEngine());
  const assistant = opened.use(new Assistant({ engine, settings: file, version: version(), memory }));
  opened.use(new CaptionOutputs(assistant));
  const server = opened.use(await openServer({ assistant, ...(port !== undefined && { port }) }));
  const owned = opened.move();
  return { assistant, server, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}
