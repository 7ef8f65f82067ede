import { createSubscriber } from 'svelte/reactivity';
import type {
  Bridge,
  GapSpan,
  Hello,
  News,
  Outcome,
  RequestName,
  Requests,
  Settings,
  Span,
  Speech,
  Status,
} from '../../../preload/contract.ts';
import { readingMs } from './reading-time.ts';
import { Refusal } from './refusal.ts';

/** One decision: how sure the model was that silence is right. */
export interface Decision {
  /** Wall clock, milliseconds since 1970. */
  readonly at: number;
  readonly pSilent: number;
  readonly spoke: boolean;
}

export interface Notice {
  readonly id: number;
  readonly code: string;
  readonly message: string;
}

/** Tells when a connection is made or lost; what cannot lose it (Electron) has none. */
export type ConnectionWatch = (listener: (connected: boolean) => void) => () => void;

/** Kept for the history and the curve of this window; the rest is the memory's. */
const most = { speeches: 300, gaps: 50, notices: 4 };
const decisionsMs = 60_000;

/** Everything the program has told this window. News enters here, and only while something shows it. */
export class Assistant {
  readonly shell: Bridge['shell'];
  readonly #bridge: Bridge;
  readonly #track: () => void;
  #hello = $state.raw<Hello>();
  // Of their own, because the state changes with every word and the settings with hardly any.
  readonly #status = $derived(this.#hello?.status);
  readonly #settings = $derived(this.#hello?.settings);
  #connected = $state(true);
  #speeches = $state.raw<readonly Speech[]>([]);
  #gaps = $state.raw<readonly GapSpan[]>([]);
  #decisions = $state.raw<readonly Decision[]>([]);
  #notices = $state.raw<readonly Notice[]>([]);
  #preview = $state.raw<{ readonly at: number; readonly jpeg: string }>();
  #forgotten = $state.raw<Span>();
  #recapping = $state.raw<Extract<News, { type: 'recapping' }>>();
  #lastNotice = 0;
  /** When each text was complete, by this window's clock: it may have been long in coming. */
  readonly #completeAt = new Map<number, number>();

