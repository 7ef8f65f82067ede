/**
 * Reads what the screen says at the moment a narration is made: corrects its subject where a title or a message names
 * another one, and gives what is quoted.
 */
import type { BundleManifest } from '../bundle/manifest.ts';
import type { ScreenPicture } from '../capture/screen-picture.ts';
import { Page } from '../reading/page.ts';
import type { TextReader } from '../reading/reader.ts';
import { type Meaning, NarrationGrammar } from './narration-grammar.ts';
import { type Quotation, quotationOf } from './quotation.ts';
import { closedSubject, isRead, type ReadEvent, readEvent } from './reading-rules.ts';

/** A narration with what was read for it. */
export interface ReadNarration {
  readonly sentence: string;
  readonly quotation: Quotation | undefined;
}

/** Seconds before a narration in which what it tells of began. */
const beganWithin = 2.5;

export interface ScreenReadingOptions {
  /** Milliseconds that a narration waits for its reading. */
  readonly patienceMs: number;
}

export class ScreenReading {
  readonly #grammar: NarrationGrammar;
  readonly #page: Page;
  readonly #patienceMs: number;
  /** Pictures that are not of the past yet: frames are captured ahead of the narration. */
  #ahead: { readonly t: number; readonly picture: ScreenPicture }[] = [];
  /** The subject of the dialog that opened last. */
  #dialog: string | undefined;

  /** @param reader stays the caller's, to be disposed */
  constructor(sentences: NonNullable<BundleManifest['sentences']>, reader: TextReader, options: ScreenReadingOptions) {
    this.#grammar = new NarrationGrammar(sentences);
    this.#page = new Page(reader);
    this.#patienceMs = options.patienceMs;
  }

  /** Takes the picture of a frame that is about to be decided. @param t media time in seconds, never less than before */
  see(t: number, picture: ScreenPicture): void {
    this.#ahead.push({ t, picture });
  }

  /** The stream has come to `t`: pictures up to there are past. */
  reach(t: number): void {
    const past = this.#ahead.filter((one) => one.t <= t);
    this.#ahead = this.#ahead.filter((one) => one.t > t);
    for (const { t: at, picture } of past) this.#page.see(picture, at);
  }

  /** Reads what a narration at `t` is about. Never throws: without a reader it is as the model said it. */
  async read(t: number, sentence: string): Promise<ReadNarration> {
    this.reach(t);
    const said = this.#grammar.meaning(sentence);
    if (said?.kind === 'dialog-closed') return { sentence: this.#dialogClosed(sentence, said), quotation: undefined };
    if (!said || !isRead(said.kind)) return { sentence, quotation: undefined };
    const closes = said.kind === 'app-closed';
    const options = { moving: true, mostMs: this.#patienceMs, went: closes } as const;
    const change = await this.#page.change(t - beganWithin, options);
    if (closes) {
      const closed = { kind: said.kind, subject: closedSubject(change) ?? said.subject };
      return { sentence: this.#worded(said, closed), quotation: undefined };
    }
    const { event, quoted } = readEvent(said, change);
    if (event.kind === 'dialog-opened') this.#dialog = event.subject ?? undefined;
    return { sentence: this.#worded(said, event), quotation: quotationOf(quoted) };
  }

  /** Forgets all pictures and all that was read. */
  forget(): void {
    this.#ahead = [];
    this.#dialog = undefined;
    this.#page.forget();
  }

  /** The dialog that goes away is the one that opened last. */
  #dialogClosed(sentence: string, said: Meaning): string {
    const subject = this.#dialog;
    if (subject === undefined) return sentence;
    this.#dialog = undefined;
    return this.#worded(said, { kind: said.kind, subject });
  }

  /** What is said of an event; of one that the bundle has no words for, what the model said. */
  #worded(said: Meaning, { kind, subject }: ReadEvent): string {
    const isMeant = subject === null ? this.#grammar.isWithoutSubject(kind) : this.#grammar.takes(kind, subject);
    return this.#grammar.sentence(isMeant ? { kind, subject, language: said.language } : said);
  }
}
