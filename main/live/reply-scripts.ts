/**
 * A small model answers in the language that most of its context is in. A bundle may name the script of each language it
 * speaks; a reply in one of them is then written without the letters of the others.
 */
import type { BundleManifest } from '../bundle/manifest.ts';
import type { LanguageModel } from '../llama/types.ts';

type Vocabulary = Pick<LanguageModel, 'vocabularySize' | 'piece'>;
type Script = NonNullable<BundleManifest['scripts']>[string];

/** Whether bytes of UTF-8 hold a letter of the script. Tokens may end within a character, so its first byte decides. */
const holds: Readonly<Record<Script, (bytes: Uint8Array) => boolean>> = {
  Latin: (bytes) => bytes.some((byte) => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)),
  // U+A000 to U+DFFF; syllables are U+AC00 to U+D7A3, and nothing else there is used today.
  Hangul: (bytes) => bytes.some((byte) => byte >= 0xea && byte <= 0xed),
};

const none: ReadonlySet<number> = new Set();

export class ReplyScripts {
  readonly #foreign: ReadonlyMap<string, ReadonlySet<number>>;

  constructor({ scripts = {} }: Pick<BundleManifest, 'scripts'>, model: Vocabulary) {
    const used = [...new Set(Object.values(scripts))];
    const tokensOf = new Map(used.map((script) => [script, tokensWith(holds[script], model)]));
    this.#foreign = new Map(
      Object.entries(scripts).map(([language, own]) => {
        const others = used.filter((script) => script !== own);
        return [language, new Set(others.flatMap((script) => tokensOf.get(script)!))];
      }),
    );
  }

  /** Tokens that have no place in a reply in that language; none where the bundle does not say. */
  foreignTo(language: string): ReadonlySet<number> {
    return this.#foreign.get(language) ?? none;
  }
}

function tokensWith(isWanted: (bytes: Uint8Array) => boolean, model: Vocabulary): number[] {
  const all = Array.from({ length: model.vocabularySize }, (_, token) => token);
  return all.filter((token) => isWanted(model.piece(token)));
}
