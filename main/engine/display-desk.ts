/** At the host: displays that the program has opened for the engine's process, each closed when that is done with it. */
import { FeedEnd } from '../capture/live-feed.ts';
import type { KnownDisplay, WantedDisplay } from '../capture/port-feed.ts';
import { type DisplayOpened, failureOf, type Report } from './messages.ts';

/** A display that is being captured; its pictures come through `port`, the engine's end of a message channel. */
export interface OpenedDisplay extends Disposable {
  readonly port: unknown;
  /** What is captured, where the system names it. */
  readonly known?: KnownDisplay | undefined;
}

/** @throws OnlookerError, FeedEnd as `OpenDisplay` does */
export type DisplayOpener = (wanted: WantedDisplay) => Promise<OpenedDisplay>;

export class DisplayDesk implements Disposable {
  readonly #opener: DisplayOpener;
  readonly #send: (message: DisplayOpened, ports: readonly unknown[]) => void;
  readonly #opened = new Map<number, OpenedDisplay>();
  #gone = false;

  /** @param send to the engine's process, with ports that move there */
  constructor(opener: DisplayOpener, send: (message: DisplayOpened, ports: readonly unknown[]) => void) {
    this.#opener = opener;
    this.#send = send;
  }

  /** Takes what the process reports. Never rejects. */
  async take(report: Report & { type: 'display' | 'display-over' }): Promise<void> {
    const { id } = report;
    if (report.type === 'display-over') {
      this.#opened.get(id)?.[Symbol.dispose]();
      this.#opened.delete(id);
      return;
    }
    try {
      const opened = await this.#opener(report.wanted);
      // The process may have ended while the user was asked.
      if (this.#gone) return opened[Symbol.dispose]();
      this.#opened.set(id, opened);
      const { known, port } = opened;
      this.#send({ display: id, ...(known && { known }) }, [port]);
    } catch (error) {
      const away = error instanceof FeedEnd && error.away;
      const why = away ? { away: error.message } : { failed: failureOf(error) };
      if (!this.#gone) this.#send({ display: id, ...why }, []);
    }
  }

  /** The process has ended. */
  [Symbol.dispose](): void {
    this.#gone = true;
    for (const opened of this.#opened.values()) opened[Symbol.dispose]();
    this.#opened.clear();
  }
}
