import { resolve } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import { checkText } from '../base/text-limits.ts';
import { parseSource, showsDesktop, sourceName } from '../capture/source-description.ts';
import type { NarrateOptions } from '../live/narrate.ts';
import type { RecorderOptions } from '../memory/record/recorder.ts';
import { parseSeconds } from '../said-times/typed-times.ts';
import { number, parse } from './command.ts';
import { type FollowOptions, follow } from './follow.ts';

export const usage = `Usage: onlooker narrate SOURCE [OPTIONS]

Watches SOURCE and says what happens, when it happens.
SOURCE: a file, a URL, rtsp://..., screen, screen:1, window:TITLE, camera, camera:DEVICE, - (standard input).

  --ask TEXT               standing instruction, in place of the bundle's own
  --ask-at TIME=TEXT       a question, answered at that time; may be repeated
  --out FILE               also write FILE: .srt .vtt .jsonl .md .txt, .mp4 (burnt in); may be repeated
  --format text|jsonl      what standard output gets (text)
  --bundle NAME|DIR        model bundle (desk-nano)
  --threshold P            stay silent at this probability of silence and above, 0 to 1 (the bundle's)
  --chattiness 0-4         how easily it speaks; 0 answers questions only (2)
  --reading                read what is written on the screen, and quote it
  --from TIME              where to begin in a recording
  --duration TIME          how much of it to watch
  --batch M                frames decoded at once; the text does not depend on it (16)
  --no-privacy-rules       see also what the user's settings hide of a screen: programs, titles, private windows
  --realtime               play a recording no faster than it was made
  --snapshot FILE          keep the state of the run in FILE, encrypted
  --snapshot-every TIME    renewed so often, and at the end (30)
  --resume FILE            go on from such a snapshot
  --remember               keep what is seen and said in the memory, for "onlooker search"
  --memory DIR             folder of the memory (the user's data folder)
  --keep-days D            what is older is deleted (90; stays as set for this memory)
  --keep-gb G              when it is larger, the oldest is deleted (2; likewise)

TIME: seconds (70.5) or [HH:]MM:SS (1:10.5)`;

/** `onlooker narrate`. */
export async function run(args: readonly string[]): Promise<number> {
  const { engine, output, memory, rules } = narrateArguments(args);
  return follow(output, async function* ({ signal, onProgress, notify }) {
    // Loaded only now: a wrong option is reported at once.
    const { narrate } = await import('../live/narrate.ts');
    const { oldSnapshotKey, snapshotKey } = await import('../memory/store/snapshot-key.ts');
    const keys = { snapshotKey, resumeKey: oldSnapshotKey };
    const { followRules, hidingFor, rulesAreOff } = await import('../settings/privacy-rules.ts');
    if (!rules && showsDesktop(parseSource(engine.source).kind)) notify(rulesAreOff);
    const hiding = rules ? await hidingFor(engine.source) : 'none';
    const { NarrationControl } = await import('../live/control.ts');
    // A run that nothing may change is a little faster: it gets no control.
    const control = hiding === 'none' && !memory ? undefined : new NarrationControl();
    using _ = hiding === 'none' ? undefined : followRules((changed) => control?.hide(changed));
    const options = { ...engine, ...keys, control, hiding, signal, onProgress, onNotice: notify };
    if (!memory) return yield* narrate(options);
    const { openRecorder } = await import('../memory/record/recorder.ts');
    await using recorder = await openRecorder({
      ...memory,
      onNotice: notify,
      // Once the run is over it remembers nothing that could be forgotten.
      onForgotten: ({ from, to }) => void control?.forget(from, to + 1).catch(() => {}),
    });
    const remembering = { onSeen: recorder.see, beforeSnapshot: () => recorder.written() };
    yield* recorder.follow(narrate({ ...options, ...remembering }));
  });
}

/** What a command line of `narrate` asks for. */
export interface NarrateArguments {
  readonly engine: Omit<NarrateOptions, 'hiding'>;
  /** Whether the user's privacy rules hold. */
  readonly rules: boolean;
  readonly output: FollowOptions;
  /** Only with `--remember`. */
  readonly memory: RecorderOptions | undefined;
}

