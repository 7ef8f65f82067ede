/** Follows the settings file, for whoever has something watched without a window. */
import type { Settings } from '../../preload/contract.ts';
import { damagedOf, readSettingsFile, settingsPath, stateOf } from './settings-file.ts';

/** How often the file is looked at, milliseconds. */
const everyMs = 1000;

/**
 * Calls `onChange` within about a second of each change of the file, and once soon after it begins: what was read before
 * may be old by then. A file that is gone, or in which one of `names` cannot be read, changes nothing: what is known
 * holds. `onChange` must not reject. Disposing ends it.
 */
export function followSettings(
  names: readonly (keyof Settings)[],
  onChange: (settings: Settings) => void | Promise<void>,
  path: string = settingsPath(),
): Disposable {
  let known: string | undefined;
  let busy = false;
  let over = false;
  const look = async () => {
    const state = await stateOf(path);
    if (state === undefined || state === known) return;
    const read = await readSettingsFile(path).catch(() => undefined); // looked at again
    if (!read || over) return;
    known = state;
    if (damagedOf(names, read).length === 0) await onChange(read.settings);
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void look().finally(() => {
      busy = false;
    });
  }, everyMs).unref();
  return {
    [Symbol.dispose]() {
      over = true;
      clearInterval(timer);
    },
  };
}
