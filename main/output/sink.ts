import type { LiveEvent } from '../live/events.ts';

/** One place that events are written to. After `close` it is complete, however early that came. */
export interface Sink {
  readonly path: string;
  write(event: LiveEvent): Promise<void>;
  close(): Promise<void>;
}
