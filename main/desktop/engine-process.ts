import { fileURLToPath } from 'node:url';
import { type MessagePortMain, utilityProcess } from 'electron';
import { withCompiledCode } from '../compiled-code.ts';
import type { EngineProcess } from '../engine/child.ts';

/**
 * Starts the engine as a utility process: plain Node, without a window, outside of the process that draws the tray. A
 * packaged program cannot fork itself in another way: that fuse is off. Can be called once Electron is ready.
 */
export function spawnEngine(): EngineProcess {
  const worker = fileURLToPath(new URL('../engine/worker.ts', import.meta.url));
  const child = utilityProcess.fork(worker, [], {
    ...{ serviceName: 'Onlooker engine', stdio: 'inherit' },
    env: withCompiledCode(),
  });
  let fatal: string | undefined;
  child.on('error', (type, location) => {
    fatal = `${type} in ${location}`;
  });
  return {
    get pid() {
      return child.pid;
    },
    send: (message, ports = []) => child.postMessage(message, [...(ports as readonly MessagePortMain[])]),
    listen(onMessage, onExit) {
      child.on('message', onMessage);
      child.once('exit', (code) => onExit(fatal ?? `code ${code}`));
    },
    kill(signal) {
      if (signal === 'SIGTERM') child.kill();
      else if (child.pid !== undefined) killNow(child.pid);
    },
  };
}

/** Electron's own `kill` only asks. */
function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
