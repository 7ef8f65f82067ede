import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Gives this process, and those that it starts, a HOME where there is none, or none that is a whole path: libraries ask for
 * one as they load. It is that of the system's list of users; a user who is in no list, as in some containers, gets a folder
 * that cannot be there, so that whatever needs one says so.
 */
export function keepHome(): void {
  if (process.platform === 'win32') return; // the system knows it there
  const homeOf = (find: () => string) => {
    try {
      return find();
    } catch {
      return ''; // there is no such user
    }
  };
  if (isAbsolute(homeOf(homedir))) return;
  process.env.HOME = homeOf(() => userInfo().homedir) || '/nonexistent';
}

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
  const xdg = env.XDG_CACHE_HOME;
  if (xdg && isAbsolute(xdg)) return join(xdg, 'onlooker');
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
