/** Answers questions: about now from the engine, about the past from the memory. */
import type { Answer, Moment } from '../../preload/contract.ts';
import type { Engine } from '../engine/engine.ts';
import type { Evidence } from '../memory/find/ask.ts';
import { isAboutPast } from '../said-times/present-question.ts';
import { readTimes } from '../said-times/question-times.ts';
import type { BundleFacts } from './bundles.ts';
import type { Past } from './past.ts';
import type { Speeches } from './speeches.ts';
import type { StatusBoard } from './status-board.ts';
import type { Writing } from './writing.ts';

export interface AnsweringParts {
  readonly engine: Engine;
  readonly bundles: BundleFacts;
  readonly board: StatusBoard;
  readonly past: Past;
  readonly speeches: Speeches;
  readonly writing: Writing;
}

export class Answering {
  readonly #parts: AnsweringParts;
  #lastT = 0;

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
  }

  /** Media time of the last frame: where an answer from the memory is shown. */
  set mediaTime(t: number) {
    this.#lastT = t;
  }

  /** @throws OnlookerError what the engine and the memory throw */
  async ask(text: string): Promise<Answer> {
    const { speeches, engine, writing } = this.#parts;
    const id = speeches.openAnswer(text, this.#lastT);
    try {
      const fromEngine = async (): Promise<Answer> => ({
        text: (await engine.ask(text)).text,
        from: 'live',
        moments: [],
      });
      // Looked up once, and only where it is asked for.
      let known: Promise<Evidence> | undefined;
      const lookUp = () => (known ??= this.#parts.past.evidence(text));
      const forEngine = await this.#isForEngine(text, lookUp);
      if (forEngine && (await this.#isUnderstood(text))) return await fromEngine();
      const evidence = await lookUp();
      // The engine says that it does not understand, and what it does.
      if (forEngine && (evidence.seen.length === 0 || namesNothing(text, evidence))) return await fromEngine();
      const answer = { text: await writing.answer(text, evidence), moments: momentsOf(evidence) };
      speeches.closeAnswer(id, answer);
      return { ...answer, from: 'memory' };
    } finally {
      speeches.closeAnswer(id);
    }
  }

  async #isUnderstood(text: string): Promise<boolean> {
    const understanding = await this.#parts.bundles.understanding(this.#parts.board.status.bundle);
    return understanding.question(text) !== undefined;
  }

  /** Whether the model has the time asked about before its eyes. */
  async #isForEngine(text: string, lookUp: () => Promise<Evidence>): Promise<boolean> {
    const { engine, board } = this.#parts;
    const { state } = board.status;
    if (state !== 'watching' && state !== 'paused' && state !== 'stalled') return false;
    const now = Date.now();
    const { span, unread } = readTimes(text, new Date(now));
    if (unread !== undefined) return false; // the answer from the memory says so
    // "방금 무슨 일이 있었어?": the time is part of a question that the model was taught.
    if (span && span.before >= now && (await this.#isUnderstood(text))) return true;
    if (span) return engine.remembers(span.from) && engine.remembers(Math.min(span.before - 1, now));
    if (!isAboutPast(text)) return true;
    // It names no time, so its time is that of what the memory has of it.
    const { seen } = await lookUp();
    const latest = seen.findLast(({ kind }) => kind !== 'picture');
    return latest === undefined || engine.remembers(latest.at);
  }
}

/** True for "Who am I?": all of today, which the memory has for it, is no answer to what is neither a thing nor the past. */
function namesNothing(text: string, { words }: Evidence): boolean {
  return words.length === 0 && readTimes(text).span === undefined && !isAboutPast(text);
}

/** What an answer from the memory rests on: all that was said at a time is one moment. */
function momentsOf({ seen, words }: Evidence): Moment[] {
  const moments = new Map<string, Moment>();
  for (const { session, source, ...utterance } of seen) {
    const { t, at, kind } = utterance;
    const key = `${session} ${t}`;
    const known = moments.get(key) ?? { session, source, from: t, to: t, at, utterances: [], matched: [] };
    const matched = words.length > 0 ? [{ in: kind, words }] : [];
    moments.set(key, {
      ...known,
      utterances: [...known.utterances, utterance],
      matched: [...known.matched, ...matched],
    });
  }
  return [...moments.values()];
}
