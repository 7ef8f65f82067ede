/**
 * One run of the language stage over what was seen: decisions become events, questions are asked when their time has
 * come, snapshots are taken on the way.
 */
import { rm } from 'node:fs/promises';
import { OnlookerError } from '../base/errors.ts';
import { record } from '../log/record.ts';
import type { Command, Wish } from './control.ts';
import type { AnswerEvent, FrameEvent, LiveEvent, NoticeEvent } from './events.ts';
import { instructionNotUnderstood, questionNotUnderstood } from './not-understood.ts';
import { quoting } from './quotation.ts';
import { RollingSummary } from './rolling-summary.ts';
import type { ScreenReading } from './screen-reading.ts';
import type { StreamingSession } from './session.ts';
import type { Decision } from './session-types.ts';
import { type Snapshot, writeSnapshot } from './snapshot.ts';
import type { StreamClock, SummaryState } from './snapshot-header.ts';
import { answerSoFar } from './so-far.ts';
import { round } from './statistics.ts';
import type { Seen, SeenFrame } from './vision-stage.ts';
import { WallClock } from './wall-clock.ts';

/** A question put to the stream. */
export interface Question {
  /** Media time in seconds at which it is asked: it is answered behind the first frame at or after it. */
  readonly t: number;
  readonly text: string;
}

export interface RunOptions {
  readonly questions: readonly Question[];
  /** Where and how often to keep a snapshot, and what it is to say about its origin. */
  readonly snapshot?: {
    readonly path: string;
    readonly everySeconds: number;
    /** Awaited before each one: it must not be ahead of what others keep of the stream. Never rejects. */
    readonly before?: (() => Promise<void>) | undefined;
    /** Gives the key to seal it with. @throws OnlookerError */
    readonly key?: (() => Promise<Uint8Array>) | undefined;
    /** Told, once until it works again, that it cannot be written; without this the run ends with it. */
    readonly onTrouble?: ((error: Error) => void) | undefined;
  } & Pick<Snapshot, 'bundle' | 'stream'>;
  /** Where the stream stood when this run's snapshot was taken. */
  readonly resumedAt?: StreamClock;
  /** What had left the window by then. */
  readonly summary?: SummaryState | undefined;
  /** A closer look at a frame that came with its picture, for questions; gives nothing where the bundle has none. */
  readonly lookClosely?: ((pixels: Uint8Array) => Promise<Float32Array | undefined>) | undefined;
  /** Reads what is written on the screen; default nothing is read. */
  readonly reading?: ScreenReading | undefined;
  /** Told of every frame right before its event. */
  readonly onSeen?: ((frame: SeenFrame) => void) | undefined;
}

export class NarrationRun {
  readonly #session: StreamingSession;
  readonly #options: RunOptions;
  readonly #waiting: Question[];
  readonly #wall: WallClock;
  readonly #summary: RollingSummary;
  #clock: Omit<StreamClock, 'wall'> | undefined;
  /** Pixels of the newest frame, for a closer look. */
  #newest: Uint8Array | undefined;
  /** The first one is taken at once: a stream is worth going on with from its first frame. */
  #snapshotAt = Number.NEGATIVE_INFINITY;
  #inTrouble = false;

  constructor(session: StreamingSession, options: RunOptions) {
    this.#session = session;
    this.#options = options;
    this.#clock = options.resumedAt;
    this.#wall = new WallClock(options.resumedAt?.wall);
    this.#summary = new RollingSummary(options.summary);
    const alreadyAsked = options.resumedAt?.t ?? Number.NEGATIVE_INFINITY;
    this.#waiting = options.questions.filter(({ t }) => t > alreadyAsked).sort((a, b) => a.t - b.t);
  }

  /** Wall clock of the oldest frame in the window. */
  get since(): number | undefined {
    const oldest = this.#session.spans.find(({ kind }) => kind === 'frame');
    return oldest && this.#wall.at(oldest.t);
  }

