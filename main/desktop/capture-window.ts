/** Captures a display where ffmpeg cannot (Wayland, macOS): a hidden window draws it, and a port carries the frames. */
import { fileURLToPath } from 'node:url';
import { BrowserWindow, desktopCapturer, MessageChannelMain, type MessagePortMain, session } from 'electron';
import { captureChannel } from '../../preload/channels.ts';
import type { Sampling } from '../capture/frame.ts';
import { type FramePort, PortSource } from '../capture/port-source.ts';
import { capturePage, isCapturePage } from './addresses.ts';
import { webPreferences } from './window-options.ts';

const preload = fileURLToPath(new URL('../preload/capture.cjs', import.meta.url));

/**
 * Whether screens are captured by a window here: on macOS consent belongs to the program and ffmpeg has none; Wayland
 * gives its pictures to nobody but the portal, which only the window asks.
 */
export function needsCaptureWindow(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  return platform === 'darwin' || Boolean(env.WAYLAND_DISPLAY) || env.XDG_SESSION_TYPE === 'wayland';
}

/**
 * Lets the page that captures have a display: the monitor of that place in the list. On Wayland the list is the
 * system's own dialog, and what the user picks there is all that is in it.
 */
export function grantDisplay(monitor: number): Disposable {
  session.defaultSession.setDisplayMediaRequestHandler((request, grant) => {
    if (!isCapturePage(request.frame?.url ?? '')) return grant({});
    desktopCapturer.getSources({ types: ['screen'], thumbnailSize: { width: 0, height: 0 } }).then(
      (sources) => {
        const video = sources[monitor] ?? sources[0];
        grant(video ? { video } : {});
      },
      () => grant({}),
    );
  });
  return { [Symbol.dispose]: () => session.defaultSession.setDisplayMediaRequestHandler(null) };
}

/** Opens the hidden window and starts it. Disposing of the source closes the window, too. */
export async function captureByWindow(name: string, monitor: number, sampling: Sampling): Promise<PortSource> {
  using opening = new DisposableStack();
  opening.use(grantDisplay(monitor));
  const window = new BrowserWindow({
    show: false,
    webPreferences: { ...webPreferences(), preload, backgroundThrottling: false },
  });
  opening.defer(() => window.destroy());
  await window.loadURL(capturePage);
  const { port1, port2 } = new MessageChannelMain();
  const { fps, width, height } = sampling;
  const owned = opening.move();
  const source = new PortSource(name, framePort(port2, owned), sampling);
  window.webContents.postMessage(captureChannel, { fps, width, height }, [port1]);
  return source;
}

function framePort(port: MessagePortMain, owned: Disposable): FramePort {
  return {
    listen(onMessage, onClosed) {
      port.on('message', ({ data }) => onMessage(data));
      port.on('close', onClosed);
      port.start();
    },
    send: (message) => port.postMessage(message),
    close() {
      port.close();
      owned[Symbol.dispose]();
    },
  };
}
