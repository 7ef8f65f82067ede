import { utilityProcess } from 'electron';

/** What the engine's host needs of a process, whether Node's `fork` made it or Electron. */
export interface EngineProcess {
  readonly pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** `reason`: in words, for a message. */
  onExit(listener: (reason: string) => void): void;
  /** At once. */
  kill(): void;
}

/**
 * Starts a script as a utility process: plain Node, without a window, outside of the process that draws the tray. A
 * packaged program cannot fork itself in another way: that fuse is off.
 */
export function spawnUtilityProcess(script: string, env: NodeJS.ProcessEnv = process.env): EngineProcess {
  const child = utilityProcess.fork(script, [], {
    serviceName: 'Onlooker engine',
    stdio: 'inherit',
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
  });
  let fatal: string | undefined;
  child.on('error', (type, location) => {
    fatal = `${type} in ${location}`;
  });
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', (code) => listener(fatal ?? `code ${code}`)),
    kill: () => void child.kill(),
  };
}
