import { say } from '../base/terminal.ts';
import type { FinishedEvent, LiveEvent } from '../live/events.ts';
import { readableLine, summary } from '../output/lines.ts';
import { openOutputs } from '../output/outputs.ts';
import type { OutputContext } from '../output/sink.ts';
import { Interrupt, interrupted } from './interrupt.ts';
import { ProgressLine, type ProgressReport } from './progress.ts';
import { describe } from './report.ts';
import { StandardOutput } from './standard-output.ts';

export interface FollowOptions extends Omit<OutputContext, 'notify'> {
  /** What standard output gets: lines for people, or every event. */
  readonly format: 'text' | 'jsonl';
  /** Files to write, their formats by extension. */
  readonly out: readonly string[];
}

/** What a run is started with, so that it can be ended and watched. */
export interface RunHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (report: ProgressReport) => void;
  /** Shows a line for people, apart from the data. */
  readonly notify: (line: string) => void;
}

/**
 * Carries the events of one run to standard output and into files, and returns the exit code. Ctrl-C, and a reader of
 * standard output that went away, end the run early but properly.
 * @throws whatever the run throws, after all files are complete up to there; OnlookerError `usage`, `output-unwritable`
 */
export async function follow(options: FollowOptions, start: (hooks: RunHooks) => AsyncIterable<LiveEvent>) {
  using interrupt = new Interrupt();
  const stdout = new StandardOutput(() => interrupt.stop());
  const progress = new ProgressLine();
  const notify = (line: string) => {
    progress.clear();
    say(line);
  };
  let failureShown = false;
  let end: FinishedEvent | undefined;

  const show = async (event: LiveEvent) => {
    if (event.type === 'finished') end = event;
    if (event.type === 'failed') failureShown = true;
    const line = options.format === 'jsonl' ? JSON.stringify(event) : readableLine(event);
    if (line === undefined) return;
    progress.clear();
    await stdout.line(line);
  };

  try {
    await using outputs = await openOutputs(options.out, { ...options, notify });
    for await (const event of start({ signal: interrupt.signal, onProgress: progress.update, notify })) {
      await outputs.write(event);
      await show(event);
    }
    progress.clear();
    if (end && options.format === 'text') notify(summary(end));
    await outputs.close();
  } catch (error) {
    progress.clear();
    // Whoever reads the events learns of a failure there, too; that standard output itself failed, only from the exit.
    if (options.format === 'jsonl' && !failureShown) await show({ type: 'failed', ...describe(error) }).catch(() => {});
    throw error;
  }
  return interrupt.byUser && !end?.complete ? interrupted : 0;
}
