/** The engine in this process: one run of `narrate` at a time, steered through its control, with the memory beside it. */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import { Turns } from '../base/turns.ts';
import type { OpenDisplay } from '../capture/port-feed.ts';
import { parseWatchable, sourceName } from '../capture/source-description.ts';
import { NarrationControl } from '../live/control.ts';
import type { AnswerEvent, FinishedEvent } from '../live/events.ts';
import { type NarrateOptions, narrate } from '../live/narrate.ts';
import { capturedWhen, type SeenFrame } from '../live/vision-stage.ts';
import { recordFailure } from '../log/failures.ts';
import type { ForgottenSpan } from '../memory/forget/forgotten-lately.ts';
import { openRecorder, type Recorder, type RecorderOptions } from '../memory/record/recorder.ts';
import { handedOver } from '../memory/store/key.ts';
import type { Engine, EngineListener, LiveSettings, WatchOptions } from './engine.ts';
import type { Continuation } from './messages.ts';
import { Previews } from './previews.ts';
import { toldBefore } from './told.ts';

interface Run {
  readonly source: string;
  readonly control: NarrationControl;
  readonly abort: AbortController;
}

export class InProcessEngine implements Engine {
  readonly #listeners = new Set<EngineListener>();
  /** Watching and stopping take turns; all else goes to the run that is there. */
  readonly #turns = new Turns();
  #run: Run | undefined;
  /** Resolves when all of the latest run is closed; never rejects. */
  #ended: Promise<void> = Promise.resolve();
  #finished: FinishedEvent | undefined;

  /** What is being watched; undefined when nothing is. */
  get source(): string | undefined {
    return this.#run?.source;
  }

  /** Wall clock of the oldest frame in the model's window. */
  get since(): number | undefined {
    return this.#run?.control.since;
  }

