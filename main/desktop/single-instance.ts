import { app } from 'electron';

/**
 * Holds the place of the only one that runs; undefined when another holds it already.
 * @param again called when the user starts another, which then ends itself
 */
export function holdInstance(again: () => void): Disposable | undefined {
  if (!app.requestSingleInstanceLock()) return undefined;
  app.on('second-instance', again);
  return { [Symbol.dispose]: () => app.off('second-instance', again) };
}
