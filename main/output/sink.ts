import type { LiveEvent } from '../live/events.ts';

/** One place that events are written to. After `close` it is complete, however early that came. */
export interface Sink {
  readonly path: string;
  write(event: LiveEvent): Promise<void>;
  close(): Promise<void>;
}

/** What the writers need to know about the run. */
export interface OutputContext {
  /** The source as the user typed it. */
  readonly source: string;
  /** Seconds of media time asked for; default to the end. */
  readonly duration?: number;
  /** Whether the run goes on from a snapshot: a file with content from before is then refused, not replaced. */
  readonly resumed?: boolean;
  /** Told what a person should know meanwhile: slow work at the end, a format that had to be changed. */
  readonly notify?: (line: string) => void;
}
