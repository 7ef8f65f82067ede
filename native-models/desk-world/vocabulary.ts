/** The words of desk-world, read from `vocabulary.json`: what can happen, to what, and the sentence that says so. */
import vocabulary from './vocabulary.json' with { type: 'json' };

export type EventKind = keyof typeof vocabulary.kinds;

export const KINDS = Object.keys(vocabulary.kinds) as EventKind[];

export const APPS = [
  'terminal',
  'editor',
  'browser',
  'files',
  'document',
  'spreadsheet',
  'presentation',
  'image',
  'video',
  'chat',
  'mail',
  'settings',
  'other',
] as const;
export type App = (typeof APPS)[number];

export const DIALOGS = ['error', 'warning', 'info', 'question', 'file'] as const;
export type DialogKind = (typeof DIALOGS)[number];

export type Subject = App | DialogKind;

/** What a subject is called in an English sentence, such as "web browser". */
export const nameOf = (subject: Subject): string => vocabulary.names[subject].en;

export const article = (name: string): string => (/^[aeiou]/.test(name) ? 'an' : 'a');

/** The English sentence for an event; `subject` is null exactly for the kinds that have none. */
export function sentence(kind: EventKind, subject: Subject | null): string {
  const template = vocabulary.kinds[kind].sentence.en;
  if (subject === null) return template;
  const name = nameOf(subject);
  return template.replace('{A}', article(name) === 'an' ? 'An' : 'A').replace('{name}', name);
}
