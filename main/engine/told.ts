/**
 * Nothing twice, nothing left out: what a run that goes on from a snapshot may tell. A snapshot is always a little older
 * than the last event, so the first frames behind it are decided a second time, and the same is said on them. An event is
 * told only if it comes after the last one that was: a later frame, or on the same frame a later kind. Answers were asked
 * for by somebody who waits for them, and the start, a gap or a failure belongs to the run that has it: these are always
 * told.
 */
import { z } from 'zod';
import type { EngineEvent } from './engine.ts';

/** The last frame that was told, and whether what was said on it was told as well. */
export const told = z.strictObject({ t: z.number(), said: z.boolean() });
export type Told = Readonly<z.infer<typeof told>>;

export function toldBefore(event: EngineEvent, last: Told | undefined): boolean {
  if (!last) return false;
  switch (event.type) {
    case 'frame':
      return event.t <= last.t;
    case 'narration':
    case 'unsaid':
      return event.t < last.t || (event.t === last.t && last.said);
    case 'speaking':
      return event.of === 'narration' && (event.t < last.t || (event.t === last.t && last.said));
    default:
      return false;
  }
}

/** What has been told once `event` is. */
export function nowTold(event: EngineEvent, before: Told | undefined): Told | undefined {
  if (event.type === 'frame') return { t: event.t, said: false };
  if (event.type === 'narration') return { t: event.t, said: true };
  return before;
}
