/** What the engine says in the background, kept as lines for whoever is connected. */

import { OnlookerError } from '../base/errors.ts';
import type { Hiding, PrivacyRules } from '../capture/exclusions.ts';
import { sourceName } from '../capture/source-description.ts';
import { InProcessEngine } from '../engine/in-process.ts';
import type { FinishedEvent } from '../live/events.ts';
import { type NarrateOptions, narrate } from '../live/narrate.ts';
import { readableLine } from '../output/lines.ts';

export interface WatchOptions extends Pick<NarrateOptions, 'source' | 'bundle'> {
  readonly instruction?: string;
  /** Whether what is seen and said goes into the memory; and which one. */
  readonly remember?: boolean;
  readonly memory?: string | undefined;
  readonly hiding: Hiding;
}

/** Lines kept for those who ask later. */
const keptLines = 100;

/** Watches one source at a time. Disposing ends it. */
export class Watching implements AsyncDisposable {
  readonly #engine = new InProcessEngine();
  readonly #onLine: (line: string) => void;
  #lines: string[] = [];
  #notices: string[] = [];
  /** As it was asked for, with the secrets of its address. */
  #typed: string | undefined;
  #ended: string | undefined;
  /** From the call of `start` until its first frame: a second one is refused at once. */
  #starting = false;

  constructor(onLine: (line: string) => void = () => {}) {
    this.#onLine = onLine;
    this.#engine.subscribe((event) => {
      switch (event.type) {
        case 'narration':
        case 'answer':
        case 'gap':
          return this.#add(readableLine(event)!);
        case 'notice':
          this.#notices.push(event.message);
          return this.#add(`(${event.message})`);
        case 'failed':
          return this.#add(`It ended: ${event.message}`);
      }
    });
  }

  /** What is being watched; undefined when nothing is. */
  get source(): string | undefined {
    return this.#engine.source;
  }

  /** What is being watched, as it was asked for; undefined when nothing is. */
  get typed(): string | undefined {
    return this.source === undefined ? undefined : this.#typed;
  }

  /** Why the latest run was ended by `end`; undefined when it was not. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** What the user should know of this run, such as that its instruction is not understood. */
  get notices(): readonly string[] {
    return this.#notices;
  }

  /** What was said of late, by the run that goes on or the one before. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Resolves when the first frame is there. @throws what `narrate` throws; OnlookerError `usage` when it runs already */
  async start({ remember = false, memory, ...options }: WatchOptions): Promise<void> {
    if (this.#starting || this.source !== undefined) {
      throw new OnlookerError('usage', `${this.source ?? 'Something'} is being watched. Stop that first.`);
    }
    this.#starting = true;
    try {
      this.#lines = [];
      this.#notices = [];
      this.#typed = options.source;
      this.#ended = undefined;
      const kept = remember && { memory: memory === undefined ? {} : { folder: memory } };
      await this.#engine.watch({ ...options, installedOnly: true, realtime: false, ...kept });
    } finally {
      this.#starting = false;
    }
  }

  /** What the model says of what it sees now. @throws OnlookerError `usage` when nothing is being watched */
  async ask(question: string): Promise<string> {
    return (await this.#engine.ask(question)).text;
  }

  /** Holds from the next frame on, also of a source that has given none yet. */
  hide(hiding: PrivacyRules): void {
    this.#engine.change({ hiding }).catch(() => {}); // the run it was meant for is over
  }

  /** Ends what goes on, and tells why. */
  async end(why: string): Promise<void> {
    this.#ended = why;
    this.#add(`It ended: ${why}`);
    await this.stop();
  }

  /** Ends what goes on, and says how much it was; undefined when nothing does. */
  stop(): Promise<FinishedEvent | undefined> {
    return this.#engine.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
  }

  #add(line: string): void {
    this.#lines = [...this.#lines, line].slice(-keptLines);
    this.#onLine(line);
  }
}

/** Looks at a source once and asks about it. @throws what `narrate` throws */
export async function look(
  options: Pick<NarrateOptions, 'source' | 'bundle' | 'hiding'> & { readonly question: string },
): Promise<string> {
  const { question, ...engine } = { ...options, installedOnly: true };
  // A second is two frames or so: a camera's first one may be dark.
  for await (const event of narrate({ ...engine, duration: 1, questions: [{ t: 1, text: question }], chattiness: 0 })) {
    if (event.type === 'answer') return event.text;
  }
  throw new OnlookerError('source-unreadable', `${sourceName(options.source)} gave no picture.`);
}
