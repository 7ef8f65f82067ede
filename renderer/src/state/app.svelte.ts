import { createContext } from 'svelte';
import { openBridge } from '../bridge/open-bridge.ts';
import { WebSocketBridge } from '../bridge/web-socket-bridge.ts';
import { languageFrom } from '../texts/catalogue.ts';
import { Phrases } from '../texts/phrases.ts';
import { Assistant } from './assistant.svelte.ts';
import { Clock } from './clock.svelte.ts';

/** What every part of a window can reach. */
export class App {
  readonly assistant: Assistant;
  readonly clock = new Clock();
  /** By language alone: new phrases are new texts for the whole page. */
  readonly phrases = $derived.by(() => new Phrases(this.#language));
  readonly #language = $derived.by(() => this.assistant.settings?.language ?? languageFrom(navigator.languages));

  constructor(assistant: Assistant) {
    this.assistant = assistant;
  }

  readonly say: Phrases['say'] = (key, values) => this.phrases.say(key, values);
}

export const [useApp, provideApp] = createContext<App>();

/** Opens what the window needs; to be called once, by its entry. */
export function openApp(): App {
  const bridge = openBridge();
  const watchConnection =
    bridge instanceof WebSocketBridge
      ? (listener: (connected: boolean) => void) => bridge.watchConnection(listener)
      : undefined;
  return new App(new Assistant(bridge, watchConnection));
}
