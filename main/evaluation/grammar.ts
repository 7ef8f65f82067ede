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
import { NarrationGrammar } from '../live/narration-grammar.ts';

export type Kind = keyof typeof vocabulary.kinds;
export type Subject = keyof typeof vocabulary.names;

export interface Meaning {
  readonly kind: Kind;
  /** null for kinds that have none. */
  readonly subject: Subject | null;
}

const grammar = new NarrationGrammar(vocabulary);

/** All kinds of event, in the order of the vocabulary. */
export const kinds = Object.keys(vocabulary.kinds) as Kind[];

/** Whether events of a kind happen to something: to an application or a dialog. */
export function hasSubject(kind: Kind): boolean {
  return vocabulary.kinds[kind].subject !== null;
}

/** What a sentence means, with or without a quotation; undefined when it is not one of the grammar's. */
export function readSentence(text: string): Meaning | undefined {
  const meaning = grammar.meaning(withoutQuotation(text));
  return meaning && { kind: meaning.kind as Kind, subject: meaning.subject as Subject | null };
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
