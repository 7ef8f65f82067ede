import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The folder for what belongs to the user and is kept: bundles, memory. Where each platform keeps a program's data. */
export function userData(platform: NodeJS.Platform = process.platform, env: NodeJS.ProcessEnv = process.env): string {
  return join(dataHome(platform, env), 'onlooker');
}

function dataHome(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  if (platform === 'win32') return env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  // The XDG rules ignore a relative path.
  const xdg = env.XDG_DATA_HOME;
  return xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'share');
}

/** The folder for what the user set. Where each platform keeps a program's settings. */
export function userConfig(platform: NodeJS.Platform = process.platform, env: NodeJS.ProcessEnv = process.env): string {
  if (platform === 'win32') return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'onlooker');
  if (platform === 'darwin') return userData(platform, env);
  const xdg = env.XDG_CONFIG_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.config'), 'onlooker');
}

/** The folder for what can be fetched or made again. */
export function userCache(env: NodeJS.ProcessEnv = process.env): string {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'onlooker');
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'onlooker', 'cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'onlooker');
  return join(env.HOME ?? homedir(), '.cache', 'onlooker');
}

/**
 * The folder for what matters only while the program runs. On Linux the system empties it when the user logs out, and
 * nobody else can read it; where there is no such place, a folder of the cache.
 */
export function userRuntime(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env.XDG_RUNTIME_DIR;
  return process.platform === 'linux' && xdg && isAbsolute(xdg) ? join(xdg, 'onlooker') : join(userCache(env), 'run');
}
