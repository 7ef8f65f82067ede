/**
 * The assistant: answers every request of the contract from an engine, the memory and the settings, and tells the news.
 * The desktop's windows, the browser mode and the loopback interface all speak to it, each through a client.
 */
import { dirname, join } from 'node:path';
import type {
  Hello,
  News,
  Outcome,
  Rehearsed,
  RequestName,
  Requests,
  Settings,
  SourceChoice,
  Span,
  Status,
} from '../../preload/contract.ts';
import { say } from '../base/terminal.ts';
import { parseWatchable, sourceName } from '../capture/source-description.ts';
import type { Engine } from '../engine/engine.ts';
import { record } from '../log/record.ts';
import type { Forgotten } from '../memory/forget/forget.ts';
import type { KeyKeeper } from '../memory/store/key.ts';
import { TextFiles } from '../output/text-files.ts';
import { settingsEffects } from '../settings/settings-effects.ts';
import type { SettingsFile } from '../settings/settings-file.ts';
import { meantAddress, meantChange, shownSettings } from '../settings/shown-settings.ts';
import { Answering } from './answering.ts';
import { BundleFacts, bundleChoices } from './bundles.ts';
import { takeEngineEvent, tellForgotten } from './engine-news.ts';
import { forgetBesideSettings, nothingTyped } from './forget-typed.ts';
import { NewsDesk } from './news-desk.ts';
import { type Occasion, occasionNow } from './occasion.ts';
import { type Log, outcomeOf } from './outcome.ts';
import { Past } from './past.ts';
import { onBattery } from './power-supply.ts';
import { Rehearsal } from './rehearsal.ts';
import { isRequestName, requestSchemas } from './requests.ts';
import { sampleRecording } from './sample.ts';
import { listSources } from './sources.ts';
import { Speeches } from './speeches.ts';
import { StatusBoard } from './status-board.ts';
import { Watching } from './watching.ts';
import { Writing } from './writing.ts';

export interface AssistantOptions {
  /** Stays the caller's: it is not disposed of here. */
  readonly engine: Engine;
  readonly settings: SettingsFile;
  readonly version: string;
  /** Folder of the memory; default the user's. */
  readonly memory?: string | undefined;
  /** Who keeps the memory's key; default a key file in its folder. */
  readonly memoryKey?: KeyKeeper | undefined;
  /** Where defects are written; default standard error. */
  readonly log?: Log;
  /** Lists what can be watched; default what ffmpeg and the system's programs tell. */
  readonly sources?: () => Promise<SourceChoice[]>;
  /** Whether the machine runs on its battery; default what Linux tells, and elsewhere no. */
  readonly onBattery?: () => boolean | Promise<boolean>;
  /** Opens another window of the program; default refused, because a browser opens its tabs itself. */
  readonly open?: (input: Requests['open']['input']) => void | Promise<void>;
}

/** A window, or another program. What it covers is uncovered when it goes. */
export interface AssistantClient extends Disposable {
  /** Never rejects; what is not a request, or not a valid one, is an outcome with the code `usage`. */
  request(name: string, input: unknown): Promise<Outcome<unknown>>;
  subscribe(listener: (news: News) => void): () => void;
}

type Handlers = {
  readonly [Name in RequestName]: (
    input: Requests[Name]['input'],
    client: object,
  ) => Requests[Name]['output'] | Promise<Requests[Name]['output']>;
};

/** How often clocks are looked at, milliseconds: the end of a pause, the age of the last frame. */
const tickMs = 1000;
/** Every so many of them it is looked whether a call or a presentation goes on, and where the power comes from. */
const lookTicks = 3;

export class Assistant implements AsyncDisposable {
  /** Which text files are ours: kept beside the settings that name them. */
  readonly textFiles: TextFiles;
  readonly #options: AssistantOptions;
  readonly #desk = new NewsDesk();
  readonly #speeches: Speeches;
  readonly #board: StatusBoard;
  readonly #watching: Watching;
  readonly #past: Past;
  readonly #answering: Answering;
  readonly #rehearsal = new Rehearsal();
  readonly #bundles = new BundleFacts();
  readonly #writing: Writing;
  readonly #handlers: Handlers;
  readonly #owned = new AsyncDisposableStack();
  /** What is watched, for windows that open while nothing changes. */
  #preview: Extract<News, { type: 'preview' }> | undefined;
  #ticks = 0;

