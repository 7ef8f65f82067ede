import { session } from 'electron';
import type { News } from '../../preload/contract.ts';

/**
 * Asks whether there is a newer release. Only ever called for a click of the user's: nothing goes out otherwise. From a
 * session of its own, because the one of the windows is not let out at all; without a name, a number or a cookie.
 * @param feed address of a JSON object with `tag_name`; undefined in a build that has none
 */
export async function checkForUpdates(feed: string | undefined, installed: string): Promise<News> {
  if (!feed) return notice('update-unknown', 'This build does not know where its releases are. Look where you got it.');
  try {
    const asking = session.fromPartition('updates', { cache: false });
    const response = await asking.fetch(feed, { credentials: 'omit', signal: AbortSignal.timeout(15_000) });
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
