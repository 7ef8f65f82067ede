/** A started script's end of the line to the process that started it: a forked Node process or Electron's utility process. */

export interface Port {
  send(message: unknown): void;
  /** Calls back with each message and the ports that came with it, and once when the host is gone. */
  listen(onMessage: (message: unknown, ports: readonly TransferredPort[]) => void, onClosed: () => void): void;
}

/** The end of a message channel that has come from another process: only Electron's can. */
export interface TransferredPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

/** What Electron puts into `process.parentPort`. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly TransferredPort[] }) => void,
  ): void;
}

/** @throws Error when this process was started as neither */
export function parentPort(): Port {
  const { parentPort: utility } = process as { readonly parentPort?: UtilityPort };
  if (utility) {
    return {
      send: (message) => utility.postMessage(message),
      // Electron ends a utility process with its parent.
      listen: (onMessage) => utility.on('message', ({ data, ports }) => onMessage(data, ports)),
    };
  }
  if (!process.send) throw new Error('This script is started by the program, not by hand.');
  return {
    send: (message) => {
      if (process.connected) process.send!(message, () => {}); // the host may go in the middle of it
    },
    listen: (onMessage, onClosed) => {
      process.on('message', (message) => onMessage(message, []));
      process.once('disconnect', onClosed);
    },
  };
}
