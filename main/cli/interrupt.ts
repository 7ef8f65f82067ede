/** Ctrl-C, `kill`, and a terminal that is closed. */
const ending = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Exit code after one of them. */
export const interrupted = 130;

/** Signals this soon after the first are the same key press, passed on by npm or by the launcher. */
const samePressMs = 300;

/**
 * Hears signals that ask to end, until it is disposed of: the first aborts `signal`, so that work can end properly; a
 * second one ends the program at once.
 */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  #since: number | undefined;
  readonly #onSignal = () => {
    this.#since ??= performance.now();
    if (this.#controller.signal.aborted && performance.now() - this.#since > samePressMs) process.exit(interrupted);
    this.#controller.abort();
  };

  constructor() {
    for (const signal of ending) process.on(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether a signal of the user's came; `stop` is not one. */
  get byUser(): boolean {
    return this.#since !== undefined;
  }

  /** Ends the work as a first Ctrl-C would. */
  stop(): void {
    this.#controller.abort();
  }

  [Symbol.dispose](): void {
    for (const signal of ending) process.off(signal, this.#onSignal);
  }
}
