import { join } from 'node:path';
import { app, type BrowserWindow } from 'electron';
import type { Area } from '../../preload/contract.ts';
import { followMonitors, monitorOf, monitors } from './monitors.ts';
import {
  coverage,
  isRememberedPlaces,
  nothingRemembered,
  placeOverlay,
  type Rectangle,
  type RememberedPlaces,
  remember,
} from './overlay-place.ts';
import { StoredJson } from './stored-json.ts';

export interface OverlayOptions {
  readonly platform: NodeJS.Platform;
  /** The area of the desktop that is watched, in the window system's pixels; undefined: none, or not known. */
  readonly watched: () => Rectangle | undefined;
  /** Told where it lies on what is watched, whenever that changes. */
  readonly cover: (area: Area | null) => void;
}

/**
 * The overlay's manners: over everything, never in the way, in its place. It owns no window: `adopt` takes the one
 * there is now.
 */
export class Overlay implements AsyncDisposable {
  readonly #options: OverlayOptions;
  readonly #stored: StoredJson<RememberedPlaces>;
  readonly #following: Disposable;
  #places: RememberedPlaces;
  #window: BrowserWindow | undefined;
  #clickThrough = false;
  /** While it is put somewhere by us, its moves are not the user's wish. */
  #placing = false;

  constructor(options: OverlayOptions) {
    this.#options = options;
    this.#stored = new StoredJson(join(app.getPath('userData'), 'overlay.json'), isRememberedPlaces);
    this.#places = this.#stored.read() ?? nothingRemembered;
    this.#following = followMonitors(() => this.place());
  }

  adopt(window: BrowserWindow): void {
    this.#window = window;
    window.setAlwaysOnTop(true, 'screen-saver');
    if (this.#options.platform !== 'win32') window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true });
    // Asks captures of others to leave it out. It does not always help, so that it is painted out of our own.
    if (this.#options.platform !== 'linux') window.setContentProtection(true);
    this.#applyClickThrough();
    this.place();
    window.on('moved', () => this.#moved());
    window.on('resized', () => this.#moved());
    window.on('show', () => this.coverAgain());
    window.on('hide', () => this.coverAgain());
    window.on('blur', () => this.release());
    window.webContents.on('before-input-event', (_event, { type, key }) => {
      if (type === 'keyUp' && key === 'Escape') this.release();
    });
    window.once('closed', () => {
      this.#window = undefined;
      this.coverAgain();
    });
  }

  /** Gives it the keyboard, for a question; `release` takes it back. */
  takeKeyboard(): void {
    const window = this.#window;
    if (!window) return;
    window.setIgnoreMouseEvents(false);
    window.setFocusable(true);
    window.show();
    window.focus();
  }

  release(): void {
    const window = this.#window;
    if (!window?.isFocusable()) return;
    window.setFocusable(false);
    if (window.isFocused()) window.blur();
    this.#applyClickThrough();
  }

  /** Lets clicks through to what lies below. */
  set clickThrough(on: boolean) {
    if (on === this.#clickThrough) return;
    this.#clickThrough = on;
    this.#applyClickThrough();
  }

  /** After a crash: whatever it let through or held back, it starts anew. */
  reset(): void {
    this.#window?.setIgnoreMouseEvents(false);
    this.release();
    this.#applyClickThrough();
  }

  /** Puts it where it belongs on the monitors there are now. */
  place(): void {
    const window = this.#window;
    if (!window) return;
    this.#placing = true;
    window.setBounds(placeOverlay(monitors(), this.#places, window.getBounds()));
    this.#placing = false;
    this.coverAgain();
  }

  /** Says again where it lies, because it or what is watched has changed. */
  coverAgain(): void {
    const watched = this.#options.watched();
    const window = this.#window;
    const lies = window?.isVisible() && watched ? coverage(window.getBounds(), watched) : null;
    this.#options.cover(lies);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#following[Symbol.dispose]();
    await this.#stored[Symbol.asyncDispose]();
  }

  #moved(): void {
    const window = this.#window;
    if (!window || this.#placing) return;
    const bounds = window.getBounds();
    this.#places = remember(this.#places, monitorOf(bounds), bounds);
    this.#stored.write(this.#places);
    this.coverAgain();
  }

  #applyClickThrough(): void {
    // `forward` does not exist on Linux, and is not needed: with it the page would still see the pointer move.
    const forward = this.#options.platform === 'linux' ? undefined : { forward: true };
    this.#window?.setIgnoreMouseEvents(this.#clickThrough, this.#clickThrough ? forward : undefined);
  }
}
