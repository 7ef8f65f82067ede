/** The composition root of whatever has windows: the one place that knows what an assistant is made of. */
import { version } from '../base/version.ts';
import { EngineHost, type HostOptions } from '../engine/host.ts';
import { SettingsFile } from '../settings/settings-file.ts';
import { Assistant, type AssistantOptions } from './assistant.ts';
import { CaptionOutputs } from './caption-outputs.ts';

export interface ComposeOptions extends Omit<AssistantOptions, 'engine' | 'settings' | 'version'> {
  /** How the engine's process is started, and what captures screens for it; default a forked Node, which captures itself. */
  readonly engine?: HostOptions;
  /** Settings file; default the user's. */
  readonly settings?: string | undefined;
}

/** An assistant with all that it needs. Disposing ends them all. */
export interface ComposedAssistant extends AsyncDisposable {
  readonly assistant: Assistant;
}

/**
 * Builds settings, engine, assistant and outputs. Nothing is watched yet: `assistant.start` begins that.
 * @throws OnlookerError `settings-unusable`
 */
export async function composeAssistant({ engine, settings, ...options }: ComposeOptions): Promise<ComposedAssistant> {
  const file = await SettingsFile.open(settings);
  await using opened = new AsyncDisposableStack();
  const host = opened.use(new EngineHost(engine));
  const assistant = opened.use(new Assistant({ ...options, engine: host, settings: file, version: version() }));
  opened.use(new CaptionOutputs(assistant));
  const owned = opened.move();
  return { assistant, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
