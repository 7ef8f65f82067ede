import type { BrowserWindow, RenderProcessGoneDetails } from 'electron';
import { backOff } from '../base/back-off.ts';
import { record } from '../log/record.ts';
import { complain } from './complain.ts';

/** A page that has stood for so long, milliseconds, is taken for healthy again. */
const healthyAfter = 60_000;
const patience = { first: 500, longest: 30_000 };

/**
 * Loads a window's page again when its process has gone: at once, then after ever longer waits while it keeps dying.
 * @param before makes the window safe first: one that lets no click through and shows nothing blocks the desktop
 */
export function reviveAfterCrash(window: BrowserWindow, before: () => void): void {
  let failures = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  let waiting: NodeJS.Timeout | undefined;
  const revive = (_event: unknown, { reason, exitCode }: RenderProcessGoneDetails) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    record('window-crashed', { reason, exitCode });
    complain(new Error(`A window's process ended (${reason}, ${exitCode}); its page is loaded again.`));
    before();
    const now = performance.now();
    failures = now - lastAt > healthyAfter ? 0 : failures + 1;
    lastAt = now;
    clearTimeout(waiting);
    waiting = setTimeout(
      () => {
        if (!window.isDestroyed()) window.webContents.reload();
      },
      backOff(failures, patience),
    );
    waiting.unref();
  };
  window.webContents.on('render-process-gone', revive);
  window.once('closed', () => clearTimeout(waiting));
}
