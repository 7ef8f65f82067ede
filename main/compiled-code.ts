import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { userCache } from './data-home.ts';

/**
 * The variables of `env` with which a Node process keeps what it compiles for the next one: a third of a start is
 * compiling. In a folder of the user's own, because whoever could write there could change the program. What the user has
 * chosen stays.
 */
export function withCompiledCode(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { NODE_COMPILE_CACHE: join(userCache(env), 'compiled'), ...env };
}

/** The same for this process, for all that it has not loaded yet, and for those it starts. */
export function keepCompiledCode(): void {
  process.env.NODE_COMPILE_CACHE = withCompiledCode().NODE_COMPILE_CACHE;
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
}
