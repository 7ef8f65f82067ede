import { fileURLToPath } from 'node:url';
import { withCompiledCode } from '../base/compiled-code.ts';
import { forkScript, type ScriptOptions, type ScriptProcess } from '../base/script-process.ts';
import { startTimer } from '../base/timer.ts';
import { mostMilliseconds, type Trial, type Verdict, verdict } from './messages.ts';

/** Starts a script of the program as a process of its own. */
export type SpawnTrial = (script: string, options: ScriptOptions) => ScriptProcess;

let spawnTrial: SpawnTrial | undefined = process.versions.electron === undefined ? forkScript : undefined;

/** Says how such a process is started where Node cannot be forked: in Electron's main process. */
export function setSpawnTrial(spawn: SpawnTrial): void {
  spawnTrial = spawn;
}

/**
 * Tries model files out in a process of their own. Undefined where none can be started: in the engine's process of the
 * desktop program, whose main process tried the same files before.
 */
export async function tryInProcess(trial: Trial): Promise<Verdict | { readonly ended: string } | undefined> {
  if (!spawnTrial) return undefined;
  const script = fileURLToPath(new URL('./child/trial-child.ts', import.meta.url));
  // What native code prints when it aborts is not for the user, nor is a debugger that prints where it was.
  const child = spawnTrial(script, { env: { ...withCompiledCode(), GGML_NO_BACKTRACE: '1' }, quiet: true });
  const ended = Promise.withResolvers<Verdict | { ended: string }>();
  let said: Verdict | undefined;
  child.listen(
    (message) => {
      said ??= verdict.safeParse(message).data;
    },
    (how) => ended.resolve(said ?? { ended: how }),
  );
  using timer = startTimer(mostMilliseconds(trial.bytes), () => child.kill('SIGKILL'));
  void timer;
  child.send(trial);
  return await ended.promise;
}
