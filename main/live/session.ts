/**
 * The streaming session (LIVE): one growing conversation over one KV cache. Frames are appended as they come; at each
 * frame's last position the model says how probable silence is; a silent frame costs its own tokens and nothing else.
 *
 *     [system][instruction] F F F F [reply] F F F F F F [query][answer] F F ...
 *
 * Nothing is encoded twice, and the window keeps the cache bounded, so a stream may go on without end.
 */

import { OnlookerError } from '../base/errors.ts';
import { languageOf, type WrittenLanguage } from '../base/languages.ts';
import { Turns } from '../base/turns.ts';
import type { BundleManifest } from '../bundle/manifest.ts';
import type { LanguageContext, LanguageModel } from '../llama/types.ts';
import { checkSpans } from './check-spans.ts';
import type { SessionChange } from './control.ts';
import { headroom, queryCap } from './headroom.ts';
import { Judge } from './judge.ts';
import type { Span } from './ledger.ts';
import { type Chattiness, SpeakingPolicy } from './policy.ts';
import { compileProtocol, type FrameProtocol } from './protocol.ts';
import { ReplyScripts } from './reply-scripts.ts';
import type { Decision, SessionFrame, SessionOptions } from './session-types.ts';
import type { SessionState } from './snapshot-header.ts';
import { StreamCache } from './stream-cache.ts';
import { Understanding } from './understanding.ts';
import { planEviction, spansWithin, type WindowMarks } from './window.ts';

/** Frames decoded at once right after a narration: things seldom happen alone, and frames behind a reply are fed twice. */
const cautiousStride = 4;
/** Narrations told anew in another language: what an answer to "what happened so far?" names. */
const mostRetold = 3;

/** A question as the user put it, and as the model hears it. */
interface Asked {
  readonly question: string;
  readonly heard: string;
}

export class StreamingSession implements AsyncDisposable {
  readonly #cache: StreamCache;
  readonly #model: LanguageModel;
  readonly #protocol: FrameProtocol;
  readonly #policy: SpeakingPolicy;
  readonly #judge: Judge | undefined;
  readonly #scripts: ReplyScripts;
  readonly #understanding: Understanding;
  readonly #marks: WindowMarks;
  readonly #replyCap: number;
  readonly #batch: number;
  /** Frames in the next decode call: few after a narration, because more may follow, then ever more up to the batch. */
  #stride: number;
  readonly #turns = new Turns();
  readonly #onWords: SessionOptions['onWords'];
  readonly #read: SessionOptions['read'];
  readonly #own: { readonly instruction: string; readonly theta: number };
  #instruction: string;
  #theta: number;
  #chattiness: Chattiness;

