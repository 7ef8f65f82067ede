/**
 * Reading narrations back. Everything a desktop narrator of this project says follows one grammar
 * (native-models/desk-world/vocabulary.json): each kind of event has one sentence, in which `{name}` stands for the name
 * of a subject and `{A}` for "A" or "An" before it:
 *
 *     sentence = "{A} {name} opened." | "The {name} was closed." | ... | "The screen came back."
 *     name     = "terminal" | "text editor" | ... | "error dialog" | ...
 *
 * So a sentence stands for one pair of kind and subject, and two sentences can be compared by meaning. Case, white space
 * and the full stop do not count; "A" and "An" are the same. A sentence outside the grammar has no meaning here. Korean
 * works the same way; there a particle such as `{이/가}` takes the form that the sound before it asks for.
 *
 * In either language a sentence may end in a quotation of what was read on the screen, which is no part of its meaning:
 *
 *     quoted = sentence without its full stop, ': "', what was read, '".'
 */
import vocabulary from '../../native-models/desk-world/vocabulary.json' with { type: 'json' };

export type Kind = keyof typeof vocabulary.kinds;
export type Subject = keyof typeof vocabulary.names;

export interface Meaning {
  readonly kind: Kind;
  /** null for kinds that have none. */
  readonly subject: Subject | null;
}

/** Every sentence of the grammar, normalised, and what it means. */
const meanings = new Map<string, Meaning>();
for (const [kind, { subject, sentence }] of Object.entries(vocabulary.kinds)) {
  const subjects = subject === null ? [null] : vocabulary.subjects[subject as keyof typeof vocabulary.subjects];
  for (const one of subjects as (Subject | null)[]) {
    const meaning = { kind: kind as Kind, subject: one };
    const { en, ko } = one === null ? { en: '', ko: '' } : vocabulary.names[one];
    meanings.set(normalise(sentence.en.replace('{A}', 'A').replace('{name}', en)), meaning);
    meanings.set(normalise(withParticles(sentence.ko.replace('{name}', ko))), meaning);
  }
}

/** All kinds of event, in the order of the vocabulary. */
export const kinds = Object.keys(vocabulary.kinds) as Kind[];

/** Whether events of a kind happen to something: to an application or a dialog. */
export function hasSubject(kind: Kind): boolean {
  return vocabulary.kinds[kind].subject !== null;
}

/** What a sentence means, with or without a quotation; undefined when it is not one of the grammar's. */
export function readSentence(text: string): Meaning | undefined {
  return meanings.get(normalise(withoutQuotation(text)));
}

/** Drops a quotation: all from the first colon on that an opening quotation mark follows. */
export function withoutQuotation(text: string): string {
  return text.replace(/\s*[:：]\s*["“„«「『].*$/s, '');
}

/** 1: kind and subject are the same; 0.6: the kind is; 0: neither, or one of the two has no meaning. */
export function similarity(a: Meaning | undefined, b: Meaning | undefined): number {
  if (a === undefined || b === undefined || a.kind !== b.kind) return 0;
  return a.subject === b.subject ? 1 : 0.6;
}

/** "문서{이/가}" to "문서가": the first form follows a final consonant, the second a vowel. */
function withParticles(text: string): string {
  return text.replace(/(.)\{(.)\/(.)\}/g, (_, before: string, closed: string, open: string) => {
    const final = (before.charCodeAt(0) - 0xac00) % 28; // how a Hangul syllable is composed: Unicode 3.12
    return before + (final > 0 ? closed : open);
  });
}

/** Without what does not count: case, white space, the full stop, "an" for "a". */
export function normalise(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, ' ').replace(/^an /, 'a ').replace(/\.$/, '');
}
