import { app, Menu, Tray } from 'electron';
import type { SourceChoice } from '../../preload/contract.ts';
import type { Assistant } from './assistant.ts';
import { complain } from './complain.ts';
import type { Current } from './current.ts';
import { languageOf, texts } from './texts.ts';
import { type Light, lightOf, trayIcon } from './tray-icon.ts';
import { type MenuActions, statusLine, trayMenu } from './tray-menu.ts';

/** How often the age of the last frame is looked at, and how often what there is to watch; milliseconds. */
const lookEvery = 1000;
const sourcesEvery = 30_000;

/** The icon and its menu. Made once: on Linux a second icon would stay beside the first. */
export class TrayIcon implements Disposable {
  readonly #owned = new DisposableStack();
  readonly #tray: Tray;
  readonly #icons: string;
  readonly #current: Current;
  readonly #assistant: Assistant;
  readonly #actions: Omit<MenuActions, 'request'>;
  readonly #now: () => number;
  #sources: readonly SourceChoice[] = [];
  #light: Light;
  #shown = '';

  /** @param icons folder of the icons */
  constructor(
    icons: string,
    current: Current,
    assistant: Assistant,
    actions: Omit<MenuActions, 'request'>,
    now: () => number = Date.now,
  ) {
    this.#icons = icons;
    this.#current = current;
    this.#assistant = assistant;
    this.#actions = actions;
    this.#now = now;
    this.#light = lightOf(current.status, now());
    this.#tray = new Tray(trayIcon(icons, this.#light));
    this.#owned.defer(() => this.#tray.destroy());
    this.#tray.on('click', () => this.#actions.toggleOverlay());
    this.#owned.defer(current.follow(() => this.draw()));
    const looking = setInterval(() => this.draw(), lookEvery);
    this.#owned.defer(() => clearInterval(looking));
    const listing = setInterval(() => void this.refreshSources(), sourcesEvery);
    this.#owned.defer(() => clearInterval(listing));
    void this.refreshSources();
  }

  /** Asks anew what there is to watch. */
  async refreshSources(): Promise<void> {
    const sources = await this.#assistant.answer('sources', {});
    if (!sources.ok) return complain(new Error(sources.message));
    this.#sources = sources.value as readonly SourceChoice[];
    this.draw();
  }

  /** Brings icon, tool tip and menu up to what is so; does nothing where nothing has changed. */
  draw(): void {
    if (this.#owned.disposed) return;
    const { status, settings } = this.#current;
    const now = this.#now();
    const light = lightOf(status, now);
    if (light !== this.#light) this.#tray.setImage(trayIcon(this.#icons, light));
    this.#light = light;
    const language = languageOf(settings.language, app.getLocale());
    const { state, source, message, filtering, saving, snoozedUntil } = status;
    const snoozed = snoozedUntil !== null && snoozedUntil > now;
    const look = [
      light,
      state,
      source,
      message,
      filtering,
      saving,
      snoozed,
      settings.chattiness,
      language,
      this.#sources,
    ];
    const shown = JSON.stringify(look);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const menu = { status, settings, sources: this.#sources, light, now: this.#now };
    this.#tray.setToolTip(`Onlooker: ${statusLine(menu, texts[language])}`);
    // The whole menu again: Linux does not see changes of single items.
    this.#tray.setContextMenu(Menu.buildFromTemplate(trayMenu(menu, this.#menuActions(), texts[language])));
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }

  #menuActions(): MenuActions {
    return { ...this.#actions, request: (name, input) => void this.#assistant.answer(name, input).catch(complain) };
  }
}
