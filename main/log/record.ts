import { channel } from 'node:diagnostics_channel';
import type { LogEvent, LogFields } from './events.ts';

/** Carries what is recorded on this thread to the log, where one is open (`open-log.ts`). */
export const recorded = channel('onlooker.log');

export interface Recorded {
  readonly event: LogEvent;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Notes an event of the closed list (`events.ts`) in the log. Costs nothing where no log is open. Never throws. */
export function record<Event extends LogEvent>(event: Event, fields: LogFields<Event>): void {
  if (recorded.hasSubscribers) recorded.publish({ event, fields } satisfies Recorded);
}

/** Whether a log is open, for whoever would have to count for it. */
export function isRecorded(): boolean {
  return recorded.hasSubscribers;
}
