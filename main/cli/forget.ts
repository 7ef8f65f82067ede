import { resolve } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import { say } from '../base/terminal.ts';
import { sourceName } from '../capture/source-description.ts';
import type { Forgetting, Forgotten } from '../memory/forget/forget.ts';
import { parseSpan, parseTime } from '../said-times/typed-times.ts';
import { parse } from './command.ts';
import { showProgress } from './progress.ts';
import { print } from './standard-output.ts';

export const usage = `Usage: onlooker forget --last SPAN | --from TIME | --to TIME | --source NAME | --app NAME | --all

Deletes from the memory: texts, pictures, embeddings, and the places on disk where they stood. There is no way back.

  --last SPAN      what was seen in the last 90s, 5m, 2h, 7d, 1:30
  --from TIME      what was seen from then on: 13:05, "yesterday 9:00", "2026-05-01 13:05"
  --to TIME        what was seen until then
  --source NAME    what was seen of this source; with a span, only that of it
  --app NAME       what was seen around narrations that name this kind of program: "web browser", terminal; with
                   the others, only that of it
  --all            everything, damaged memories that were set aside, source and instruction in the settings, the key
                   of snapshots, and the log. Files made with --out, exports and the other settings stay
  --memory DIR     folder of the memory (the user's data folder)`;

const stays =
  'Source and instruction are gone from the settings, and no snapshot can be read any more. What stays: files made with --out, exports, the other settings, and, until it ends, what a run that goes on was started with.';

/** `onlooker forget`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('forget', args, {
    last: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    source: { type: 'string' },
    app: { type: 'string' },
    all: { type: 'boolean', default: false },
    memory: { type: 'string' },
  });
  if (positionals[0] !== undefined) throw usageError(`What does "${positionals[0]}" mean?`);
  const { all, source, app, memory: folder } = values;
  const part = source !== undefined || app !== undefined;
  const span = wantedSpan(values, Date.now());
  if (all && (span || part)) throw usageError('--all leaves nothing out.');
  if (app?.trim() === '') throw usageError('Which program?');
  if (!all && !span && !part) throw usageError('Forget what?');

  if (all) {
    const { forgetEverything } = await import('../memory/forget/forget-everything.ts');
    const { forgetTyped } = await import('../assistant/forget-typed.ts');
    // First: it is to be gone even where there is no memory.
    await forgetTyped();
    try {
      const forgotten = await forgetEverything({ folder, onProgress: showWiping });
      showProgress('');
      await print(report(forgotten));
    } catch (error) {
      say('What was typed is forgotten: source, instruction, snapshots.');
      throw error;
    }
    say(stays);
  } else {
    await print(report(await forgetPart(folder, span ?? {}, { source, app })));
  }
  return 0;
}

async function forgetPart(
  folder: string | undefined,
  span: Forgetting,
  { source: name, app }: { readonly source: string | undefined; readonly app: string | undefined },
): Promise<Forgotten> {
  const { openMemory } = await import('../memory/store/open-memory.ts');
  const { forget } = await import('../memory/forget/forget.ts');
  const { wipe } = await import('../memory/store/wipe.ts');
  const { forgetApplication } = await import('../memory/forget/forget-application.ts');
  const { openLog } = await import('../log/open-log.ts');
  const { record } = await import('../log/record.ts');
  const { findSource } = await import('../memory/store/sources.ts');
  const { setAsideFiles } = await import('../memory/store/set-aside.ts');
  using memory = await openMemory({ folder });
  using _log = openLog('forget');
  record('forgotten', {});
  const source = name === undefined ? undefined : findSource(memory, [sourceName(name), resolve(name)]);
  const what = { ...span, ...(source !== undefined && { source }) };
  const forgotten = app === undefined ? forget(memory, what) : forgetApplication(memory, app, what);
  await wipe(memory, { onProgress: showWiping });
  showProgress('');
  const aside = await setAsideFiles(memory.folder);
  if (aside.length > 0) {
    say(`Damaged memories were set aside in ${memory.folder}; "forget --all" removes them, too.`);
  }
  return forgotten;
}

/** The first time in a memory of an earlier version, all of it is looked at. */
function showWiping(share: number): void {
  showProgress(`Overwriting what is left of it: ${Math.round(100 * share)} %`);
}

/** @throws OnlookerError `usage` */
function wantedSpan(values: { last?: string; from?: string; to?: string }, now: number): Forgetting | undefined {
  const { last, from, to } = values;
  if (last !== undefined && (from !== undefined || to !== undefined)) throw usageError('--last is a span by itself.');
  // What is stamped later than now was seen before a clock was set back: it counts as recent.
  if (last !== undefined) return { from: now - parseSpan('last', last) };
  if (from === undefined && to === undefined) return undefined;
  const span = {
    ...(from !== undefined && { from: parseTime('from', from) }),
    ...(to !== undefined && { to: parseTime('to', to) }),
  };
  if ((span.from ?? 0) > (span.to ?? Number.MAX_SAFE_INTEGER)) throw usageError('--from is later than --to.');
  return span;
}

function report(forgotten: Forgotten | undefined): string {
  if (!forgotten) return 'The memory is removed.';
  const count = (value: number, noun: string) => `${value} ${noun}${value === 1 ? '' : 's'}`;
  const { frames, utterances, thumbnails } = forgotten;
  return `Forgotten: ${count(frames, 'frame')}, ${count(utterances, 'text')}, ${count(thumbnails, 'picture')}.`;
}

function usageError(message: string): OnlookerError {
  return new OnlookerError('usage', `${message} Run "onlooker forget --help" to see the options.`);
}
