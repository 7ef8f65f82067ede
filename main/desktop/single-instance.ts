import { app } from 'electron';

/**
 * True when this is the only one that runs; `again` is called when the user starts another, which then ends itself.
 */
export function isOnlyInstance(again: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', again);
  return true;
}
