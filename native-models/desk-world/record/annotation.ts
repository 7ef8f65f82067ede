import { worthRepeating } from '../readable.ts';
import { type EventKind, type Subject, sentence } from '../vocabulary.ts';

/** One line of `annotations.jsonl`; `t` is the media time, in seconds, of the first frame that shows it. */
export interface Annotation {
  readonly video: string;
  readonly t: number;
  readonly kind: EventKind;
  readonly subject: Subject | null;
  readonly text: string;
  /** Texts that can be read within three seconds, and that a person would repeat. */
  readonly read?: readonly string[];
}

/** `shown`: texts on the screen that belong to the event; those worth repeating are kept. */
export function annotate(
  video: string,
  t: number,
  kind: EventKind,
  subject: Subject | null,
  shown: readonly string[] = [],
): Annotation {
  const text = sentence(kind, subject);
  const read = worthRepeating(shown, text);
  return { video, t: Math.round(t * 100) / 100, kind, subject, text, ...(read.length > 0 && { read }) };
}
