import type { Bridge } from '../../../preload/contract.ts';
import { openSession } from './session.ts';
import { WebSocketBridge } from './web-socket-bridge.ts';

declare global {
  interface Window {
    /** Given by the preload script; in a browser there is none. */
    readonly onlooker?: Bridge;
  }
}

/** The one way out of the window: the preload script's in Electron, a WebSocket in a browser. */
export function openBridge(): Bridge | WebSocketBridge {
  return window.onlooker ?? new WebSocketBridge(openSession());
}
