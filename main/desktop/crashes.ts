import { app } from 'electron';
import { complain } from './complain.ts';

/** So soon after the start, milliseconds, a crash would only happen again. */
const tooSoon = 30_000;

/**
 * No dialog nobody asked for: a defect of the shell is logged, and the program starts again. A rejected promise that
 * nobody waited for is logged and no more: what it belonged to has failed alone.
 */
export function handleCrashes(emitter: NodeJS.EventEmitter = process): Disposable {
  const startedAt = performance.now();
  const crash = (error: unknown) => {
    complain(error);
    if (performance.now() - startedAt > tooSoon) app.relaunch();
    app.exit(70);
  };
  emitter.on('uncaughtException', crash);
  emitter.on('unhandledRejection', complain);
  return {
    [Symbol.dispose]: () => {
      emitter.off('uncaughtException', crash);
      emitter.off('unhandledRejection', complain);
    },
  };
}
