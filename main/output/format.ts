import { visible } from '../base/terminal.ts';
import type { LiveEvent } from '../live/events.ts';

/**
 * One text format, apart from any disk: what to append to a file for each event. Whatever has been appended so far,
 * followed by `end()`, is a complete and valid file at every moment.
 */
export interface Format {
  /** Text to append because of this event; '' for none. */
  on(event: LiveEvent): string;
  /** Text still held back, to append when the file is closed. */
  end(): string;
}

/** JSON Lines: every event as it is (docs/events.md). */
export function jsonLines(): Format {
  return { on: (event) => `${visible(JSON.stringify(event))}\n`, end: () => '' };
}
