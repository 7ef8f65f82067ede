/**
 * The engine in a process of its own. Native code may crash; here that costs a moment. The process is started again with
 * growing patience, goes on from its last snapshot with what was watched and how, and what was under way is asked for
 * once more. `told.ts` says why nothing is narrated twice.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../base/back-off.ts';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { engineFolder } from '../base/runtime-folder.ts';
import { Turns } from '../base/turns.ts';
import type { AnswerEvent, FinishedEvent } from '../live/events.ts';
import { crashSignals, type LogFields } from '../log/events.ts';
import { recordFailure } from '../log/failures.ts';
import { record } from '../log/record.ts';
import { EngineChild, forkEngine, type SpawnEngine } from './child.ts';
import type { DisplayOpener } from './display-desk.ts';
import type { Engine, EngineEvent, EngineListener, LiveSettings, WatchOptions } from './engine.ts';
import { type Call, type Outcome, type Report, thrown } from './messages.ts';
import { nowTold, type Told } from './told.ts';

export interface HostOptions {
  /** Starts the process; default a forked Node. */
  readonly spawn?: SpawnEngine;
  /** Opens screens that the process cannot capture itself; default it captures all. Needs a process that takes ports. */
  readonly displays?: DisplayOpener | undefined;
  /** Seconds between two snapshots; default 5. */
  readonly snapshotEverySeconds?: number;
  /** Milliseconds before the first restart, doubled with each crash up to `longestWaitMs`; default 250 and 30000. */
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
  /** Milliseconds without a crash after which the waiting starts small again; default a minute. */
  readonly healthyAfterMs?: number;
  /** Crashes in a row, without one frame between, after which it is given up; default 6. */
  readonly attempts?: number;
  /** Milliseconds without a sign of life, while this process runs, after which the engine is killed; default 30000. */
  readonly silenceMs?: number;
}

/** What is being watched, across all processes that have a part in it. */
interface Watched {
  options: WatchOptions;
  paused: boolean;
  /** Undefined where there is no place for one: after a crash it starts anew. */
  readonly snapshot: string | undefined;
  /** Name of the stream. */
  readonly stream: string;
  told: Told | undefined;
  /** Media time of a narration that is being told word by word. */
  speaking: number | undefined;
  /** Crashes since it was last healthy, and those without a frame between. */
  crashes: number;
  fruitless: number;
  startedAt: number;
  /** Aborted when it is over. */
  readonly over: AbortController;
  /** The process that watches, once it does; a new promise after each crash. */
  watching: PromiseWithResolvers<EngineChild>;
}

const notWatching = () => new OnlookerError('usage', 'Nothing is being watched. Choose something to watch first.');

export class EngineHost implements Engine {
  readonly #options: Required<Omit<HostOptions, 'displays'>> & Pick<HostOptions, 'displays'>;
  readonly #listeners = new Set<EngineListener>();
  readonly #turns = new Turns();
  #folder: Promise<string | undefined> | undefined;
  /** With which snapshots are encrypted. It is kept nowhere else: what they hold ends with this process. */
  readonly #key = randomBytes(32).toString('hex');
  #child: EngineChild | undefined;
  #watched: Watched | undefined;
  #since: number | undefined;
  #watches = 0;
  #closed = false;

  constructor(options: HostOptions = {}) {
    const patience = {
      firstWaitMs: 250,
      longestWaitMs: 30_000,
      healthyAfterMs: 60_000,
      attempts: 6,
      silenceMs: 30_000,
    };
    this.#options = { spawn: forkEngine, snapshotEverySeconds: 5, ...patience, ...options };
  }

