import { type EventKind, type Subject, sentence } from '../vocabulary.ts';

/** One line of `annotations.jsonl`; `t` is the media time, in seconds, of the first frame that shows it. */
export interface Annotation {
  readonly video: string;
  readonly t: number;
  readonly kind: EventKind;
  readonly subject: Subject | null;
  readonly text: string;
}

export function annotate(video: string, t: number, kind: EventKind, subject: Subject | null): Annotation {
  return { video, t: Math.round(t * 100) / 100, kind, subject, text: sentence(kind, subject) };
}
