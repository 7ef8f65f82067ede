/**
 * Text to token ids as a bundle's `tokenizer.json` says: byte-level BPE, cut into words the way GPT-2 does. The language
 * model's own vocabulary need not be the text tower's, and loading a language model to read one line would be slow.
 */
import { z } from 'zod';
import { OnlookerError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { readWhole } from '../base/read-whole.ts';

/** Most bytes of the file: that of CLIP, with 49,000 tokens, has 2.2 million. */
const mostBytes = 2 ** 24;

/** The part of Hugging Face's format that such a tokenizer uses. Any other kind is refused, not guessed at. */
const tokenizerFile = z.object({
  normalizer: z.null(),
  pre_tokenizer: z.object({ type: z.literal('ByteLevel'), add_prefix_space: z.literal(false) }),
  post_processor: z.null(),
  model: z.object({
    type: z.literal('BPE'),
    vocab: z.custom<Readonly<Record<string, number>>>(isVocabulary),
    merges: z.custom<readonly (string | readonly [string, string])[]>(areMerges),
  }),
});

/** Contractions, words, numbers, other signs (each with a space in front), spaces. */
const words =
  /'(?:[stmd]|re|ve|ll)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

export class ByteLevelBpe {
  readonly #ids: ReadonlyMap<string, number>;
  /** Place of a merge among all, by the two parts with a space between: the first one is made first. */
  readonly #merges: ReadonlyMap<string, number>;
  readonly #letters = byteLetters();

  /** @throws OnlookerError `bundle-corrupt` when it is not such a file */
  static async open(path: string): Promise<ByteLevelBpe> {
    try {
      return new ByteLevelBpe(tokenizerFile.parse(parseJson((await readWhole(path, mostBytes)).toString('utf8'))));
    } catch (cause) {
      const message = `${path} is not a byte-level BPE tokenizer. Install the bundle again.`;
      throw new OnlookerError('bundle-corrupt', message, { cause });
    }
  }

  private constructor({ model }: z.infer<typeof tokenizerFile>) {
    this.#ids = new Map(Object.entries(model.vocab));
    const pairs = model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
    this.#merges = new Map(pairs.map((pair, place) => [pair, place]));
  }

  /** Special tokens in `text` are only text. */
  encode(text: string): number[] {
    return (text.match(words) ?? []).flatMap((word) => this.#encodeWord(word));
  }

  #encodeWord(word: string): number[] {
    const parts = Array.from(Buffer.from(word), (byte) => this.#letters[byte]!);
    for (let at = this.#firstMerge(parts); at >= 0; at = this.#firstMerge(parts)) {
      parts.splice(at, 2, parts[at]! + parts[at + 1]!);
    }
    return parts.flatMap((part) => this.#ids.get(part) ?? []);
  }

  /** Where the merge that comes first among all can be made; -1 when none can. */
  #firstMerge(parts: readonly string[]): number {
    let best = Number.POSITIVE_INFINITY;
    let found = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const place = this.#merges.get(`${parts[i]} ${parts[i + 1]}`) ?? Number.POSITIVE_INFINITY;
      if (place < best) {
        best = place;
        found = i;
      }
    }
    return found;
  }
}

/** The letter that stands for each byte: itself if it can be printed, else one from U+0100 on. */
function byteLetters(): string[] {
  let next = 256;
  const printed = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printed(byte) ? byte : next++));
}

/** Not a schema of its own: for a million tokens that takes half a minute. */
function isVocabulary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const ids = new Map(Object.entries(value));
  return (
    byteLetters().every((letter) => ids.has(letter)) && ids.values().every((id) => Number.isInteger(id) && id >= 0)
  );
}

function areMerges(value: unknown): boolean {
  const isText = (part: unknown) => typeof part === 'string';
  const isPair = (merge: unknown) => Array.isArray(merge) && merge.length === 2 && merge.every(isText);
  return Array.isArray(value) && value.every((merge) => isText(merge) || isPair(merge));
}