  /** Process id of the engine; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  watch(options: WatchOptions): Promise<void> {
    return this.#turns.run(async () => {
      await this.#end();
      if (this.#closed) throw notWatching();
      this.#folder ??= engineFolder();
      const folder = await this.#folder;
      // A process that is started now would outlive whoever closed this meanwhile.
      if (this.#closed) throw notWatching();
      const watched: Watched = {
        options,
        paused: false,
        snapshot: folder && join(folder, `${this.#watches++}.snapshot`),
        stream: randomUUID(),
        ...{ told: undefined, speaking: undefined, crashes: 0, fruitless: 0, startedAt: performance.now() },
        over: new AbortController(),
        watching: expected(),
      };
      this.#watched = watched;
      void this.#start(watched);
      await watched.watching.promise;
    });
  }

  async stop(): Promise<FinishedEvent | undefined> {
    const watched = this.#watched;
    // At once, not in its turn: `watch` may be waiting for a source that gives no frame.
    watched?.over.abort();
    const finished = watched && this.#child && (await this.#child.call({ name: 'stop' }));
    if (watched) this.#leave(watched, notWatching());
    return finished?.ok && finished.value?.type === 'finished' ? finished.value : undefined;
  }

  async ask(text: string): Promise<AnswerEvent> {
    return (await this.#call({ name: 'ask', text })) as AnswerEvent;
  }

  async change(change: Partial<LiveSettings>): Promise<void> {
    if (!this.#watched) return;
    this.#watched.options = { ...this.#watched.options, ...change };
    await this.#call({ name: 'change', change });
  }

  async pause(): Promise<void> {
    if (this.#watched) this.#watched.paused = true;
    await this.#call({ name: 'pause' });
  }

  async resume(): Promise<void> {
    if (this.#watched) this.#watched.paused = false;
    await this.#call({ name: 'resume' });
  }

  async forget(span: { readonly from: number; readonly before: number }): Promise<void> {
    if (this.#watched) await this.#call({ name: 'forget', from: span.from, before: span.before });
  }

  remembers(at: number): boolean {
    return this.#watched !== undefined && at >= (this.#since ?? Number.POSITIVE_INFINITY) && at <= Date.now();
  }

  subscribe(listener: EngineListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the process: SIGTERM, three seconds, SIGKILL. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const watched = this.#watched;
    watched?.over.abort();
    if (watched) this.#leave(watched, notWatching());
    await this.#child?.[Symbol.asyncDispose]();
    const folder = await this.#folder;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #end(): Promise<void> {
    if (this.#watched) await this.stop();
  }

  /** Nothing is watched from now on; whoever waits for it is told why. */
  #leave(watched: Watched, why: Error): void {
    watched.over.abort();
    watched.watching.reject(why);
    if (this.#watched !== watched) return;
    this.#watched = undefined;
    this.#since = undefined;
  }

  /** Has a process watch, from the snapshot if there is one. Never rejects. */
  async #start(watched: Watched): Promise<void> {
    const { options, paused, snapshot, stream, told } = watched;
    const { snapshotEverySeconds } = this.#options;
    let child: EngineChild;
    try {
      child = this.#process();
    } catch (cause) {
      return this.#lose(watched, `The engine cannot be started (${reason(cause)}). Run "onlooker doctor".`, cause);
    }
    record('engine-started', { attempt: watched.crashes + 1 });
    watched.startedAt = performance.now();
    const outcome = await child.call({
      name: 'watch',
      options,
      displays: this.#options.displays !== undefined,
      continuation: {
        ...{ stream, paused },
        ...(snapshot !== undefined && { snapshot, snapshotEverySeconds, snapshotKey: this.#key }),
        ...(snapshot !== undefined && existsSync(snapshot) && { resume: snapshot }),
        ...(told && { told }),
      },
    });
    if (this.#watched !== watched || !outcome) return; // stopped meanwhile; or it crashed, and that is seen to
    if (outcome.ok) return watched.watching.resolve(child);
    if (outcome.code === 'snapshot-unusable' && snapshot !== undefined) {
      await rm(snapshot, { force: true });
      this.#tell({ type: 'notice', code: outcome.code, message: outcome.message }, Date.now());
      return this.#start(watched);
    }
    this.#leave(watched, thrown(outcome));
  }

  /** Asks the process that watches; once more if it crashes meanwhile. */
  async #call(call: Call): Promise<(Outcome & { ok: true })['value']> {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!this.#watched) throw notWatching();
      const child = await this.#watched.watching.promise;
      const outcome = await child.call(call);
      if (outcome?.ok) return outcome.value;
      if (outcome) throw thrown(outcome);
    }
    throw new OnlookerError('engine-lost', 'The engine ended twice while it was at this. Try it again.');
  }

