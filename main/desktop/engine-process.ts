import { fileURLToPath } from 'node:url';
import { type MessagePortMain, utilityProcess } from 'electron';
import { withCompiledCode } from '../base/compiled-code.ts';
import type { ScriptOptions, ScriptProcess } from '../base/script-process.ts';
import type { EngineProcess } from '../engine/child.ts';

/** Starts the engine. Can be called once Electron is ready. */
export function spawnEngine(): EngineProcess {
  const worker = fileURLToPath(new URL('../engine/worker.ts', import.meta.url));
  return spawnUtility('Onlooker engine', worker, { env: withCompiledCode() });
}

/** Starts a process in which model files are tried out. Can be called once Electron is ready. */
export function spawnTrial(script: string, options: ScriptOptions): ScriptProcess {
  return spawnUtility('Onlooker model check', script, options);
}

/**
 * A utility process: plain Node, without a window, outside of the process that draws the tray. A packaged program cannot
 * fork itself in another way: that fuse is off.
 */
function spawnUtility(serviceName: string, script: string, { env, quiet = false }: ScriptOptions): ScriptProcess {
  const child = utilityProcess.fork(script, [], { serviceName, env, stdio: quiet ? 'ignore' : 'inherit' });
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
