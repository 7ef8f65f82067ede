import { OnlookerError } from '../base/errors.ts';
import { say } from '../base/terminal.ts';
import { parseSince, parseTime } from '../said-times/typed-times.ts';
import { chatOptions, chatUsage, openChat, printWritten } from './chat.ts';
import { number, parse, refuseWords } from './command.ts';
import { ProgressLine } from './progress.ts';
import { tell } from './report.ts';

export const usage = `Usage: onlooker recap [OPTIONS]

What happened, in order, as Markdown: divided into activities where the picture changes for longer.

  --since TIME     from then on: today, yesterday, 13:05, "yesterday 9:00", 2026-05-01, or the last 2h (today)
  --until TIME     until then (now)
  --lines N        texts shown of an activity, at most (8)
${chatUsage}
  --memory DIR     folder of the memory (the user's data folder)`;

/** `onlooker recap`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('recap', args, {
    since: { type: 'string', default: 'today' },
    until: { type: 'string' },
    lines: { type: 'string' },
    memory: { type: 'string' },
    ...chatOptions,
  });
  refuseWords(positionals, 'onlooker recap --since today');
  const from = parseSince('since', values.since);
  const before = values.until === undefined ? Number.MAX_SAFE_INTEGER : parseTime('until', values.until);
  if (from >= before) throw new OnlookerError('usage', '--since is later than --until. Exchange them.');
  const lines = number('lines', values.lines, { what: 'a whole number, 1 or more', min: 1, whole: true }) ?? 8;

  await using chat = await openChat(values);

  const { openMemory } = await import('../memory/store/open-memory.ts');
  const { recapSteps } = await import('../memory/find/recap.ts');
  const { guarded } = await import('../memory/store/failures.ts');
  const { recapMarkdown, writtenRecap } = await import('../output/recap.ts');
  using memory = await openMemory({ folder: values.memory, onNotice: tell });
  const activities = guarded(memory.folder, () => shown(recapSteps(memory, { from, before })));
  if (activities.length === 0) {
    say('Nothing is remembered of that time.');
    return 0;
  }
  const { chatRecap } = await import('../output/chat-recap.ts');
  const written = writtenRecap(activities, lines);
  return await printWritten((options) => (chat ? chatRecap(chat, written, options) : recapMarkdown(written)));
}

/** Goes through the steps, and shows on a terminal which share of them is done. */
function shown<T>(steps: Generator<number, T>): T {
  const progress = new ProgressLine();
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      progress.updateShare(step.value);
    }
  } finally {
    progress.clear();
  }
}