  /** Tells the user of an instruction that is not understood: everything is told then. */
  *aboutInstruction(instruction: string | null | undefined): Generator<NoticeEvent> {
    const { understanding } = this.#session;
    if (typeof instruction !== 'string' || understanding.instruction(instruction) !== undefined) return;
    const message = instructionNotUnderstood(instruction, understanding);
    yield { type: 'notice', t: this.#clock?.t ?? 0, code: 'instruction-not-understood', message };
  }

  /** Takes one batch in. */
  async *take(seen: readonly Seen[]): AsyncGenerator<LiveEvent> {
    for (const part of this.#cut(seen)) {
      yield* this.#decide(part);
      const now = this.#clock?.t ?? Number.NEGATIVE_INFINITY;
      while (this.#waiting[0] && this.#waiting[0].t <= now) yield await this.#answer(this.#waiting.shift()!, now);
    }
    const every = this.#options.snapshot?.everySeconds ?? Number.POSITIVE_INFINITY;
    if (performance.now() - this.#snapshotAt >= 1000 * every) await this.#keepSnapshot();
  }

  /** The stream is over: questions meant for later are answered now (unless interrupted), and the end is kept. */
  async *end(interrupted: boolean): AsyncGenerator<LiveEvent> {
    if (!interrupted) {
      for (const question of this.#waiting.splice(0)) yield await this.#answer(question, this.#clock?.t ?? question.t);
    }
    await this.#keepSnapshot();
  }

  /** Frames go to the model in one batch; events come out in the order of the stream, still frames among them. */
  async *#decide(part: readonly Seen[]): AsyncGenerator<LiveEvent> {
    const shown = part.flatMap((item) =>
      item.type === 'frame' && item.tokens ? [{ index: item.index, t: item.t, tokens: item.tokens }] : [],
    );
    const { reading } = this.#options;
    for (const item of part) if (item.type === 'frame' && item.unscaled) reading?.see(item.t, item.unscaled);
    const decisions = this.#session.see(shown);
    for (const item of part) {
      if (item.type === 'gap') {
        yield { type: 'gap', ...item.gap };
        continue;
      }
      if (item.type === 'command') {
        yield* this.#obey(item);
        continue;
      }
      const decision = item.tokens ? (await decisions.next()).value : undefined;
      const pSilent = decision?.pSilent ?? this.#clock?.pSilent ?? 1;
      const { index, t, lastEncoded, stillRun } = item;
      this.#clock = { index, t, lastEncoded, stillRun, pSilent };
      this.#newest = item.picture?.pixels;
      reading?.reach(t);
      this.#wall.note(t, Date.now() - (performance.now() - item.capturedAt));
      this.#options.onSeen?.(item);
      yield frameEvent(item, pSilent, decision || undefined);
      if (decision?.text) {
        const latencyMs = round(decision.saidAt - item.capturedAt);
        const { quotation } = decision;
        const text = quotation ? quoting(decision.text, quotation) : decision.text;
        this.#summary.said({ t, at: Date.now(), kind: 'narration', text, pSilent });
        this.#summary.follow(this.#session.spans);
        yield { type: 'narration', t, text, pSilent, latencyMs, ...(quotation && { read: quotation }) };
      }
    }
  }

  /** Does what was asked for; a wish that cannot be fulfilled is told to whoever had it, and the stream goes on. */
  async *#obey({ wish, done }: Command): AsyncGenerator<LiveEvent> {
    try {
      const event = await this.#fulfil(wish);
      if (event) yield event;
      done.resolve(event);
      if (wish.type === 'change') yield* this.aboutInstruction(wish.change.instruction);
    } catch (error) {
      done.reject(error);
      if (!(error instanceof OnlookerError)) throw error;
    }
  }

  async #fulfil(wish: Wish): Promise<AnswerEvent | undefined> {
    switch (wish.type) {
      case 'ask': {
        const t = this.#clock?.t ?? 0;
        this.#wall.note(t, Date.now());
        return this.#answer(wish, t);
      }
      case 'change':
        return void (await this.#session.change(wish.change));
      case 'forget': {
        this.#newest = undefined;
        this.#options.reading?.forget();
        const span = this.#wall.mediaSpan(wish.from, wish.before);
        if (span) await this.#session.forget(span.from, span.to);
        this.#summary.forget(wish.from, wish.before);
        return void (await this.#renewSnapshot());
      }
      case 'rest':
        return void (await this.#keepSnapshot());
    }
  }

  /**
   * Batches must end where a question is due, or the model would answer it with frames it should not have seen yet; and
   * where something is wanted of it.
   */
  #cut(seen: readonly Seen[]): Seen[][] {
    const parts: Seen[][] = [[]];
    const due = this.#waiting.map(({ t }) => t);
    for (const item of seen) {
      parts.at(-1)!.push(item);
      if (item.type === 'command') parts.push([]);
      if (item.type !== 'frame' || due[0] === undefined || item.t < due[0]) continue;
      while (due[0] !== undefined && due[0] <= item.t) due.shift();
      parts.push([]);
    }
    return parts;
  }

  async #answer({ text }: { readonly text: string }, t: number): Promise<AnswerEvent> {
    const askedAt = performance.now();
    const closeUp = this.#newest && (await this.#options.lookClosely?.(this.#newest));
    const answer = await this.#session.ask(text, t, closeUp);
    this.#summary.follow(this.#session.spans);
    const told =
      answer === undefined
        ? { text: questionNotUnderstood(text, this.#session.understanding), understood: false }
        : { text: answerSoFar(text, answer, this.#summary) };
    return { type: 'answer', t, query: text, ...told, latencyMs: round(performance.now() - askedAt) };
  }

  /** What was forgotten must not stay on the disk: if the snapshot cannot be written anew, there is none. */
  async #renewSnapshot(): Promise<void> {
    const wanted = this.#options.snapshot;
    if (!wanted) return;
    try {
      await this.#writeSnapshot();
    } catch (error) {
      await rm(wanted.path, { force: true });
      throw error;
    }
  }

  /** A snapshot whose time has come. */
  async #keepSnapshot(): Promise<void> {
    const { onTrouble } = this.#options.snapshot ?? {};
    try {
      await this.#writeSnapshot();
      this.#inTrouble = false;
    } catch (error) {
      if (!onTrouble || !(error instanceof OnlookerError)) throw error;
      this.#snapshotAt = performance.now();
      if (!this.#inTrouble) onTrouble(error);
      this.#inTrouble = true;
    }
  }

  async #writeSnapshot(): Promise<void> {
    const wanted = this.#options.snapshot;
    if (!wanted || !this.#clock) return;
    const startedAt = performance.now();
    await wanted.before?.();
    const { state, cache } = await this.#session.save();
    // What lies before the oldest span can no longer be forgotten or asked about.
    const oldest = state.spans.find(({ kind }) => kind !== 'system' && kind !== 'instruction');
    if (oldest) this.#wall.dropBefore(oldest.t);
    const { path, bundle, stream } = wanted;
    const snapshot: Snapshot = {
      bundle,
      stream,
      clock: { ...this.#clock, wall: [...this.#wall.stretches] },
      session: state,
      summary: this.#summary.state,
      cache,
    };
    await writeSnapshot(path, snapshot, await wanted.key?.());
    record('snapshot-written', { ms: round(performance.now() - startedAt) });
    this.#snapshotAt = performance.now();
  }
}

function frameEvent(item: SeenFrame, pSilent: number, decision: Decision | undefined): FrameEvent {
  return {
    type: 'frame',
    index: item.index,
    t: item.t,
    pSilent,
    encoded: item.encoded,
    changed: item.changed,
    reason: decision?.reason ?? 'still',
    latencyMs: round((decision?.decidedAt ?? performance.now()) - item.capturedAt),
  };
}
