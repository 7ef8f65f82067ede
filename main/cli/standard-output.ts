import { visible } from '../base/terminal.ts';
import { unwritable } from '../base/unwritable.ts';

/** `line` hears of errors by its callback; the event, unheard, would end the program as a defect. */
const ignored = () => {};

/**
 * Lines on standard output. A reader that goes away (`| head`) is no error: `onClosed` is told, and further lines go
 * nowhere.
 */
export class StandardOutput {
  #closed = false;
  readonly #onClosed: () => void;

  constructor(onClosed: () => void = () => {}) {
    this.#onClosed = onClosed;
    // Once, however many of these there are: Node warns of an event that is heard more than ten times.
    process.stdout.off('error', ignored).on('error', ignored);
  }

  /** What a terminal would obey is written out (see `visible`). Waits until it is written, so that a slow reader slows us down. @throws OnlookerError `output-unwritable` */
  async line(text: string): Promise<void> {
    if (this.#closed) return;
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
      process.stdout.write(`${visible(text)}\n`, resolve);
    });
    if (!error) return;
    this.#closed = true;
    this.#onClosed();
    if (error.code !== 'EPIPE') throw unwritable('standard output', error);
  }
}

/** Prints one text on standard output, for commands that have no more to say. */
export async function print(text: string): Promise<void> {
  await new StandardOutput().line(text);
}
