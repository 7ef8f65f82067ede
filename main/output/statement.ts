import { localClock, localDay, shortTime } from '../base/clock.ts';
import type { Seen } from '../memory/find/ask.ts';
import { oneLine } from './clean-text.ts';

/** What was seen, as one line of plain text. */
export function statement({ text }: Seen): string {
  return oneLine(text);
}

/** Where and when, in brackets. The time is one that `--since` takes. */
export function place({ at, source, t }: Seen): string {
  return `[${localDay(at)} ${localClock(at, { seconds: true })}, ${oneLine(source)} at ${shortTime(t)}]`;
}
