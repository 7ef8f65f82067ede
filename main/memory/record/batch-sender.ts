import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../base/error-text.ts';
import type { WorkerLine } from '../../base/worker-line.ts';
import { isPassing } from '../store/failures.ts';
import type { Reply, Request, Row } from './recorder-messages.ts';
import { RowBuffer } from './row-buffer.ts';

export interface SenderOptions {
  /** Told, in one line, when recording stops, goes on or loses something. */
  readonly onNotice?: (line: string) => void;
  /** Told how many rows, of all so far, are safely on disk. */
  readonly onWritten?: (rows: number) => void;
  /** Seconds after which a disk that was full is tried again; default 30. */
  readonly retrySeconds?: number;
}

const flushMs = 1000;
/** Rows in one transaction, at most. */
const batchRows = 5000;

/**
 * Brings rows to the thread that writes them, one batch at a time: frames once a second, anything that was said at once,
 * because it is shown at once, and what was shown is to be found again even if all ends now. What is refused because there is no
 * room waits here and is tried again later; the user is told once. Any other failure ends the recording, not the stream.
 */
export class BatchSender {
  readonly #line: WorkerLine<Request, Reply>;
  readonly #options: SenderOptions;
  readonly #rows = new RowBuffer();
  readonly #timer: NodeJS.Timeout;
  readonly #problems = new Set<string>();
  #underWay: Promise<void> | undefined;
  /** Something that cannot wait for the next second came while a batch was under way. */
  #again = false;
  #written = 0;
  #retryAt = 0;
  #state: 'recording' | 'paused' | 'broken' = 'recording';

  constructor(line: WorkerLine<Request, Reply>, options: SenderOptions) {
    this.#line = line;
    this.#options = options;
    this.#timer = setInterval(() => this.#flush(), flushMs);
    this.#timer.unref();
  }

  add(row: Row): void {
    if (this.#state === 'broken') return;
    this.#rows.add(row);
    if (row.type !== 'frame') this.#flush();
  }

  /** Until all that was said is written or refused, but not longer than `ms`. */
  async settled(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (this.#underWay && performance.now() < end) {
      await Promise.race([this.#underWay, sleep(end - performance.now(), undefined, { ref: false })]);
    }
  }

  /** Until all rows so far are written or refused, but not longer than `ms`. */
  async written(ms: number): Promise<void> {
    this.#flush();
    await this.settled(ms);
  }

  /** Sends what is left; what is refused now is lost, and that is told. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#underWay) await this.#underWay;
    for (let left = this.#rows.length; left > 0 && this.#state !== 'broken'; left = this.#rows.length) {
      await this.#send();
      if (this.#rows.length >= left) break;
    }
    if (this.#rows.length > 0) this.#notify(`The last ${this.#rows.length} frames and texts are not in the memory.`);
  }

  #flush(): void {
    if (this.#state === 'broken' || performance.now() < this.#retryAt) return;
    this.#again = this.#underWay !== undefined;
    this.#underWay ??= this.#send().finally(() => {
      this.#underWay = undefined;
      if (this.#again) this.#flush();
    });
  }

  async #send(): Promise<void> {
    if (this.#rows.length === 0) return;
    const rows = [...this.#rows.take(batchRows), ...this.#lost()];
    try {
      const reply = await this.#line.ask({ type: 'write', rows });
      this.#written += rows.length;
      this.#options.onWritten?.(this.#written);
      if (this.#state === 'paused') this.#notify('There is room again: the memory goes on recording.');
      this.#state = 'recording';
      if (reply.type === 'written') for (const notice of reply.notices) this.#tellOnce(notice);
    } catch (error) {
      this.#rows.putBack(rows);
      this.#refused(error);
    }
  }

  /** A gap in what is remembered, for what had to be given up. */
  #lost(): Row[] {
    const lost = this.#rows.takeLost();
    if (!lost) return [];
    return [{ type: 'gap', at: Date.now(), from: lost.from, to: lost.to, reason: 'unrecorded', dropped: lost.frames }];
  }

  #refused(error: unknown): void {
    const { retrySeconds = 30 } = this.#options;
    const what = errorMessage(error);
    if (!isPassing(error)) {
      this.#state = 'broken';
      this.#notify(`Nothing more of this run is remembered. ${what}`);
      return;
    }
    if (this.#state === 'recording')
      this.#notify(`${what} Watching goes on; it is tried again every ${retrySeconds} s.`);
    this.#state = 'paused';
    this.#retryAt = performance.now() + 1000 * retrySeconds;
  }

  #tellOnce(problem: string): void {
    if (!this.#problems.has(problem)) this.#notify(problem);
    this.#problems.add(problem);
  }

  #notify(line: string): void {
    this.#options.onNotice?.(line);
  }
}