  constructor(options: AssistantOptions) {
    const { engine, settings } = options;
    const memory = { folder: options.memory, ...(options.memoryKey && { key: options.memoryKey }) };
    this.#options = options;
    this.textFiles = new TextFiles(join(dirname(settings.path), 'text-files.json'));
    this.#speeches = new Speeches((speech) => this.#desk.tell({ type: 'speech', speech }));
    this.#board = new StatusBoard(firstStatus(settings.settings), (status) =>
      this.#desk.tell({ type: 'status', status }),
    );
    this.#past = this.#owned.use(new Past(memory, (line) => this.notify('memory-limited', line)));
    this.#watching = new Watching({ engine, bundles: this.#bundles, settings, board: this.#board, memory });
    const notify = (code: string, message: string) => this.notify(code, message);
    this.#writing = this.#owned.use(new Writing(() => this.settings.chat, notify));
    const parts = {
      engine,
      bundles: this.#bundles,
      board: this.#board,
      past: this.#past,
      speeches: this.#speeches,
      writing: this.#writing,
    };
    this.#answering = new Answering(parts);
    this.#handlers = this.#allHandlers();
    const newsParts = { ...parts, desk: this.#desk, answering: this.#answering, rehearsal: this.#rehearsal };
    this.#owned.defer(engine.subscribe((event, at) => takeEngineEvent(event, at, newsParts)));
    this.#owned.defer(this.#desk.subscribe((news) => this.#keepPreview(news)));
    const timer = setInterval(() => this.#tick(), tickMs);
    timer.unref();
    this.#owned.defer(() => clearInterval(timer));
  }

  /** The state of things now; later states are news. */
  get status(): Status {
    return this.#board.status;
  }

  get settings(): Settings {
    return this.#options.settings.settings;
  }

  /** News for a part of the program. */
  subscribe(listener: (news: News) => void): () => void {
    return this.#desk.subscribe(listener);
  }

  /** What is shown once to the user. */
  notify(code: string, message: string): void {
    this.#desk.tell({ type: 'notice', code, message });
  }

  connect(): AssistantClient {
    const subscriptions = new DisposableStack();
    const client = {
      request: (name: string, input: unknown) => this.#request(name, input, client),
      subscribe: (listener: (news: News) => void) => {
        const end = this.#desk.subscribe(listener);
        subscriptions.defer(end);
        return end;
      },
      [Symbol.dispose]: () => {
        subscriptions.dispose();
        this.#safely(() => this.#watching.cover(client, null));
      },
    };
    return client;
  }

  /**
   * Watches a source without making it a setting, or what the settings say. Resolves at the first frame; at once when
   * there is nothing to watch. @throws OnlookerError as `narrate` does
   */
  async start(source: string | null = this.settings.source): Promise<void> {
    await this.#lookAtPower();
    await this.#watching.tellStatus();
    const { problem } = this.#options.settings;
    if (problem !== undefined) this.notify('settings-damaged', problem);
    if (source !== null) await this.#watch(source);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]();
  }

  async #request(name: string, input: unknown, client: object): Promise<Outcome<unknown>> {
    if (!isRequestName(name)) return { ok: false, code: 'usage', message: 'There is no such request.' };
    const parsed = requestSchemas[name].safeParse(input);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'not valid' };
      const place = path.length > 0 ? ` (${path.join('.')})` : '';
      return { ok: false, code: 'usage', message: `The request "${name}" was not understood${place}: ${message}.` };
    }
    // The schema of a name belongs to the handler of that name; the compiler cannot follow the pair through a table.
    const handler = this.#handlers[name] as (input: unknown, client: object) => unknown;
    return outcomeOf(() => handler(parsed.data, client), this.#log);
  }

  #allHandlers(): Handlers {
    const { engine, sources = listSources, open } = this.#options;
    return {
      hello: () => this.#hello(),
      sources: () => sources(),
      bundles: () => bundleChoices(),
      watch: async ({ source: given, instruction }) => {
        const source = meantAddress(given, [this.settings.source, this.#watching.source]);
        if (instruction !== undefined) await this.#change({ instruction });
        await this.#watch(source);
        await this.#keep({ source });
        return null;
      },
      stop: async () => {
        await this.#watching.stop();
        return null;
      },
      pause: async ({ until }) => {
        await this.#watching.pause(until);
        return null;
      },
      resume: async () => {
        await this.#watching.resume();
        return null;
      },
      snooze: async ({ until }) => {
        await this.#watching.snooze(until);
        return null;
      },
      ask: ({ text }) => this.#answering.ask(text),
      cover: async ({ area }, client) => {
        await this.#watching.cover(client, area);
        return null;
      },
      settings: async ({ change }) => shownSettings(await this.#change(meantChange(change, this.settings))),
      days: () => this.#past.days(),
      moments: (input) => this.#past.moments(input),
      pictures: (input) => this.#past.pictures(input),
      picture: ({ id }) => this.#past.picture(id),
      curve: (input) => this.#past.curve(input),
      rehearse: ({ theta }) => this.#rehearse(theta),
      gaps: (span) => this.#past.gaps(span),
      search: (input) => this.#past.search(input),
      recap: (span) => this.#recap(span),
      forget: (span) => this.#forget(span, engine),
      export: (input) => this.#past.export(input),
      open: async (input) => {
        await open?.(input);
        return null;
      },
    };
  }

  #hello(): Hello {
    return {
      version: this.#options.version,
      status: this.status,
      settings: shownSettings(this.settings),
      speeches: this.#speeches.all,
      welcomed: this.settings.source !== null,
      sample: sampleRecording,
      preview: this.#preview ?? null,
    };
  }

  #keepPreview(news: News): void {
    if (news.type === 'preview') this.#preview = news;
    const goes =
      (news.type === 'status' && news.status.state === 'starting') ||
      (news.type === 'forgotten' && isWithin(news.span, this.#preview?.at));
    if (goes) this.#preview = undefined;
  }

  async #watch(source: string): Promise<void> {
    parseWatchable(source); // a word that is no source is refused before anything ends
    await this.#watching.watch(source);
  }

  /** Out of the model first: it must not speak of what the memory has forgotten. */
  async #forget(span: Span, engine: Engine): Promise<Forgotten> {
    await engine.forget(span);
    const forgotten = await this.#past.forget(span);
    record('forgotten', {});
    // Everything: what the user typed belongs to it. Watching goes on, under the instruction of the bundle.
    if (span.from <= 0 && span.before >= Date.now()) {
      await this.#keep(nothingTyped);
      await forgetBesideSettings(this.#options.settings.path);
      await this.#watching.apply();
    }
    tellForgotten(span, { speeches: this.#speeches, rehearsal: this.#rehearsal, desk: this.#desk });
    return forgotten;
  }

  /** Empty where nothing is remembered. */
  async #recap(span: Span): Promise<string> {
    const recap = await this.#past.recap(span, (share) => this.#desk.tell({ type: 'recapping', span, share }));
    return recap ? this.#writing.recap(recap) : '';
  }

  async #rehearse(theta: number | null): Promise<Rehearsed> {
    const policy = await this.#watching.policy();
    return this.#rehearsal.play({ ...policy, theta: theta ?? policy.theta }, this.settings.chattiness);
  }

  /** Keeps a change, and brings everything that goes on to it. */
  async #change(change: Partial<Settings>): Promise<Settings> {
    if (change.source !== undefined && change.source !== null) parseWatchable(change.source);
    if (change.bundle !== undefined) await this.#bundles.check(change.bundle);
    if (change.textFile) await this.textFiles.claim(change.textFile);
    const before = this.settings;
    const settings = await this.#keep(change);
    const { limits, watching } = settingsEffects(before, settings);
    if (limits) await this.#past.limit(settings);
    // A start takes seconds and tells its own failure in the status: nobody is made to wait for it.
    if (watching === 'stop') await this.#watching.stop();
    if (watching === 'watch') this.#watch(settings.source ?? '').catch(() => {});
    if (watching === 'restart') this.#watching.restart().catch(() => {});
    await this.#watching.apply();
    return settings;
  }

  async #keep(change: Partial<Settings>): Promise<Settings> {
    const settings = await this.#options.settings.change(change);
    for (const name of Object.keys(change) as (keyof Settings)[]) record('setting-changed', { name });
    this.#desk.tell({ type: 'settings', settings: shownSettings(settings) });
    return settings;
  }

  #tick(): void {
    const now = Date.now();
    this.#board.tick(now);
    this.#safely(() => this.#watching.tick(now));
    this.#safely(() => this.#lookAtSettings());
    if (this.#ticks++ % lookTicks !== 0) return;
    this.#safely(() => this.#lookForOccasions());
    this.#safely(() => this.#lookAtPower());
  }

  /** What another program changed holds from now on; what is watched is not changed by it. */
  async #lookAtSettings(): Promise<void> {
    if (!(await this.#options.settings.refresh())) return;
    this.#desk.tell({ type: 'settings', settings: shownSettings(this.settings) });
    await this.#watching.apply();
  }

  async #lookForOccasions(): Promise<void> {
    const occasion = this.settings.quietInCalls && this.#board.active ? await occasionNow() : undefined;
    const began = await this.#watching.keepQuiet(occasion !== undefined);
    if (began && occasion) this.notify(...quietNotices[occasion]);
  }

  async #lookAtPower(): Promise<void> {
    await this.#watching.powered(await (this.#options.onBattery ?? onBattery)());
  }

  /** For work that nobody waits for: its failure is a notice. */
  #safely(work: () => Promise<void>): void {
    void outcomeOf(work, this.#log).then((outcome) => {
      if (!outcome.ok) this.notify(outcome.code, outcome.message);
    });
  }

  readonly #log: Log = (line) => (this.#options.log ?? standardError)(line);
}

/** Code and message. */
const quietNotices: Readonly<Record<Occasion, readonly [string, string]>> = {
  call: ['quiet-in-call', 'The microphone is in use: nothing is said unasked until it is free.'],
  presentation: ['quiet-presenting', 'A window fills the screen: nothing is said unasked until it does no more.'],
};

function firstStatus({ bundle, source, theta, remember }: Settings): Status {
  return {
    ...{
      state: 'idle',
      source: source === null ? null : sourceName(source),
      bundle,
      theta: theta ?? 0.5,
      remembering: remember === true,
    },
    ...{ lastFrameAt: null, pausedUntil: null, snoozedUntil: null, filtering: false, message: null },
  };
}

function isWithin({ from, before }: Span, at = Number.NaN): boolean {
  return at >= from && at < before;
}

function standardError(line: string): void {
  say(line);
}
