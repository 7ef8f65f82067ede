import { BrowserWindow } from 'electron';
import type { WindowName } from '../../preload/contract.ts';
import { pageOf } from './addresses.ts';
import { complain } from './complain.ts';
import type { Overlay } from './overlay-window.ts';
import { reviveAfterCrash } from './recovery.ts';
import { windowOptions } from './window-options.ts';

/** One window of each name at most, made when it is first asked for and gone when it is closed. */
export class Windows implements Disposable {
  readonly #open = new Map<WindowName, BrowserWindow>();
  readonly #overlay: Overlay;
  readonly #platform: NodeJS.Platform;

  constructor(overlay: Overlay, platform: NodeJS.Platform = process.platform) {
    this.#overlay = overlay;
    this.#platform = platform;
  }

  get(name: WindowName): BrowserWindow | undefined {
    return this.#open.get(name);
  }

  /**
   * Shows the window; only the overlay comes without taking the keyboard.
   * @param at the wall clock the timeline is to show
   */
  async open(name: WindowName, at?: number): Promise<void> {
    const known = this.#open.get(name);
    const window = known ?? this.#make(name);
    if (!known || at !== undefined) {
      await window.loadURL(pageOf(name, at)).catch((error: unknown) => {
        // Gone before it was there is the user's wish; anything else is a page that cannot be shown.
        if (!window.isDestroyed()) complain(error);
      });
    }
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    if (name === 'overlay') window.showInactive();
    else window.show();
    if (name === 'overlay') this.#overlay.coverAgain();
  }

  /** Shows the overlay or hides it. */
  async toggleOverlay(): Promise<void> {
    const overlay = this.#open.get('overlay');
    if (!overlay?.isVisible()) return this.open('overlay');
    overlay.hide();
    this.#overlay.coverAgain();
  }

  /** Shows the overlay with the keyboard, so that something can be asked. */
  async ask(): Promise<void> {
    await this.open('overlay');
    this.#overlay.takeKeyboard();
  }

  [Symbol.dispose](): void {
    for (const window of [...this.#open.values()]) window.destroy();
  }

  #make(name: WindowName): BrowserWindow {
    const window = new BrowserWindow(windowOptions(name, this.#platform));
    this.#open.set(name, window);
    window.once('closed', () => this.#open.delete(name));
    // The menu bar would only offer developer tools and reloading.
    window.setMenu(null);
    if (name === 'overlay') this.#overlay.adopt(window);
    reviveAfterCrash(window, () => name === 'overlay' && this.#overlay.reset());
    return window;
  }
}
