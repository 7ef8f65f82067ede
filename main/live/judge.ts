/**
 * Standing instructions for a small model. Whether a change of the picture is one that "only errors" asks for, a decoder
 * of three layers does not learn; whether a sentence is, it does (docs/decisions.md). So its stream is always told to
 * tell everything, and what it would say is judged by the instruction afterwards: both alone, in a context of their own.
 */

import { languageOf } from '../base/languages.ts';
import type { BundleManifest } from '../bundle/manifest.ts';
import type { LanguageContext, LanguageModel } from '../llama/types.ts';
import { type FrameProtocol, singleToken } from './protocol.ts';

/** Cells of its context: an instruction and a sentence. */
const capacity = 512;

interface Parts {
  readonly protocol: FrameProtocol;
  readonly openContext: () => Promise<LanguageContext>;
  /** The instruction that needs no judge. */
  readonly usual: string;
  /** Instructions to tell everything, by language. */
  readonly everything: Readonly<Record<string, string>>;
  /** Tokens that stand for a verdict. */
  readonly said: number;
  readonly withheld: number;
}

export class Judge implements AsyncDisposable {
  readonly #parts: Parts;
  /** Opened with the first sentence that is to be judged: most streams have none. */
  #context: Promise<LanguageContext> | undefined;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Undefined where the bundle wants none: its model follows instructions in the stream. @throws `bundle-invalid` */
  static of(
    { instruction: { judge, default: usual } }: BundleManifest,
    model: LanguageModel,
    protocol: FrameProtocol,
    threads: number | undefined,
  ): Judge | undefined {
    if (!judge) return undefined;
    return new Judge({
      protocol,
      openContext: () => model.openContext({ capacity, threads }),
      usual,
      everything: judge.everything,
      said: singleToken(model, judge.said, 'what is to be said'),
      withheld: singleToken(model, judge.withheld, 'what is withheld'),
    });
  }

  /** Whether sentences are judged by this instruction; by one to tell everything they are all said. */
  isNeeded(instruction: string): boolean {
    const { usual, everything } = this.#parts;
    return instruction !== usual && !Object.values(everything).includes(instruction);
  }

  /** The instruction to tell everything in that language; undefined where the bundle has none. */
  everything(language: string): string | undefined {
    return this.#parts.everything[language];
  }

  /** What stands in the stream in this instruction's place. */
  inStream(instruction: string): string {
    if (!this.isNeeded(instruction)) return instruction;
    return this.everything(languageOf(instruction)) ?? this.everything('en') ?? this.#parts.usual;
  }

  /** Whether such a sentence is asked for; true as well where the two are too long to be compared. */
  async asksFor(instruction: string, sentence: string): Promise<boolean> {
    if (!this.isNeeded(instruction)) return true;
    const { protocol, openContext, said, withheld } = this.#parts;
    const opening = [...protocol.system, ...protocol.instruction(instruction)];
    const reply = [...protocol.transition('frame', 'narration'), ...protocol.words(sentence)];
    const tokens = Int32Array.from([...opening, ...reply]);
    if (tokens.length > capacity) return true;
    const last = tokens.length - 1;
    this.#context ??= openContext();
    const context = await this.#context;
    try {
      await context.decodeTokens(tokens, 0, [last]);
      return context.probability(last, said) >= context.probability(last, withheld);
    } finally {
      await context.clear(); // what is to be forgotten is not in here
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const context = await this.#context?.catch(() => undefined); // who asked for it was told why it could not be opened
    await context?.[Symbol.asyncDispose]();
  }
}
