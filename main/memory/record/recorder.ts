/**
 * The recorder: what a run sees and says goes into memory. The stream never waits for it: rows gather here and go to a
 * thread of their own once a second, and while the disk is full they wait, within bounds.
 */
import { Worker } from 'node:worker_threads';
import { WorkerLine } from '../../base/worker-line.ts';
import { findFfmpeg } from '../../capture/ffmpeg-binary.ts';
import type { EncoderPatience } from '../../capture/jpeg-encoder.ts';
import type { LiveEvent } from '../../live/events.ts';
import { capturedWhen, type SeenFrame } from '../../live/vision-stage.ts';
import type { ForgottenSpan } from '../forget/forgotten-lately.ts';
import type { RetentionLimits } from '../forget/retention.ts';
import { locateMemory, type MemoryOptions } from '../store/location.ts';
import { BatchSender, type SenderOptions } from './batch-sender.ts';
import { type RecorderSetup, type Reply, type Request, reply, type SessionStart } from './recorder-messages.ts';
import { type ThumbnailPace, ThumbnailSchedule } from './thumbnail-schedule.ts';

export interface RecorderOptions
  extends Omit<MemoryOptions, 'create'>,
    Pick<SessionStart, 'source' | 'kind'>,
    SenderOptions {
  readonly instruction?: string | undefined;
  readonly retention?: Partial<RetentionLimits>;
  readonly thumbnails?: ThumbnailPace;
  /** How long the program that makes the pictures is waited for. */
  readonly encoderPatience?: EncoderPatience;
  /** A database up to this size is checked for damage before the recording starts, a larger one meanwhile; default 256 MB. */
  readonly checkFirstBytes?: number;
  /**
   * Told, within a second, what of this source was forgotten in the memory, by whatever program: it is to leave whatever
   * else remembers it. Told at first of all that was forgotten in the last day, for a run that goes on from an earlier one.
   */
  readonly onForgotten?: (span: ForgottenSpan) => void;
}

/** How often it is looked for what was forgotten, milliseconds. */
const lookMs = 1000;

/**
 * Opens the memory for recording, and makes one where there is none.
 * @throws OnlookerError `memory-*`, `runtime-mismatch`
 */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const setup: RecorderSetup = {
    location: await locateMemory({ ...options, create: true }),
    // Without ffmpeg there is nothing to watch either, and that is reported there.
    ffmpeg: (await findFfmpeg().catch(() => undefined))?.path,
    encoderPatience: options.encoderPatience,
    retention: options.retention ?? {},
    checkFirstBytes: options.checkFirstBytes ?? 256e6,
  };
  const worker = new Worker(new URL('./recorder-worker.ts', import.meta.url), { workerData: setup });
  const line = new WorkerLine<Request, Reply>(worker, 'memory', reply);
  try {
    await line.opened;
    return new Recorder(line, options);
  } catch (error) {
    await line.end({ type: 'close', endedAt: Date.now() });
    throw error;
  }
}

export class Recorder implements AsyncDisposable {
  readonly #line: WorkerLine<Request, Reply>;
  readonly #options: RecorderOptions;
  readonly #schedule: ThumbnailSchedule;
  readonly #sender: BatchSender;
  readonly #looking: NodeJS.Timeout | undefined;
  #last: (SeenFrame & { readonly at: number }) | undefined;
  #closing: Promise<void> | undefined;

  /** Use `openRecorder`. */
  constructor(line: WorkerLine<Request, Reply>, options: RecorderOptions) {
    this.#line = line;
    this.#options = options;
    this.#schedule = new ThumbnailSchedule(options.thumbnails);
    this.#sender = new BatchSender(line, options);
    const { onForgotten } = options;
    if (onForgotten) this.#looking = setInterval(() => this.#look(onForgotten), lookMs).unref();
  }

  /**
   * Takes what lies behind the next frame event; give it to `narrate` as `onSeen`. Whoever tells the frame's time
   * elsewhere gives it as `at`, or the same moment would have two.
   */
  readonly see = (frame: SeenFrame, at = capturedWhen(frame)): void => {
    this.#last = { ...frame, at };
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
    const at = this.#last?.at ?? Date.now();
    switch (event.type) {
      case 'started': {
        const { source, kind, instruction } = this.#options;
        const { bundle, encoder, fps, stream } = event;
        const session = { source, kind, instruction, bundle, encoder, fps, stream, startedAt: Date.now() };
        this.#line.tell({ type: 'begin', session });
        return;
      }
      case 'frame': {
        const { t, pSilent, changed } = event;
        this.#sender.add({ type: 'frame', t, at, pSilent, changed, embedding: this.#last?.embedding });
        if (this.#schedule.onFrame(t, changed)) this.#keepPicture();
        return;
      }
      case 'narration':
        this.#sender.add({ type: 'narration', t: event.t, at, text: event.text, pSilent: event.pSilent });
        if (this.#schedule.onReply(event.t)) this.#keepPicture();
        return;
      case 'answer':
        this.#sender.add({ type: 'answer', t: event.t, at, query: event.query, text: event.text });
        if (this.#schedule.onReply(event.t)) this.#keepPicture();
        return;
      case 'gap': {
        const { from, to, reason, dropped } = event;
        this.#sender.add({ type: 'gap', at: Date.now(), from, to, reason, dropped });
        return;
      }
      case 'failed':
      case 'finished':
        return;
    }
  }

  /**
   * Until what was said is on disk, so that nothing is shown that an end at the next moment would lose. A disk that is slow
   * or full does not stop the stream: at most a quarter of a second.
   */
  settled(): Promise<void> {
    return this.#sender.settled(250);
  }

  /** Until all that was recorded so far is on disk, but not longer than a second: a snapshot must not be ahead of it. */
  written(): Promise<void> {
    return this.#sender.written(1000);
  }

  /** Writes what is left, makes the last thumbnails and closes the database. Never throws: a stream has ended well. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const endedAt = Date.now();
    clearInterval(this.#looking);
    await this.#sender.finish();
    await this.#line.end({ type: 'close', endedAt });
  }

  #look(onForgotten: (span: ForgottenSpan) => void): void {
    this.#line.ask({ type: 'look' }).then(
      (reply) => {
        if (reply.type === 'forgotten') for (const span of reply.spans) onForgotten(span);
      },
      () => {}, // the thread has ended; whoever writes is told why
    );
  }

  #keepPicture(): void {
    const { picture, t, at } = this.#last ?? {};
    if (picture && t !== undefined && at !== undefined) this.#line.tell({ type: 'picture', t, at, picture });
  }
}
