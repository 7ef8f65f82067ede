import vocabulary from '../vocabulary.json' with { type: 'json' };

export type AppSubject =
  | 'terminal'
  | 'editor'
  | 'browser'
  | 'files'
  | 'document'
  | 'spreadsheet'
  | 'presentation'
  | 'image'
  | 'video'
  | 'chat'
  | 'mail'
  | 'settings'
  | 'other';
export type DialogSubject = 'error' | 'warning' | 'info' | 'question' | 'file';
export type Kind = keyof typeof vocabulary.kinds;

/** One line of `annotations.jsonl`; `t` is the media time, in seconds, of the first frame that shows it. */
export interface Annotation {
  readonly video: string;
  readonly t: number;
  readonly kind: Kind;
  readonly subject: AppSubject | DialogSubject | null;
  readonly text: string;
}

export function annotate(video: string, t: number, kind: Kind, subject: AppSubject | DialogSubject | null): Annotation {
  const name = subject === null ? '' : vocabulary.names[subject];
  const article = /^[aeiou]/.test(name) ? 'An' : 'A';
  const text = vocabulary.kinds[kind].sentence.replace('{A}', article).replace('{name}', name);
  return { video, t: Math.round(t * 100) / 100, kind, subject, text };
}
