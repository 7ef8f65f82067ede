/**
 * The recorder: what a run sees and says goes into memory. The stream never waits for it: rows gather here and go to a
 * thread of their own once a second, and while the disk is full they wait, within bounds.
 */
import { Worker } from 'node:worker_threads';
import { findFfmpeg } from '../capture/ffmpeg-binary.ts';
import type { LiveEvent } from '../live/events.ts';
import type { SeenFrame } from '../live/vision-stage.ts';
import { WorkerLine } from '../worker-line.ts';
import { isPassing } from './failures.ts';
import { locateMemory, type MemoryOptions } from './location.ts';
import type { RecorderSetup, Reply, Request, Row, SessionStart } from './recorder-messages.ts';
import type { RetentionLimits } from './retention.ts';
import { RowBuffer } from './row-buffer.ts';
import { type ThumbnailPace, ThumbnailSchedule } from './thumbnail-schedule.ts';

export interface RecorderOptions extends Omit<MemoryOptions, 'create'>, Pick<SessionStart, 'source' | 'kind'> {
  readonly instruction?: string | undefined;
  readonly retention?: Partial<RetentionLimits>;
  readonly thumbnails?: ThumbnailPace;
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
 * Opens the memory for recording, and makes one where there is none.
 * @throws OnlookerError `memory-*`, `runtime-mismatch`
 */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const setup: RecorderSetup = {
    location: await locateMemory({ ...options, create: true }),
    // Without ffmpeg there is nothing to watch either, and that is reported there.
    ffmpeg: (await findFfmpeg().catch(() => undefined))?.path,
    retention: options.retention ?? {},
  };
  const worker = new Worker(new URL('./recorder-worker.ts', import.meta.url), { workerData: setup });
  const line = new WorkerLine<Request, Reply>(worker, 'memory');
  await line.opened;
  return new Recorder(line, options);
}

export class Recorder implements AsyncDisposable {
  readonly #line: WorkerLine<Request, Reply>;
  readonly #options: RecorderOptions;
  readonly #schedule: ThumbnailSchedule;
  readonly #rows = new RowBuffer();
  readonly #timer: NodeJS.Timeout;
  #last: (SeenFrame & { readonly at: number }) | undefined;
  #flushing: Promise<void> | undefined;
  #written = 0;
  #retryAt = 0;
  #paused = false;
  #broken = false;
  #problemTold = false;
  #closing: Promise<void> | undefined;

  /** Use `openRecorder`. */
  constructor(line: WorkerLine<Request, Reply>, options: RecorderOptions) {
    this.#line = line;
    this.#options = options;
    this.#schedule = new ThumbnailSchedule(options.thumbnails);
    this.#timer = setInterval(() => this.#flush(), flushMs);
    this.#timer.unref();
  }

  /** Takes what lies behind the next frame event; give it to `narrate` as `onSeen`. */
  readonly see = (frame: SeenFrame): void => {
    this.#last = { ...frame, at: Math.round(Date.now() - (performance.now() - frame.capturedAt)) };
  };

  /** Passes events on, and remembers them on the way. */
  async *follow(events: AsyncIterable<LiveEvent>): AsyncGenerator<LiveEvent> {
    for await (const event of events) {
      this.record(event);
      yield event;
    }
  }

  /** Takes one event in. Returns at once. */
  record(event: LiveEvent): void {
    if (this.#broken) return;
    const at = this.#last?.at ?? Date.now();
    switch (event.type) {
      case 'started': {
        const { source, kind, instruction } = this.#options;
        const { bundle, fps } = event;
        const session = { source, kind, instruction, bundle, fps, startedAt: Date.now() };
        this.#line.tell({ type: 'begin', session });
        return;
      }
      case 'frame': {
        const { t, pSilent, changed } = event;
        this.#rows.add({ type: 'frame', t, at, pSilent, changed, embedding: this.#last?.embedding });
        if (this.#schedule.onFrame(t, changed)) this.#keepPicture();
        return;
      }
      case 'narration':
        this.#rows.add({ type: 'narration', t: event.t, at, text: event.text, pSilent: event.pSilent });
        if (this.#schedule.onReply(event.t)) this.#keepPicture();
        return;
      case 'answer':
        this.#rows.add({ type: 'answer', t: event.t, at, query: event.query, text: event.text });
        if (this.#schedule.onReply(event.t)) this.#keepPicture();
        return;
      case 'gap': {
        const { from, to, reason, dropped } = event;
        this.#rows.add({ type: 'gap', at: Date.now(), from, to, reason, dropped });
        return;
      }
      case 'failed':
      case 'finished':
        return;
    }
  }

  /** Writes what is left, makes the last thumbnails and closes the database. Never throws: a stream has ended well. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const endedAt = Date.now();
    clearInterval(this.#timer);
    await this.#flushing;
    this.#retryAt = 0;
    while (this.#rows.length > 0 && !this.#broken) {
      const before = this.#rows.length;
      await this.#write();
      if (this.#rows.length >= before) break; // refused again, and there is no later
    }
    if (this.#rows.length > 0) this.#notify(`The last ${this.#rows.length} frames and texts are not in the memory.`);
    await this.#line.end({ type: 'close', endedAt });
  }

  #keepPicture(): void {
    const { picture, t, at } = this.#last ?? {};
    if (picture && t !== undefined && at !== undefined) {
      this.#line.tell({ type: 'picture', t, at, picture });
    }
  }

  #flush(): void {
    if (this.#flushing || this.#broken || performance.now() < this.#retryAt) return;
    this.#flushing = this.#write().finally(() => {
      this.#flushing = undefined;
    });
  }

  /** Writes one batch; rows that were refused wait for the next time. */
  async #write(): Promise<void> {
    if (this.#rows.length === 0) return;
    const rows = [...this.#rows.take(batchRows), ...this.#lost()];
    try {
      const reply = await this.#line.ask({ type: 'write', rows });
      this.#written += rows.length;
      this.#options.onWritten?.(this.#written);
      if (this.#paused) this.#notify('There is room again: the memory records.');
      this.#paused = false;
      if (reply.type === 'written' && reply.problem !== undefined) this.#tellProblem(reply.problem);
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
    const what = error instanceof Error ? error.message : String(error);
    this.#retryAt = performance.now() + 1000 * retrySeconds;
    if (!isPassing(error)) {
      this.#broken = true;
      this.#notify(`Nothing more is remembered of this run. ${what}`);
    } else if (!this.#paused) {
      this.#paused = true;
      this.#notify(`${what} Watching goes on; it is tried again every ${retrySeconds} s.`);
    }
  }

  #tellProblem(problem: string): void {
    if (!this.#problemTold) this.#notify(problem);
    this.#problemTold = true;
  }

  #notify(line: string): void {
    this.#options.onNotice?.(line);
  }
}
