import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron';
import type { WindowName } from '../../preload/contract.ts';
import { programPath } from '../base/paths.ts';

/** The built preload script, beside the built main script. A sandboxed one must be CommonJS. */
const preload = programPath('out/preload/index.cjs');

/** Every page lives in the same cage. Most of this is Electron's default, and stays if the defaults change. */
export function webPreferences(): WebPreferences {
  return {
    preload,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    contextIsolation: true,
    sandbox: true,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  };
}

/** The overlay lies over everything and is in nobody's way; the others are ordinary windows. */
export function windowOptions(name: WindowName, platform: NodeJS.Platform): BrowserWindowConstructorOptions {
  const common: BrowserWindowConstructorOptions = { title: 'Onlooker', show: false, webPreferences: webPreferences() };
  if (name !== 'overlay') {
    const size = sizes[name];
    return { ...common, ...size, minWidth: 420, minHeight: 360, autoHideMenuBar: true };
  }
  return {
    ...common,
    ...sizes.overlay,
    transparent: true,
    frame: false,
    hasShadow: false,
    resizable: true,
    minimizable: false,
    maximizable: false,
    fullscreenable: false,
    skipTaskbar: true,
    alwaysOnTop: true,
    focusable: false,
    acceptFirstMouse: true,
    // A panel takes the keyboard without bringing the whole program to the front.
    ...(platform === 'darwin' ? { type: 'panel' } : {}),
    // It hears of narrations while it lies behind a full-screen window, too.
    webPreferences: { ...webPreferences(), backgroundThrottling: false },
  };
}

const sizes = {
  overlay: { width: 420, height: 220 },
  timeline: { width: 1100, height: 760 },
  settings: { width: 760, height: 760 },
  welcome: { width: 720, height: 760 },
} as const;
