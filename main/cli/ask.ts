import { OnlookerError } from '../base/errors.ts';
import { parseSince } from '../said-times/typed-times.ts';
import { chatOptions, chatUsage, openChat, printWritten } from './chat.ts';
import { number, parse } from './command.ts';
import { tell } from './report.ts';

export const usage = `Usage: onlooker ask QUESTION [OPTIONS]

Answers a question about the past from the memory, in English, Korean, Japanese or Chinese: what was narrated then,
each with its time. Times in the question are understood: yesterday, Nov 29, last Friday, before lunch, 15:21, last hour.

  --since TIME     nothing from before: 2h, today, 13:05, "Nov 29, 9:00"
  --limit N        statements, at most (10)
${chatUsage}
  --memory DIR     folder of the memory (the user's data folder)`;

/** `onlooker ask`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('ask', args, {
    since: { type: 'string' },
    limit: { type: 'string' },
    memory: { type: 'string' },
    ...chatOptions,
  });
  const question = positionals.join(' ').trim();
  if (question === '') {
    throw new OnlookerError('usage', 'What do you want to know? Write: onlooker ask "what did I do before lunch?"');
  }
  const limit = number('limit', values.limit, { what: 'a whole number, 1 to 1000', min: 1, max: 1000, whole: true });
  const options = {
    ...(values.since !== undefined && { since: parseSince('since', values.since) }),
    ...(limit !== undefined && { limit }),
  };
  await using chat = await openChat(values);

  const { openMemory } = await import('../memory/store/open-memory.ts');
  const { evidenceFor } = await import('../memory/find/evidence.ts');
  const { plainAnswer } = await import('../output/answer.ts');
  using memory = await openMemory({ folder: values.memory, onNotice: tell });
  const evidence = await evidenceFor(memory, question, options);
  const { chatAnswer } = await import('../output/chat-answer.ts');
  return await printWritten((written) => (chat ? chatAnswer(chat, written) : plainAnswer)(question, evidence));
}
