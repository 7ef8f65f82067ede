import { net } from 'electron';
import type { News } from '../../preload/contract.ts';

/** Says which release is the newest. Public, asked without a name or a number of the user's. */
const feed = 'https://api.github.com/repos/onlooker-app/onlooker/releases/latest';

/** Asks whether there is a newer release. Only ever called for a click of the user's: nothing goes out otherwise. */
export async function checkForUpdates(installed: string): Promise<News> {
  try {
    const response = await net.fetch(feed, { credentials: 'omit', signal: AbortSignal.timeout(15_000) });
    if (!response.ok) throw new Error(`${response.status}`);
    const { tag_name: tag } = (await response.json()) as { tag_name?: unknown };
    const newest = typeof tag === 'string' ? /^v?(\d+\.\d+\.\d+)$/.exec(tag)?.[1] : undefined;
    if (!newest) throw new Error('no version in the answer');
    return isNewer(newest, installed)
      ? notice('update-available', `Onlooker ${newest} is out; this is ${installed}. Get it where you got this one.`)
      : notice('update-none', `Onlooker ${installed} is the newest version.`);
  } catch {
    return notice('update-unknown', 'Whether there is an update could not be found out. Try again when online.');
  }
}

/** Whether `a` is a later version than `b`, both `1.2.3`. */
export function isNewer(a: string, b: string): boolean {
  const parts = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10));
  const [left, right] = [parts(a), parts(b)];
  const place = left.findIndex((part, n) => part !== right[n]);
  return place !== -1 && left[place]! > (right[place] ?? 0);
}

function notice(code: string, message: string): News {
  return { type: 'notice', code, message };
}
