import { OnlookerError } from '../base/errors.ts';
import { visible } from '../base/terminal.ts';
import { readDataSet } from '../evaluation/data-set.ts';
import { evaluate, type NarratedStream } from '../evaluation/report.ts';
import { narrateVideo } from '../evaluation/run.ts';
import { table } from '../evaluation/table.ts';
import { parseSeconds } from '../said-times/typed-times.ts';
import { number, parse } from './command.ts';
import { Interrupt, interrupted } from './interrupt.ts';
import { showProgress } from './progress.ts';

export const usage = `Usage: onlooker eval --data DIR [OPTIONS]

Narrates every recording of an annotated data set and compares what was said with what happened.

  --data DIR         folder with annotations.jsonl and videos/, or one events file beside its recording
  --bundle NAME|DIR  model bundle; default desk-nano
  --threshold P      stay silent when p(silence) is at least this; default the bundle's
  --window TIME      how far either way a narration may match an event: seconds or [HH:]MM:SS; default 2
  --reading          read what is written on the screen, and quote it
  --limit N          only the first N recordings
  --json             one JSON object instead of a table`;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('eval', args, {
    data: { type: 'string' },
    bundle: { type: 'string' },
    threshold: { type: 'string' },
    window: { type: 'string' },
    limit: { type: 'string' },
    reading: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  if (values.data === undefined || positionals.length > 0) {
    throw new OnlookerError('usage', 'Say which recordings to narrate: onlooker eval --data DIR.');
  }
  const theta = number('threshold', values.threshold, { what: 'a probability from 0 to 1', min: 0, max: 1 });
  const window = values.window === undefined ? undefined : parseSeconds('window', values.window, { above: true });
  const limit = number('limit', values.limit, { what: 'a whole number from 1', min: 1, whole: true });

  using interrupt = new Interrupt();
  const videos = (await readDataSet(values.data)).slice(0, limit);
  const streams: NarratedStream[] = [];
  for (const [i, video] of videos.entries()) {
    showProgress(`${i + 1}/${videos.length} ${video.name}`);
    const options = {
      signal: interrupt.signal,
      reading: values.reading,
      ...(values.bundle !== undefined && { bundle: values.bundle }),
    };
    const stream = await narrateVideo(video, { ...options, ...(theta !== undefined && { theta }) });
    // What comes after an interruption is not in the recording that was cut off: only whole ones count.
    if (interrupt.signal.aborted) break;
    streams.push(stream);
  }
  showProgress('');
  const report = evaluate(streams, window);
  process.stdout.write(`${visible(values.json ? JSON.stringify(report) : table(report))}\n`);
  return interrupt.signal.aborted ? interrupted : 0;
}
