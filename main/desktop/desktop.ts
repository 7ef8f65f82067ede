/** The desktop program from start to end: a table of contents, one line a feature, in the order that matters. */
import { app } from 'electron';
import type { News } from '../../preload/contract.ts';
import type { Assistant } from './assistant.ts';
import { complain } from './complain.ts';
import { handleCrashes } from './crashes.ts';
import { Current } from './current.ts';
import { openIpcGate, tellWindows } from './ipc-gate.ts';
import { keyStoreWarning } from './key-store.ts';
import { followLoginItem } from './login-item.ts';
import { monitors } from './monitors.ts';
import { confineNavigation } from './navigation.ts';
import { stayOffline } from './offline.ts';
import { Overlay } from './overlay-window.ts';
import { restrictPermissions } from './permissions.ts';
import { followPower } from './power.ts';
import { registerScheme, serveRenderer } from './protocol.ts';
import { followScreenAccess } from './screen-access.ts';
import { answering } from './shell-requests.ts';
import { Shortcuts } from './shortcuts.ts';
import { holdInstance } from './single-instance.ts';
import { TrayIcon } from './tray.ts';
import { checkForUpdates } from './update-check.ts';
import { WatchedArea } from './watched-area.ts';
import { Windows } from './windows.ts';

export interface DesktopParts {
  /** Called once Electron is ready. */
  readonly openAssistant: () => Promise<Assistant>;
  /** Folder of the built pages. */
  readonly renderer: string;
  /** Folder of the tray's icons. */
  readonly icons: string;
  /** Address that tells the newest release; undefined in a build that has none. */
  readonly releases?: string | undefined;
  readonly platform?: NodeJS.Platform;
  /** Whether no window is to be shown at start, as at login. */
  readonly hidden?: boolean;
}

/** Starts everything; what is returned ends it. Undefined when the program runs already. */
export async function startDesktop(parts: DesktopParts): Promise<AsyncDisposable | undefined> {
  const { platform = process.platform } = parts;
  let again = () => {};
  await using starting = new AsyncDisposableStack();
  const held = starting.use(holdInstance(() => again()));
  if (!held) return undefined;

  // 1. Before Electron is ready: nothing may be shown that is not confined.
  starting.use(handleCrashes());
  app.enableSandbox();
  registerScheme();
  starting.use(confineNavigation());
  await app.whenReady();

  // 2. What pages may do, before there are any.
  starting.use(restrictPermissions());
  starting.use(await stayOffline());
  starting.use(serveRenderer(parts.renderer));

  // 3. What it is all about.
  const assistant = starting.use(await parts.openAssistant());
  const current = starting.use(await Current.of(assistant));
  starting.defer(assistant.subscribe(tellWindows));

  // 4. What the user sees.
  const watchedArea = new WatchedArea();
  const overlay = starting.use(
    new Overlay({
      platform,
      watched: () => watchedArea.of(current.status.source, monitors()),
      cover: (area) => void assistant.answer('cover', { area }).catch(complain),
    }),
  );
  const windows = starting.use(new Windows(overlay, platform));
  const open = (name: 'overlay' | 'timeline' | 'settings' | 'welcome') => void windows.open(name).catch(complain);
  starting.use(
    openIpcGate(answering(assistant, { open: (name, at) => windows.open(name, at), asked: () => overlay.release() })),
  );
  let source: string | null | undefined;
  starting.defer(
    current.follow(() => {
      overlay.clickThrough = current.settings.clickThrough;
      if (source === current.status.source) return;
      source = current.status.source;
      overlay.coverAgain();
    }),
  );
  const ask = () => void windows.ask().catch(complain);
  const toggleOverlay = () => void windows.toggleOverlay().catch(complain);
  const checkUpdates = () => void checkForUpdates(parts.releases, app.getVersion()).then(tellWindows);
  const actions = { open, ask, toggleOverlay, checkForUpdates: checkUpdates, quit: () => app.quit() };
  starting.use(new TrayIcon(parts.icons, current, assistant, actions));

  // 5. What reaches it from outside of its windows.
  const pause = () => void togglePause(assistant, current).catch(complain);
  starting.use(new Shortcuts(current, { ask, pause, overlay: toggleOverlay }, tellWindows));
  starting.use(followPower(assistant, current));
  starting.use(followLoginItem(current, platform));
  starting.use(followScreenAccess(current, tellWindows, platform));
  again = () => open(current.welcomed ? 'overlay' : 'welcome');
  // Without windows it goes on: the tray is the program.
  const stay = () => {};
  app.on('window-all-closed', stay);
  starting.defer(() => void app.off('window-all-closed', stay));

  // 6. The first window, when all that it could ask for is there.
  if (!current.welcomed) await windows.open('welcome');
  else if (!parts.hidden) await windows.open('overlay');
  starting.defer(whenRemembering(current, () => tellKeyStore(platform)));
  return starting.move();
}

async function togglePause(assistant: Assistant, current: Current): Promise<void> {
  if (current.status.state === 'paused') await assistant.answer('resume', {});
  else await assistant.answer('pause', { until: null });
}

/** Calls once, when things are kept: at once, or as soon as that is chosen. Returns what ends the waiting. */
function whenRemembering(current: Current, call: () => void): () => void {
  let called = false;
  const look = () => {
    if (called || current.settings.remember !== true) return;
    called = true;
    call();
  };
  look();
  return current.follow(look);
}

function tellKeyStore(platform: NodeJS.Platform): void {
  const warning = keyStoreWarning(platform);
  if (warning) tellWindows(notice('key-store', warning));
}

function notice(code: string, message: string): News {
  return { type: 'notice', code, message };
}
