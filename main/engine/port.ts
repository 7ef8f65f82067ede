/** The engine process's end of the line to its host: a forked Node process or Electron's utility process. */

export interface Port {
  send(message: unknown): void;
  /** Calls back with each message, and once when the host is gone. */
  listen(onMessage: (message: unknown) => void, onClosed: () => void): void;
}

/** What Electron puts into `process.parentPort`. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** @throws Error when this process was started as neither */
export function parentPort(): Port {
  const { parentPort: utility } = process as { readonly parentPort?: UtilityPort };
  if (utility) {
    return {
      send: (message) => utility.postMessage(message),
      // Electron ends a utility process with its parent.
      listen: (onMessage) => utility.on('message', ({ data }) => onMessage(data)),
    };
  }
  if (!process.send) throw new Error('The engine process is started by the program, not by hand.');
  return {
    send: (message) => {
      if (process.connected) process.send!(message, () => {}); // the host may go in the middle of it
    },
    listen: (onMessage, onClosed) => {
      process.on('message', onMessage);
      process.once('disconnect', onClosed);
    },
  };
}
