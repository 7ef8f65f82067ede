import { type ChildProcess, fork } from 'node:child_process';

/** A script in a process of its own that can be talked to: a forked Node process, or Electron's utility process. */
export interface ScriptProcess {
  readonly pid: number | undefined;
  /** `ports` move there; a forked Node process takes none. */
  send(message: unknown, ports?: readonly unknown[]): void;
  /** `onExit`: once, when it is gone and all that it sent was delivered. */
  listen(onMessage: (message: unknown) => void, onExit: (how: string) => void): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export interface ScriptOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Whether what it prints is thrown away; default it goes where this process prints. */
  readonly quiet?: boolean;
}

/** Starts a script of the program as a Node process. It has no standard input: that is this process's own. */
export function forkScript(script: string, { env, quiet = false }: ScriptOptions): ScriptProcess {
  const output = quiet ? 'ignore' : 'inherit';
  const child: ChildProcess = fork(script, {
    ...{ serialization: 'advanced', execArgv: [], env },
    stdio: ['ignore', output, output, 'ipc'],
  });
  child.on('error', () => {}); // a message that did not get through: the exit tells why
  return {
    pid: child.pid,
    send: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    listen(onMessage, onExit) {
      child.on('message', onMessage);
      const exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
      // The last messages may still lie in the pipe when the process is gone.
      const drained = new Promise((resolve) => child.once('disconnect', resolve).once('error', resolve));
      void Promise.all([exited, drained]).then(() => onExit(child.signalCode ?? `code ${child.exitCode}`));
    },
    kill: (signal) => void child.kill(signal),
  };
}