  /** @param displays captures screens where ffmpeg cannot */
  watch(options: WatchOptions, continuation: Continuation = {}, displays?: OpenDisplay): Promise<void> {
    return this.#turns.run(async () => {
      parseWatchable(options.source); // before anything ends
      await this.#end();
      await this.#begin(options, continuation, displays);
    });
  }

  stop(): Promise<FinishedEvent | undefined> {
    // Not only when its turn has come: a source that gives no first frame is waited for by `watch`.
    this.#run?.abort.abort();
    return this.#turns.run(async () => ((await this.#end()) ? this.#finished : undefined));
  }

  async ask(text: string): Promise<AnswerEvent> {
    return this.#control().ask(text);
  }

  async change({ masks, hiding, pace, ...change }: Partial<LiveSettings>): Promise<void> {
    const control = this.#run?.control;
    if (masks) control?.cover(masks);
    if (hiding) control?.hide(hiding);
    if (pace && control) control.pace = pace;
    await control?.change(change);
  }

  async pause(): Promise<void> {
    await this.#control().pause();
  }

  async resume(): Promise<void> {
    this.#control().resume();
  }

  async forget({ from, before }: { readonly from: number; readonly before: number }): Promise<void> {
    await this.#run?.control.forget(from, before);
  }

  remembers(at: number): boolean {
    return at >= (this.since ?? Number.POSITIVE_INFINITY) && at <= Date.now();
  }

  subscribe(listener: EngineListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #control(): NarrationControl {
    if (!this.#run) throw new OnlookerError('usage', 'Nothing is being watched. Choose something to watch first.');
    return this.#run.control;
  }

  readonly #tell: EngineListener = (event, at) => {
    for (const listener of this.#listeners) listener(event, at);
  };

  async #begin(options: WatchOptions, continuation: Continuation, displays: OpenDisplay | undefined): Promise<void> {
    const control = new NarrationControl(options.masks);
    if (options.pace) control.pace = options.pace;
    if (continuation.paused) control.pause().catch(() => {}); // ended before it began to rest
    const abort = new AbortController();
    const begun = Promise.withResolvers<void>();
    this.#finished = undefined;
    this.#run = { source: sourceName(options.source), control, abort };
    const run = { control, displays, signal: abort.signal };
    this.#ended = this.#follow(options, continuation, run, begun.resolve)
      // Before the first frame whoever started it is told; later the `failed` event has told it.
      .then(begun.resolve, (error) => {
        recordFailure(error);
        begun.reject(error);
      })
      .finally(() => {
        this.#run = undefined;
      });
    await begun.promise;
  }

  /** Ends what goes on. @returns whether anything did */
  async #end(): Promise<boolean> {
    const run = this.#run;
    run?.abort.abort();
    await this.#ended;
    return run !== undefined;
  }

  async #follow(
    options: WatchOptions,
    continuation: Continuation,
    { signal, ...run }: Required<Pick<NarrateOptions, 'control' | 'signal'>> & Pick<NarrateOptions, 'displays'>,
    onBegun: () => void,
  ): Promise<void> {
    const {
      source,
      hiding,
      bundle,
      installedOnly = false,
      realtime = true,
      memory,
      previews = false,
      instruction,
      theta,
      chattiness,
    } = options;
    const { told, paused, snapshotKey, ...snapshots } = continuation;
    await using owned = new AsyncDisposableStack();
    const { snapshot } = snapshots;
    // It is for going on after a crash, and nobody else's business after a proper end.
    if (snapshot !== undefined) owned.defer(() => rm(snapshot, { force: true }));
    const startedAt = Date.now();
    const onForgotten = ({ from, to }: ForgottenSpan) => {
      if (to < startedAt && snapshots.resume === undefined) return; // before anything that this run has seen
      const span = { from, before: to + 1 };
      run.control.forget(span.from, span.before).then(
        () => this.#tell({ type: 'forgotten', ...span }, Date.now()),
        () => {}, // nothing is watched any more: with the run all that it remembered has gone
      );
    };
    const onNotice = (message: string) => this.#tell({ type: 'notice', code: 'memory-recording', message }, Date.now());
    const recorder = memory && owned.use(await openMemoryFor(options, { onForgotten, onNotice }));
    let last: { readonly frame: SeenFrame; readonly at: number } | undefined;
    let pictures: Previews | undefined;
    const tell = (event: Parameters<EngineListener>[0]) => this.#tell(event, last?.at ?? Date.now());
    const onSeen = (frame: SeenFrame) => {
      last = { frame, at: capturedWhen(frame) };
      recorder?.see(frame, last.at);
      const { picture } = frame;
      if (!previews || !picture) return;
      pictures ??= owned.use(new Previews(picture, (t, jpeg) => tell({ type: 'preview', t, jpeg })));
      pictures.see({ ...frame, picture });
    };
    const events = narrate({
      ...{ source, hiding, installedOnly, realtime, signal, onSeen, ...run, ...snapshots },
      ...(recorder && { beforeSnapshot: () => recorder.written() }),
      ...(snapshotKey !== undefined && { snapshotKey: async () => Buffer.from(snapshotKey, 'hex') }),
      // What it is for may never happen; watching goes on.
      onSnapshotTrouble: ({ message }) => tell({ type: 'notice', code: 'output-unwritable', message }),
      ...(bundle !== undefined && { bundle }),
      ...(instruction !== null && instruction !== undefined && { instruction }),
      ...(theta !== null && theta !== undefined && { theta }),
      ...(chattiness !== undefined && { chattiness }),
      onNotice: (message, code) => tell({ type: 'notice', code, message }),
      onFiltering: (filtering) => tell({ type: 'filtering', filtering }),
      onWords: (words) => {
        if (!toldBefore(words, told)) tell(words);
      },
    });
    for await (const event of events) {
      if (event.type === 'finished') {
        this.#finished = event;
        this.#run = undefined; // what is left to do is closing
      }
      // What was told is not always written yet when a process ends, and the memory knows what it has.
      recorder?.record(event);
      if (!toldBefore(event, told)) {
        if (event.type === 'narration' || event.type === 'answer') await recorder?.settled();
        tell(event);
      }
      if (event.type === 'frame' || paused) onBegun();
    }
  }
}

/** A file is remembered by its whole path: the folder in which the program was started is soon forgotten. */
function openMemoryFor(
  { source, instruction, memory }: WatchOptions,
  listeners: Required<Pick<RecorderOptions, 'onForgotten' | 'onNotice'>>,
): Promise<Recorder> {
  const described = parseWatchable(source);
  const { folder, key, ...limits } = memory ?? {};
  return openRecorder({
    source: described.kind === 'file' ? resolve(described.path) : sourceName(source),
    kind: described.kind,
    folder,
    ...(key !== undefined && { key: handedOver(key) }),
    instruction: instruction ?? undefined,
    retention: limits,
    ...listeners,
  });
}
