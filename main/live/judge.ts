/**
 * Standing instructions for a small model. Whether a change of the picture is one that "only errors" asks for, a decoder
 * of three layers does not learn; whether a sentence is, it does (docs/decisions.md). So its stream is always told to
 * tell everything, and what it would say is judged by the instruction afterwards: both alone, in a context of their own.
 */
import type { BundleManifest } from '../bundle/manifest.ts';
import type { LanguageContext, LanguageModel } from '../llama/types.ts';
import { type FrameProtocol, singleToken } from './protocol.ts';

/** Cells of its context: an instruction and a sentence. */
const capacity = 512;

interface Parts {
  readonly protocol: FrameProtocol;
  readonly context: LanguageContext;
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

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Undefined where the bundle wants none: its model follows instructions in the stream. @throws `bundle-invalid` */
  static async open(
    { instruction: { judge, default: usual } }: BundleManifest,
    model: LanguageModel,
    protocol: FrameProtocol,
    threads: number | undefined,
  ): Promise<Judge | undefined> {
    if (!judge) return undefined;
    const said = singleToken(model, judge.said, 'what is to be said');
    const withheld = singleToken(model, judge.withheld, 'what is withheld');
    const context = await model.openContext({ capacity, threads });
    return new Judge({ protocol, context, usual, everything: judge.everything, said, withheld });
  }

  /** What stands in the stream in this instruction's place. */
  inStream(instruction: string): string {
    const { usual, everything } = this.#parts;
    if (instruction === usual) return usual;
    return everything[/\p{Script=Hangul}/u.test(instruction) ? 'ko' : 'en'] ?? usual;
  }

  /** Whether such a sentence is asked for; true as well where the two are too long to be compared. */
  async asksFor(instruction: string, sentence: string): Promise<boolean> {
    const { protocol, context, usual, said, withheld } = this.#parts;
    if (instruction === usual) return true;
    const opening = [...protocol.system, ...protocol.instruction(instruction)];
    const reply = [...protocol.transition('frame', 'narration'), ...protocol.words(sentence)];
    const tokens = Int32Array.from([...opening, ...reply]);
    if (tokens.length > capacity) return true;
    const last = tokens.length - 1;
    try {
      await context.decodeTokens(tokens, 0, [last]);
      return context.probability(last, said) >= context.probability(last, withheld);
    } finally {
      await context.clear(); // what is to be forgotten is not in here
    }
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#parts.context[Symbol.asyncDispose]();
  }
}