  private constructor(
    manifest: BundleManifest,
    model: LanguageModel,
    cache: StreamCache,
    protocol: FrameProtocol,
    judge: Judge | undefined,
    options: SessionOptions,
  ) {
    const { decision } = manifest;
    this.#model = model;
    this.#cache = cache;
    this.#protocol = protocol;
    this.#judge = judge;
    this.#scripts = new ReplyScripts(manifest, model);
    this.#understanding = new Understanding(manifest);
    this.#marks = manifest.window;
    this.#replyCap = decision.replyCap;
    this.#onWords = options.onWords;
    this.#read = options.read;
    this.#own = {
      instruction: manifest.instruction.default,
      theta: decision.calibration[model.quantisation] ?? decision.theta,
    };
    this.#instruction = options.instruction ?? this.#own.instruction;
    this.#theta = options.theta ?? this.#own.theta;
    this.#chattiness = options.chattiness ?? 2;
    this.#policy = new SpeakingPolicy({ ...decision, theta: this.#theta }, this.#chattiness);
    // A separator is a token, frames are embeddings, and one decode call takes only one of the two.
    this.#batch = protocol.separator.length > 0 ? 1 : (options.batch ?? 1);
    this.#stride = this.#batch;
  }

  /** Opens a context on `model`, which must outlive the session, and feeds the system prompt and the instruction. */
  static async open(manifest: BundleManifest, model: LanguageModel, options: SessionOptions = {}) {
    const protocol = compileProtocol(manifest, model);
    const judge = Judge.of(manifest, model, protocol, options.threads);
    const context = await model.openContext({
      capacity: manifest.window.high + headroom(protocol, manifest.decision.replyCap),
      batch: (options.batch ?? 1) * protocol.tokensPerFrame,
      threads: options.threads,
      sharesCpu: options.sharesCpu,
      replaces: options.steerable ?? true,
    });
    const cache = new StreamCache(context, model, protocol);
    await using opening = new AsyncDisposableStack();
    const session = opening.use(new StreamingSession(manifest, model, cache, protocol, judge, options));
    await session.#begin();
    opening.move();
    return session;
  }

  /** Decode calls and tokens fed so far. */
  get counters(): LanguageContext['counters'] {
    return this.#cache.counters;
  }

  get spans(): readonly Span[] {
    return this.#cache.spans;
  }

  /** Cells of the cache in use. */
  get length(): number {
    return this.#cache.length;
  }

  /**
   * Shows frames to the model, in order, and yields one decision for each. A question asked meanwhile is answered
   * between two decisions.
   */
  async *see(frames: readonly SessionFrame[]): AsyncGenerator<Decision> {
    let next = 0;
    while (next < frames.length) {
      const decisions = await this.#turns.run(() => this.#step(frames.slice(next, next + this.#stride)));
      next += decisions.length;
      yield* decisions;
    }
  }

  /**
   * Asks a question now, about everything seen so far; also before the first frame and while a reply is written.
   * Undefined: the model does not understand it, and was not asked. @throws OnlookerError `usage` when it is too long
   * `closeUp` [tokensPerFrame x tokenWidth]: a closer look at the newest frame, which is shown for this question only.
   */
  async ask(question: string, t: number, closeUp?: Float32Array): Promise<string | undefined> {
    const { length } = this.#protocol.words(question);
    if (length > queryCap) {
      throw new OnlookerError(
        'usage',
        `The question has ${length} tokens; at most ${queryCap} fit. Ask it in fewer words.`,
      );
    }
    const heard = this.#understanding.question(question);
    if (heard === undefined) return undefined;
    return this.#turns.run(() => this.#answer({ question, heard }, t, closeUp));
  }

  /** What can be asked and told. */
  get understanding(): Understanding {
    return this.#understanding;
  }

  /** Forgets a span of media time: its frames and replies leave the cache, and so every later snapshot. */
  forget(from: number, to: number): Promise<void> {
    return this.#turns.run(async () => {
      await this.#cache.evict(spansWithin(this.#cache.ledger, from, to));
      this.#policy.forget(from, to);
    });
  }

  /**
   * Changes how it decides, from the next frame on. A new instruction takes the old one's place at the beginning; what
   * was seen and said behind it stays.
   */
  change({ instruction, theta, chattiness }: SessionChange): Promise<void> {
    return this.#turns.run(async () => {
      if (theta !== undefined) this.#theta = theta ?? this.#own.theta;
      if (chattiness !== undefined) this.#chattiness = chattiness;
      this.#policy.change(this.#theta, this.#chattiness);
      const wanted = instruction === null ? this.#own.instruction : (instruction ?? this.#instruction);
      if (wanted !== this.#instruction) await this.#instruct(wanted);
    });
  }

  /** The whole session: `cache` holds the KV cache, `state` everything else. */
  save(): Promise<{ state: SessionState; cache: Uint8Array }> {
    return this.#turns.run(async () => {
      const { spans, cache } = await this.#cache.save();
      return { state: { instruction: this.#instruction, spans, policy: this.#policy.state }, cache };
    });
  }

  /**
   * Puts a saved session in this one's place; it then decides as the saved one would have. After an error this one is
   * of no use any more. @throws OnlookerError `snapshot-unusable`
   */
  restore(saved: { state: SessionState; cache: Uint8Array }): Promise<void> {
    return this.#turns.run(async () => {
      const { instruction, spans } = saved.state;
      const standing = this.#protocol.instruction(this.#inStream(instruction)).length;
      checkSpans(spans, { protocol: this.#protocol, instruction: standing, marks: this.#marks });
      await this.#cache.restore({ spans, cache: saved.cache });
      this.#instruction = instruction;
      this.#policy.restore(saved.state.policy);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns.run(async () => {
      await this.#judge?.[Symbol.asyncDispose]();
      await this.#cache[Symbol.asyncDispose]();
    });
  }

  /** What is judged from now on; in the stream it changes only what stands there in its place. */
  async #instruct(instruction: string): Promise<void> {
    const standing = this.#inStream(instruction);
    const language = languageOf(standing);
    if (standing !== this.#inStream(this.#instruction)) {
      if (this.#judge && language !== this.#language) await this.#tellIn(language, standing);
      else await this.#stand(this.#standing(instruction));
    }
    this.#instruction = instruction;
  }

  /** Puts another instruction in the old one's place in the stream; frames and replies behind it stay and are re-indexed. */
  async #stand(tokens: Int32Array): Promise<void> {
    if (!this.#cache.hasRoom(tokens.length)) await this.#makeRoom();
    const place = this.#cache.spans.findIndex(({ kind }) => kind === 'instruction');
    await this.#cache.replace(place, tokens);
  }

  /**
   * What stands in the stream for an instruction. Prompt, instruction and one frame have to fit the window, because they
   * are never evicted. @throws OnlookerError `usage`, or `bundle-invalid` when even the bundle's own does not fit
   */
  #standing(instruction: string): Int32Array {
    const protocol = this.#protocol;
    const tokens = protocol.instruction(this.#inStream(instruction));
    const most = this.#marks.high - protocol.system.length - protocol.tokensPerFrame - protocol.separator.length;
    if (tokens.length <= most) return tokens;
    if (this.#judge || instruction === this.#own.instruction) {
      const what = `window.high (${this.#marks.high}) has no room for the prompt, the instruction and a frame`;
      throw new OnlookerError('bundle-invalid', `bundle.json: ${what}. Install the bundle again.`);
    }
    const what = `The instruction has ${tokens.length} tokens; at most ${Math.max(0, most)} fit`;
    throw new OnlookerError('usage', `${what}. Say it in fewer words.`);
  }

  /** The instruction that the stream is under. */
  #inStream(instruction: string): string {
    const heard = this.#heard(instruction);
    return this.#judge?.inStream(heard) ?? heard;
  }

  /** What the model is told in place of an instruction. One that it does not understand is to tell everything. */
  #heard(instruction: string): string {
    if (instruction === this.#own.instruction) return instruction;
    const everything = this.#judge?.everything(languageOf(instruction)) ?? this.#own.instruction;
    return this.#understanding.instruction(instruction) ?? everything;
  }

  /** The language of narrations. */
  get #language(): WrittenLanguage {
    return languageOf(this.#inStream(this.#instruction));
  }

  /** Comes down to the low-water mark. */
  async #makeRoom(): Promise<void> {
    await this.#cache.evict(planEviction(this.#cache.ledger, this.#marks));
  }

  async #begin(): Promise<void> {
    const standing = this.#standing(this.#instruction); // refused before anything is fed
    await this.#cache.feed('system', 0, this.#protocol.system);
    await this.#cache.feed('instruction', 0, standing);
  }

  /**
   * Silent-frame batching: decodes as many of `frames` as fit the window in one call and walks their decisions in
   * order. If one speaks, the frames behind it leave the cache, and the caller brings them again behind the reply: the
   * result is that of one frame at a time, but each weight is read once for all of them.
   */
  async #step(frames: readonly SessionFrame[]): Promise<Decision[]> {
    const { tokensPerFrame, silence } = this.#protocol;
    const cost = tokensPerFrame + this.#protocol.separator.length;
    if (this.#cache.length + cost > this.#marks.high) await this.#makeRoom();
    const fitting = Math.max(1, Math.floor((this.#marks.high - this.#cache.length) / cost));
    const fed = frames.slice(0, fitting);
    await this.#cache.feedFrames(fed);

    // Logits are gone with the next decode, so every probability is read before anything is said.
    const pSilent = fed.map((_, i) => this.#cache.probability((i + 1) * tokensPerFrame - 1, silence));
    const decidedAt = performance.now();
    const decisions: Decision[] = [];
    this.#stride = Math.min(this.#batch, 2 * this.#stride);
    for (const [i, { index, t }] of fed.entries()) {
      const p = pSilent[i]!;
      const reason = this.#policy.decide(t, p);
      if (reason !== 'spoke') {
        decisions.push({ index, t, pSilent: p, reason, text: undefined, decidedAt, saidAt: decidedAt });
        continue;
      }
      await this.#cache.dropLast(fed.length - 1 - i);
      this.#stride = Math.min(this.#batch, cautiousStride);
      const narrated = await this.#narrate(t);
      decisions.push({ index, t, pSilent: p, ...narrated, decidedAt, saidAt: performance.now() });
      break;
    }
    return decisions;
  }

  /**
   * Forces the speak transition (argmax may be neither silence nor speech) and writes a narration. A repeat leaves nothing
   * behind. What the instruction does not ask for is kept in mind: in its stream the model is to tell everything.
   */
  async #narrate(t: number): Promise<Pick<Decision, 'reason' | 'text' | 'quotation'>> {
    const own = await this.#reply('narration', t, this.#language, (begun) => {
      if (this.#isSure(t, begun)) this.#onWords?.({ type: 'speaking', of: 'narration', t, text: begun });
    });
    const { sentence: text, quotation } =
      own === '' || !this.#read ? { sentence: own, quotation: undefined } : await this.#read(t, own);
    if (text !== own) await this.#saidInstead(t, text);
    if (text === '' || this.#policy.isRepeat(t, text)) {
      await this.#cache.dropLast(1);
      this.#policy.narrated(t, null);
      this.#onWords?.({ type: 'unsaid', t });
      return { reason: 'repeat', text: undefined };
    }
    if (this.#judge && !(await this.#judge.asksFor(this.#heard(this.#instruction), text))) {
      return { reason: 'withheld', text: undefined };
    }
    this.#policy.narrated(t, text);
    return { reason: 'spoke', text, quotation };
  }

  /** Puts another sentence in the place of the narration that was just written. */
  async #saidInstead(t: number, sentence: string): Promise<void> {
    await this.#cache.dropLast(1);
    await this.#feedNarration(t, sentence);
  }

  async #feedNarration(t: number, sentence: string): Promise<void> {
    const transition = this.#protocol.transition(this.#cache.last?.kind, 'narration');
    const reply = [...transition, ...this.#protocol.words(sentence), this.#protocol.endOfReply];
    await this.#cache.feed('narration', t, Int32Array.from(reply));
  }

  async #answer({ question, heard }: Asked, t: number, closeUp: Float32Array | undefined): Promise<string> {
    const words = this.#protocol.words(heard);
    const looked = closeUp ? this.#protocol.tokensPerFrame : 0;
    if (!this.#cache.hasRoom(looked + words.length + this.#replyCap + 16)) await this.#makeRoom();
    const language = languageOf(question);
    const standing = language === this.#language ? undefined : this.#judge?.everything(language);
    const exchange = () => this.#exchange(question, words, t, closeUp);
    if (standing === undefined) return exchange();
    return this.#cache.aside(async () => {
      await this.#tellIn(language, standing);
      return exchange();
    });
  }

  /**
   * A question and its answer. They stay in the context, unless they are in another language than the narrations: these
   * would be told in that language from then on. The closer look always goes.
   */
  async #exchange(question: string, words: Int32Array, t: number, closeUp: Float32Array | undefined): Promise<string> {
    const language = languageOf(question);
    const first = this.#cache.spans.length;
    if (closeUp) await this.#cache.feedFrames([{ index: -1, t, tokens: closeUp }]);
    const behindLook = this.#cache.spans.length;
    const transition = this.#protocol.transition(this.#cache.last?.kind, 'query');
    await this.#cache.feed('query', t, Int32Array.from([...transition, ...words]));
    const answer = await this.#reply('answer', t, language, (text) =>
      this.#onWords?.({ type: 'speaking', of: 'answer', t, query: question, text }),
    );
    const before = language === this.#language ? behindLook : this.#cache.spans.length;
    await this.#cache.evict(new Set(Array.from({ length: before - first }, (_, i) => first + i)));
    return answer;
  }

  /**
   * Goes on in another language, under the instruction `standing`. All that was said leaves the context, because the
   * model goes on in the language in which it was said; the last narrations are told anew from their own frames.
   */
  async #tellIn(language: WrittenLanguage, standing: string): Promise<void> {
    const times = this.#cache.spans.filter(({ kind }) => kind === 'narration').map(({ t }) => t);
    const isSaid = ({ kind }: Span) => kind === 'narration' || kind === 'query' || kind === 'answer';
    await this.#cache.evict(new Set(this.#cache.spans.flatMap((span, i) => (isSaid(span) ? [i] : []))));
    await this.#stand(this.#standing(standing));
    const retold = await this.#cache.aside(async () => {
      const told: { readonly t: number; readonly text: string }[] = [];
      // The newest first: what lies behind a frame is only in the way of those before it.
      for (const t of times.slice(-mostRetold).reverse()) {
        const frame = this.#cache.spans.findLastIndex((span) => span.kind === 'frame' && span.t <= t);
        if (frame < 0) break;
        await this.#cache.dropLast(this.#cache.spans.length - 1 - frame);
        told.unshift({ t, text: await this.#reply('narration', t, language) });
      }
      return told;
    });
    for (const { t, text } of retold) await this.#feedNarration(t, text);
  }

  /**
   * Greedy decoding, token by token, until the end of the reply or the cap; the end is always fed. `onText` gets the
   * text so far after each token.
   */
  async #reply(
    kind: 'narration' | 'answer',
    t: number,
    language: WrittenLanguage,
    onText: (text: string) => void = () => {},
  ): Promise<string> {
    const { endOfReply, separator, silence } = this.#protocol;
    const foreign = this.#scripts.foreignTo(language);
    const notFirst = new Set([...foreign, silence]);
    // Silence cannot begin a reply. Further on it is no word at all, or, where it separates frames, a comma like any other.
    const excluded = separator.length > 0 ? foreign : notFirst;
    const transition = this.#protocol.transition(this.#cache.last?.kind, kind);
    await this.#cache.feed(kind, t, transition);
    const said: number[] = [];
    let token = this.#cache.argmax(transition.length - 1, notFirst);
    while (token !== endOfReply && said.length < this.#replyCap) {
      said.push(token);
      onText(wholeCharacters(this.#model.detokenize(said)));
      await this.#cache.extend(token);
      token = this.#cache.argmax(0, excluded);
    }
    await this.#cache.extend(endOfReply);
    return this.#model.detokenize(said).trim();
  }

  /**
   * Whether a narration that begins like this will be said. Words that may have to be taken back are not shown: a repeat
   * not before it differs, what is still to be judged not at all.
   */
  #isSure(t: number, begun: string): boolean {
    return !this.#judge?.isNeeded(this.#heard(this.#instruction)) && !this.#policy.mayRepeat(t, begun);
  }
}

/** Without the last character while bytes of it are missing. */
function wholeCharacters(text: string): string {
  return text.replace(/\uFFFD+$/, '').trim();
}
