import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { userCache } from './data-home.ts';

/**
 * The variables of `env` with which a Node process keeps what it compiles for the next one: a third of a start is
 * compiling. In a folder of the user's own, because whoever could write there could change the program. What the user has
 * chosen stays.
 */
export function withCompiledCode(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  if (!filesMayGrow()) return { ...env, NODE_DISABLE_COMPILE_CACHE: '1' };
  return { NODE_COMPILE_CACHE: join(userCache(env), 'compiled'), ...env };
}

/** The same for this process, for all that it has not loaded yet, and for those it starts. */
export function keepCompiledCode(): void {
  if (!filesMayGrow()) return;
  process.env.NODE_COMPILE_CACHE = withCompiledCode().NODE_COMPILE_CACHE;
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

/**
 * Node keeps what it compiled at its very end, when it hears no signal any more: where the size of files is limited
 * (`ulimit -f`), SIGXFSZ would be the end instead.
 */
function filesMayGrow(): boolean {
  try {
    return /^Max file size +unlimited/m.test(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return true; // only Linux tells
  }
}