  constructor(bridge: Bridge, watchConnection?: ConnectionWatch) {
    this.shell = bridge.shell;
    this.#bridge = bridge;
    this.#track = createSubscriber(() => {
      const endNews = bridge.subscribe((news) => this.#take(news));
      const endConnection = watchConnection?.((connected) => {
        this.#connected = connected;
        if (connected) void this.#greet();
      });
      void this.#greet();
      return () => {
        endNews();
        endConnection?.();
      };
    });
  }

  /** Undefined until the program has answered for the first time. */
  get hello(): Hello | undefined {
    this.#track();
    return this.#hello;
  }

  get connected(): boolean {
    this.#track();
    return this.#connected;
  }

  get status(): Status | undefined {
    this.#track();
    return this.#status;
  }

  get settings(): Settings | undefined {
    this.#track();
    return this.#settings;
  }

  /** Oldest first. */
  get speeches(): readonly Speech[] {
    this.#track();
    return this.#speeches;
  }

  /** Whether it is still being written, or has not been there for as long as it takes to read it. */
  isFresh({ id, at, text, done }: Speech, now: number): boolean {
    return !done || now < (this.#completeAt.get(id) ?? at) + readingMs(text);
  }

  get gaps(): readonly GapSpan[] {
    this.#track();
    return this.#gaps;
  }

  /** Of the last minute, as far as this window saw them; oldest first. */
  get decisions(): readonly Decision[] {
    this.#track();
    return this.#decisions;
  }

  get notices(): readonly Notice[] {
    this.#track();
    return this.#notices;
  }

  /** What is watched, as a data URL. */
  get preview(): string | undefined {
    this.#track();
    return this.#preview?.jpeg;
  }

  /** The span that was forgotten last: whoever shows the memory reads it again. */
  get forgotten(): Span | undefined {
    this.#track();
    return this.#forgotten;
  }

  /** Which share (0..1) is done of a recap of the span that some window waits for; undefined where nothing was told yet. */
  recapped({ from, before }: Span): number | undefined {
    this.#track();
    const { span, share } = this.#recapping ?? {};
    return span?.from === from && span.before === before ? share : undefined;
  }

  /** @throws {Refusal} with a code and a sentence for the user */
  async request<Name extends RequestName>(
    name: Name,
    input: Requests[Name]['input'],
  ): Promise<Requests[Name]['output']> {
    const outcome: Outcome<Requests[Name]['output']> = await this.#bridge.request(name, input);
    if (!outcome.ok) throw new Refusal(outcome.code, outcome.message);
    return outcome.value;
  }

  /** For what is asked by a button that has no place of its own for a refusal: it becomes a notice. */
  async attempt<Name extends RequestName>(
    name: Name,
    input: Requests[Name]['input'],
  ): Promise<Requests[Name]['output'] | undefined> {
    try {
      return await this.request(name, input);
    } catch (error) {
      this.notify(Refusal.of(error));
      return undefined;
    }
  }

  /** Takes effect at once. @throws {Refusal} */
  async change(change: Partial<Settings>): Promise<void> {
    const settings = await this.request('settings', { change });
    this.#settle(settings);
  }

  /** What is told again is shown once, as the newest. */
  notify({ code, message }: { readonly code: string; readonly message: string }): void {
    const others = this.#notices.filter((notice) => notice.code !== code || notice.message !== message);
    this.#notices = [...others, { id: ++this.#lastNotice, code, message }].slice(-most.notices);
  }

  dismiss(id: number): void {
    this.#notices = this.#notices.filter((notice) => notice.id !== id);
  }

  /** A notice about an instruction is not true of the next one, which is given its own if it needs one. */
  #settle(settings: Settings): void {
    if (!this.#hello) return;
    if (settings.instruction !== this.#hello.settings.instruction) {
      this.#notices = this.#notices.filter(({ code }) => code !== 'instruction-not-understood');
    }
    this.#hello = { ...this.#hello, settings };
  }

  #complete(id: number): void {
    this.#completeAt.set(id, Date.now());
    const [oldest] = this.#completeAt.keys();
    if (this.#completeAt.size > most.speeches && oldest !== undefined) this.#completeAt.delete(oldest);
  }

  async #greet(): Promise<void> {
    const outcome = await this.#bridge.request('hello', {});
    // Without a connection the next one asks again.
    if (!outcome.ok) return;
    this.#hello = outcome.value;
    this.#speeches = outcome.value.speeches;
    const { preview } = outcome.value;
    if (preview && preview.at > (this.#preview?.at ?? 0)) this.#preview = preview;
  }

  #take(news: News): void {
    switch (news.type) {
      case 'status':
        if (this.#hello) this.#hello = { ...this.#hello, status: news.status };
        return;
      case 'settings':
        this.#settle(news.settings);
        return;
      case 'frame': {
        const decision = { at: news.at, pSilent: news.pSilent, spoke: news.reason === 'spoke' };
        this.#decisions = [...this.#decisions.filter(({ at }) => at > news.at - decisionsMs), decision];
        return;
      }
      case 'speech':
        if (news.speech.done) this.#complete(news.speech.id);
        this.#speeches = withSpeech(this.#speeches, news.speech);
        return;
      case 'gap':
        this.#gaps = [...this.#gaps.filter(({ from }) => from !== news.gap.from), news.gap].slice(-most.gaps);
        return;
      case 'preview':
        this.#preview = news;
        return;
      case 'notice':
        this.notify(news);
        return;
      case 'recapping':
        this.#recapping = news;
        return;
      case 'forgotten': {
        const stays = ({ at }: { readonly at: number }) => at < news.span.from || at >= news.span.before;
        this.#speeches = this.#speeches.filter(stays);
        this.#decisions = this.#decisions.filter(stays);
        if (this.#preview && !stays(this.#preview)) this.#preview = undefined;
        this.#forgotten = news.span;
      }
    }
  }
}

/** What ends without a word was taken back: it would have said again what was just said, or there is no answer. */
function withSpeech(speeches: readonly Speech[], speech: Speech): readonly Speech[] {
  const others = speeches.filter(({ id }) => id !== speech.id);
  if (speech.done && speech.text === '') return others;
  const place = others.findLastIndex(({ id }) => id < speech.id) + 1;
  return others.toSpliced(place, 0, speech).slice(-most.speeches);
}
