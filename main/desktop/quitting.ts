import { app } from 'electron';
import { complain } from './complain.ts';

/** So long may closing take, milliseconds; what is on disk is whole at every moment, so that leaving then is safe. */
const patience = 5000;

/** Closes everything in order before the program ends, whoever ends it. */
export function closeBeforeQuit(running: AsyncDisposable): void {
  app.once('will-quit', (event) => {
    event.preventDefault();
    // Leaves without asking again.
    void close(running).finally(() => app.exit(0));
  });
}

async function close(running: AsyncDisposable): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, patience);
  try {
    await Promise.race([running[Symbol.asyncDispose](), late.promise]);
  } catch (error) {
    complain(error);
  } finally {
    clearTimeout(timer);
  }
}
