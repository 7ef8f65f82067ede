import type { Seen } from '../memory/ask.ts';
import { oneLine } from './clean-text.ts';
import { localClock, localDay, shortTime } from './clock.ts';

/** What was seen, as one line of plain text. */
export function statement({ text }: Seen): string {
  return oneLine(text);
}

/** Where and when, in brackets. The time is one that `--since` takes. */
export function place({ at, source, t }: Seen): string {
  return `[${localDay(at)} ${localClock(at, { seconds: true })}, ${oneLine(source)} at ${shortTime(t)}]`;
}