  #process(): EngineChild {
    if (this.#child) return this.#child;
    const { spawn, silenceMs, displays } = this.#options;
    const take = (report: Report & { type: 'event' }) => {
      if (child === this.#child) this.#take(report);
    };
    const child = new EngineChild(spawn, take, silenceMs, displays);
    this.#child = child;
    void child.exited.then((how) => {
      this.#child = undefined;
      if (this.#watched) void this.#goOn(this.#watched, how);
    });
    return child;
  }

  /** After a crash: waits, and starts again; or gives up. */
  async #goOn(watched: Watched, how: string): Promise<void> {
    const { firstWaitMs, longestWaitMs, healthyAfterMs, attempts } = this.#options;
    if (watched.over.signal.aborted) return;
    if (watched.speaking !== undefined) this.#tell({ type: 'unsaid', t: watched.speaking }, Date.now());
    watched.speaking = undefined;
    watched.crashes = performance.now() - watched.startedAt >= healthyAfterMs ? 1 : watched.crashes + 1;
    watched.fruitless++;
    record('engine-crashed', crashFields(how));
    if (watched.fruitless >= attempts) return this.#giveUp(watched, how);

    // Those who still wait for the old promise are waiting for the new one.
    const before = watched.watching;
    watched.watching = expected();
    watched.watching.promise.then(before.resolve, before.reject);
    const inMs = backOff(watched.crashes, { first: firstWaitMs, longest: longestWaitMs });
    const message = `The engine ended unexpectedly (${how}). It is being started again and goes on where it was.`;
    this.#tell({ type: 'restarting', attempt: watched.crashes, inMs, message }, Date.now());
    await sleep(inMs, undefined, { signal: watched.over.signal }).catch(() => {}); // over before its time
    if (!watched.over.signal.aborted) await this.#start(watched);
  }

  #giveUp(watched: Watched, how: string): void {
    const message = `The engine ended ${watched.fruitless} times in a row (${how}) without seeing a frame. Run "onlooker doctor", or choose another source or bundle.`;
    this.#lose(watched, message);
  }

  #lose(watched: Watched, message: string, cause?: unknown): void {
    const error = new OnlookerError('engine-lost', message, { cause });
    recordFailure(error);
    this.#tell({ type: 'failed', code: error.code, message: error.message }, Date.now());
    this.#leave(watched, error);
  }

  #take({ event, at, since }: Report & { type: 'event' }): void {
    this.#since = since ?? this.#since;
    const watched = this.#watched;
    if (watched) {
      watched.told = nowTold(event, watched.told);
      if (event.type === 'frame') watched.fruitless = 0;
      if (event.type === 'speaking' && event.of === 'narration') watched.speaking = event.t;
      if (event.type === 'narration' || event.type === 'unsaid') watched.speaking = undefined;
    }
    this.#tell(event, at);
    if (watched && event.type === 'finished') this.#leave(watched, notWatching());
  }

  #tell(event: EngineEvent, at: number): void {
    for (const listener of this.#listeners) listener(event, at);
  }
}

/** What the log has of how a process ended: "code 70", "SIGSEGV". */
function crashFields(how: string): LogFields<'engine-crashed'> {
  const [, code] = /^code (-?\d+)$/.exec(how) ?? [];
  if (code !== undefined) return { exitCode: Number(code) };
  return { signal: crashSignals.find((name) => name === how) ?? 'other' };
}

/** What was thrown, without the full stop that some end with. */
function reason(cause: unknown): string {
  return errorMessage(cause).replace(/\.$/, '');
}

/** A promise that may be rejected before anybody waits for it. */
function expected<T>(): PromiseWithResolvers<T> {
  const waiting = Promise.withResolvers<T>();
  waiting.promise.catch(() => {});
  return waiting;
}
