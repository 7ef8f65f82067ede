/**
 * The sentences of a bundle whose narrations are a fixed set (`sentences` in bundle.json), read and written: each stands
 * for a kind of event and, for most kinds, the subject that it happened to.
 */
import type { BundleManifest } from '../bundle/manifest.ts';

type Sentences = NonNullable<BundleManifest['sentences']>;

export interface Meaning {
  /** A key of `sentences.kinds`. */
  readonly kind: string;
  /** A key of `sentences.names`; null for kinds that have no subject. */
  readonly subject: string | null;
  /** Tag of the language in which it was said. */
  readonly language: string;
}

export class NarrationGrammar {
  readonly #sentences: Sentences;
  readonly #meanings = new Map<string, Meaning>();

  constructor(sentences: Sentences) {
    this.#sentences = sentences;
    for (const [kind, { subject: group, sentence }] of Object.entries(sentences.kinds)) {
      const subjects = group === null ? [null] : (sentences.subjects[group] ?? []);
      for (const language of Object.keys(sentence)) {
        for (const subject of subjects) {
          const meaning = { kind, subject, language };
          this.#meanings.set(normalise(this.sentence(meaning)), meaning);
        }
      }
    }
  }

  /** Undefined for a text that is none of the sentences (see `normalise`). */
  meaning(text: string): Meaning | undefined {
    return this.#meanings.get(normalise(text));
  }

  /** What is said of it; '' where the bundle has no words for it. */
  sentence({ kind, subject, language }: Meaning): string {
    const sentence = this.#sentences.kinds[kind]?.sentence[language] ?? '';
    const name = subject === null ? '' : (this.#sentences.names[subject]?.[language] ?? '');
    const article = /^[aeiou]/i.test(name) ? 'An' : 'A';
    return withParticles(sentence.replace('{A}', article).replace('{name}', () => name));
  }

  /** Whether such an event can happen to that subject. */
  takes(kind: string, subject: string): boolean {
    const group = this.#sentences.kinds[kind]?.subject;
    return group != null && (this.#sentences.subjects[group]?.includes(subject) ?? false);
  }

  /** Whether such an event happens to nothing in particular. */
  isWithoutSubject(kind: string): boolean {
    return this.#sentences.kinds[kind]?.subject === null;
  }
}

/** Without what does not count: case, white space, the full stop, "an" for "a". */
export function normalise(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, ' ').replace(/^an /, 'a ').replace(/\.$/, '');
}

/** "문서{이/가}" to "문서가": the first form follows a final consonant, the second a vowel. */
function withParticles(text: string): string {
  return text.replace(/(.)\{(.)\/(.)\}/g, (_, before: string, closed: string, open: string) => {
    const final = (before.charCodeAt(0) - 0xac00) % 28; // how a Hangul syllable is composed: Unicode 3.12
    return before + (final > 0 ? closed : open);
  });
}
