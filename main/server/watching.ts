/** One run of the engine in the background, started and ended by whoever is connected. */
import { resolve } from 'node:path';
import { parseSource } from '../capture/source-description.ts';
import { OnlookerError } from '../errors.ts';
import type { FinishedEvent, LiveEvent } from '../live/events.ts';
import { type NarrateOptions, narrate } from '../live/narrate.ts';
import { openRecorder } from '../memory/recorder.ts';
import { readableLine } from '../output/lines.ts';

export interface WatchOptions extends Pick<NarrateOptions, 'source' | 'instruction' | 'bundle'> {
  /** Whether what is seen and said goes into the memory; and which one. */
  readonly remember?: boolean;
  readonly memory?: string | undefined;
}

/** Lines kept for those who ask later. */
const keptLines = 100;

/** Watches one source at a time. Disposing ends it. */
export class Watching implements AsyncDisposable {
  readonly #onLine: (line: string) => void;
  #run: { readonly source: string; readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
  #lines: string[] = [];
  #finished: FinishedEvent | undefined;

  constructor(onLine: (line: string) => void = () => {}) {
    this.#onLine = onLine;
  }

  /** What is being watched; undefined when nothing is. */
  get source(): string | undefined {
    return this.#run?.source;
  }

  /** What was said of late, by the run that goes on or the one before. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Resolves when the first frame is there. @throws what `narrate` throws; OnlookerError `usage` when it runs already */
  async start(options: WatchOptions): Promise<void> {
    if (this.#run) {
      throw new OnlookerError('usage', `${this.#run.source} is being watched. Stop that first.`);
    }
    this.#lines = [];
    const abort = new AbortController();
    const begun = Promise.withResolvers<void>();
    const ended = this.#follow(options, abort.signal, begun.resolve)
      .then(begun.resolve, (error: unknown) => {
        // Before the first frame whoever started it is told, later whoever looks.
        begun.reject(error);
        this.#add(`It ended: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        this.#run = undefined;
      });
    this.#run = { source: options.source, abort, ended };
    await begun.promise;
  }

  /** Ends what goes on, and says how much it was; undefined when nothing does. */
  async stop(): Promise<FinishedEvent | undefined> {
    if (!this.#run) return undefined;
    this.#run.abort.abort();
    await this.#run.ended;
    return this.#finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #follow(options: WatchOptions, signal: AbortSignal, onBegun: () => void): Promise<void> {
    for await (const event of events(options, signal)) {
      onBegun();
      if (event.type === 'finished') this.#finished = event;
      const line = event.type === 'started' ? undefined : readableLine(event);
      if (line !== undefined) this.#add(line);
    }
  }

  #add(line: string): void {
    this.#lines = [...this.#lines, line].slice(-keptLines);
    this.#onLine(line);
  }
}

async function* events(options: WatchOptions, signal: AbortSignal): AsyncGenerator<LiveEvent> {
  const { remember = false, memory: folder, ...engine } = options;
  if (!remember) return yield* narrate({ ...engine, signal });
  const described = parseSource(engine.source);
  const source = described.kind === 'file' ? resolve(described.path) : engine.source;
  await using recorder = await openRecorder({
    ...{ source, kind: described.kind, folder },
    instruction: engine.instruction,
  });
  yield* recorder.follow(narrate({ ...engine, signal, onSeen: recorder.see }));
}

/** Looks at a source once and asks about it. */
export async function look(
  options: Pick<NarrateOptions, 'source' | 'bundle'> & { readonly question: string },
): Promise<string> {
  const { question, ...engine } = options;
  // A second is two frames or so: a camera's first one may be dark.
  for await (const event of narrate({ ...engine, duration: 1, questions: [{ t: 1, text: question }], chattiness: 0 })) {
    if (event.type === 'answer') return event.text;
  }
  throw new OnlookerError('source-unreadable', `${options.source} gave no picture.`);
}