/** @throws OnlookerError `usage` */
export function narrateArguments(args: readonly string[]): NarrateArguments {
  const { values, positionals } = parse('narrate', args, {
    ask: { type: 'string' },
    'ask-at': { type: 'string', multiple: true, default: [] },
    out: { type: 'string', multiple: true, default: [] },
    format: { type: 'string', default: 'text' },
    bundle: { type: 'string' },
    threshold: { type: 'string' },
    chattiness: { type: 'string' },
    from: { type: 'string' },
    duration: { type: 'string' },
    batch: { type: 'string' },
    realtime: { type: 'boolean' },
    reading: { type: 'boolean' },
    'no-privacy-rules': { type: 'boolean', default: false },
    remember: { type: 'boolean', default: false },
    memory: { type: 'string' },
    'keep-days': { type: 'string' },
    'keep-gb': { type: 'string' },
    snapshot: { type: 'string' },
    'snapshot-every': { type: 'string' },
    resume: { type: 'string' },
  });
  for (const option of ['ask', 'bundle', 'snapshot', 'resume', 'memory'] as const) {
    if (values[option]?.trim() === '') throw usageError(`--${option} is empty. Give it a value, or leave it out.`);
  }
  if (values.ask !== undefined) checkText('--ask', values.ask);
  for (const text of values['ask-at']) checkText('--ask-at', text);
  const { from, duration: length, 'snapshot-every': every } = values;
  const duration = length === undefined ? undefined : parseSeconds('duration', length, { above: true });
  const source = onlySource(positionals);
  const engine = {
    source,
    bundle: values.bundle,
    instruction: values.ask,
    questions: values['ask-at'].map(question),
    theta: number('threshold', values.threshold, { what: 'a probability, 0 to 1', min: 0, max: 1 }),
    chattiness: number('chattiness', values.chattiness, { what: '0, 1, 2, 3 or 4', min: 0, max: 4, whole: true }),
    from: from === undefined ? undefined : parseSeconds('from', from),
    duration,
    batch: number('batch', values.batch, { what: 'a whole number, 1 to 256', min: 1, max: 256, whole: true }),
    realtime: values.realtime,
    reading: values.reading,
    snapshot: values.snapshot,
    snapshotEverySeconds: every === undefined ? undefined : parseSeconds('snapshot-every', every, { above: true }),
    resume: values.resume,
  };
  const format = outputFormat(values.format);
  const output = { source, out: values.out, format, resumed: values.resume !== undefined, ...given({ duration }) };
  const memory = values.remember ? memoryOptions(source, values) : undefined;
  for (const option of ['memory', 'keep-days', 'keep-gb'] as const) {
    if (!memory && values[option] !== undefined) throw usageError(`--${option} is for the memory. Add --remember.`);
  }
  const rules = !values['no-privacy-rules'];
  return { engine: given(engine) as NarrateArguments['engine'], rules, output, memory };
}

function memoryOptions(
  source: string,
  values: { ask?: string; memory?: string; 'keep-days'?: string; 'keep-gb'?: string },
): RecorderOptions {
  const keepDays = number('keep-days', values['keep-days'], { what: 'a number of days above 0', min: 0.001 });
  const gigabytes = number('keep-gb', values['keep-gb'], { what: 'a number of gigabytes, 0.01 or more', min: 0.01 });
  const described = parseSource(source);
  return {
    // A path means something else in another folder.
    source: described.kind === 'file' ? resolve(described.path) : sourceName(source),
    kind: described.kind,
    instruction: values.ask,
    folder: values.memory,
    retention: given({ keepDays, keepBytes: gigabytes === undefined ? undefined : Math.round(gigabytes * 1e9) }),
  };
}

function outputFormat(text: string): 'text' | 'jsonl' {
  if (text === 'text' || text === 'jsonl') return text;
  throw usageError(`--format ${JSON.stringify(text)}: it must be text or jsonl.`);
}

function onlySource(positionals: readonly string[]): string {
  const [source, extra] = positionals;
  if (source === undefined) {
    throw usageError('Which source? Name a file, a URL, screen, window:TITLE, camera or - (standard input).');
  }
  if (extra !== undefined) {
    // A password with a space in it would stand in both words.
    const which = `${source}${extra}`.includes('://') ? '' : `: "${source}" or "${extra}"?`;
    throw usageError(`One source at a time${which || '.'} A name with spaces needs quotes.`);
  }
  return source;
}

/** "90=Is the build done?" */
function question(text: string): { t: number; text: string } {
  const [, time, words = ''] = /^\s*([^=]*?)\s*=(.*)$/s.exec(text) ?? [];
  if (!time || words.trim() === '') {
    throw usageError(
      `--ask-at ${JSON.stringify(text)}: write it as TIME=TEXT, for instance --ask-at "1:30=Is it done?".`,
    );
  }
  return { t: parseSeconds('ask-at', time), text: words.trim() };
}

/** Without the options that were left out: an option that is `undefined` is not the same as none. */
function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function usageError(message: string): OnlookerError {
  return new OnlookerError('usage', message);
}
