/** Captures displays where ffmpeg cannot (Wayland, macOS): a hidden window draws one, and a port carries the pictures. */
import {
  BrowserWindow,
  type DesktopCapturerSource,
  desktopCapturer,
  MessageChannelMain,
  type SourcesOptions,
  session,
} from 'electron';
import { captureChannel } from '../../preload/channels.ts';
import type { SourceChoice } from '../../preload/contract.ts';
import { OnlookerError } from '../base/errors.ts';
import { programPath } from '../base/paths.ts';
import { FeedEnd } from '../capture/live-feed.ts';
import type { KnownDisplay, WantedDisplay } from '../capture/port-feed.ts';
import type { OpenedDisplay } from '../engine/display-desk.ts';
import { capturePage } from './addresses.ts';
import { complain } from './complain.ts';
import { followMonitors, monitorAgain, monitors } from './monitors.ts';
import type { MonitorPlace } from './overlay-place.ts';
import { webPreferences } from './window-options.ts';

const preload = programPath('out/preload/capture.cjs');

/**
 * Whether screens are captured by a window here: on macOS consent belongs to the program and ffmpeg has none; Wayland
 * gives its pictures to nobody but the portal, which only the window asks.
 */
export function needsCaptureWindow(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  return platform === 'darwin' || isWayland(platform, env);
}

function isWayland(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  return platform === 'linux' && (Boolean(env.WAYLAND_DISPLAY) || env.XDG_SESSION_TYPE === 'wayland');
}

export interface CaptureWindowsOptions {
  readonly platform?: NodeJS.Platform;
  readonly env?: NodeJS.ProcessEnv;
}

/** Opens the hidden windows. There is one of this: Electron takes a handler for displays only once. */
export class CaptureWindows implements Disposable {
  /** On Wayland the list of displays is the system's own dialog: what the user picks there is all that is in it. */
  readonly #picked: boolean;
  /** By the address of the page that may have it. */
  readonly #granted = new Map<string, DesktopCapturerSource>();
  #count = 0;

  constructor({ platform = process.platform, env = process.env }: CaptureWindowsOptions = {}) {
    this.#picked = isWayland(platform, env);
    session.defaultSession.setDisplayMediaRequestHandler((request, grant) => {
      const video = this.#granted.get(request.frame?.url ?? '');
      grant(video ? { video } : {});
    });
  }

  /** What can be captured, as a source is named. */
  async choices(): Promise<SourceChoice[]> {
    // Looking at the list would open the dialog.
    if (this.#picked) return [{ source: 'screen', kind: 'screen', name: 'Wayland' }];
    const screens = monitors().map(({ bounds: { width, height } }, i, { length }): SourceChoice => {
      const size = `${width}x${height}`;
      return length > 1
        ? { source: `screen:${i}`, kind: 'screen', name: `${i + 1}: ${size}` }
        : { source: 'screen', kind: 'screen', name: size };
    });
    const titles = new Set((await sources(['window'])).map(({ name }) => name).filter((name) => name.trim() !== ''));
    return [
      ...screens,
      ...[...titles].map((title): SourceChoice => ({ source: `window:${title}`, kind: 'window', name: title })),
    ];
  }

  /** Opens a window that captures; disposing of what is returned closes it. @throws OnlookerError `source-*` */
  readonly open = async ({ fps, width, height, of, known }: WantedDisplay): Promise<OpenedDisplay> => {
    using opening = new DisposableStack();
    const page = `${capturePage}#${++this.#count}`;
    const found = await this.#find(of, known);
    this.#granted.set(page, found.source);
    opening.defer(() => this.#granted.delete(page));
    const window = new BrowserWindow({
      show: false,
      webPreferences: { ...webPreferences(), preload, backgroundThrottling: false },
    });
    opening.defer(() => window.destroy());
    await window.loadURL(page);
    const { port1, port2 } = new MessageChannelMain();
    window.webContents.postMessage(captureChannel, { fps, width, height }, [port1]);
    // A page may ask for a display behind a gesture of the user's alone; choosing what to watch was one.
    window.webContents.executeJavaScript('begin()', true).catch(complain);
    const owned = opening.move();
    // The port closes with it: the engine opens the display anew.
    window.webContents.once('render-process-gone', () => owned.dispose());
    // So it does when the monitor is away, another one has its part, or its picture has another size.
    const { monitor } = found;
    if (monitor) owned.use(followMonitors(() => isAsBefore(of, monitor) || owned.dispose()));
    return { port: port2, known: found.known, [Symbol.dispose]: () => owned.dispose() };
  };

  [Symbol.dispose](): void {
    session.defaultSession.setDisplayMediaRequestHandler(null);
  }

  async #find(of: WantedDisplay['of'], known: KnownDisplay | undefined): Promise<Found> {
    if (this.#picked) return { source: picked(await sources(['screen', 'window'])) };
    const found = of.kind === 'screen' ? await screenFor(of.monitor, known) : await windowWith(of.title, known);
    if (found) return found;
    const what = of.kind === 'screen' ? `monitor ${of.monitor ?? 0}` : `window with "${of.title}" in its title`;
    if (of.kind === 'screen' && known) throw new FeedEnd(`the ${what} is away`, { away: true });
    throw new OnlookerError('source-unreadable', `There is no ${what}. Choose another one to watch.`);
  }
}

/** What is to be captured, and how to know it again. */
interface Found {
  readonly source: DesktopCapturerSource;
  readonly known?: KnownDisplay;
  /** Of a screen: as it was. */
  readonly monitor?: MonitorPlace;
}

function picked([source]: readonly DesktopCapturerSource[]): DesktopCapturerSource {
  if (source) return source;
  throw new OnlookerError('source-lost', "No screen was chosen in the system's dialog. Watch again, and choose one.");
}

/**
 * The monitor that is wanted: the primary one, whichever that is now; else the one that is known, and at first the one at
 * that place. The primary one stands first: the overlay is painted out by the same order.
 */
function wantedMonitor(place: number | undefined, known: KnownDisplay | undefined): MonitorPlace | undefined {
  const all = monitors();
  return place !== undefined && known ? monitorAgain(known, all) : all[place ?? 0];
}

async function screenFor(place: number | undefined, known: KnownDisplay | undefined): Promise<Found | undefined> {
  const found = await sources(['screen']);
  const monitor = wantedMonitor(place, known);
  if (!monitor) return undefined;
  const source = found.find(({ display_id: id }) => id === monitor.id) ?? (found.length === 1 ? found[0] : undefined);
  return source && { source, monitor, known: { id: monitor.id, label: monitor.label } };
}

/** Whether the same monitor is still wanted, and shows as much as before. */
function isAsBefore(of: WantedDisplay['of'], { id, label, bounds }: MonitorPlace): boolean {
  const now = of.kind === 'screen' ? wantedMonitor(of.monitor, { id, label }) : undefined;
  return now?.id === id && now.bounds.width === bounds.width && now.bounds.height === bounds.height;
}

async function windowWith(title: string, known: KnownDisplay | undefined): Promise<Found | undefined> {
  const found = await sources(['window']);
  const wanted = title.toLowerCase();
  const source =
    found.find(({ id }) => id === known?.id) ??
    found.find(({ name }) => name.toLowerCase() === wanted) ??
    found.find(({ name }) => name.toLowerCase().includes(wanted));
  return source && { source, known: { id: source.id, label: source.name } };
}

/** Without thumbnails, which cost a capture each. */
function sources(types: SourcesOptions['types']): Promise<DesktopCapturerSource[]> {
  return desktopCapturer.getSources({ types, thumbnailSize: { width: 0, height: 0 } });
}
