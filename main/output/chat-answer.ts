/** Answers that a chat model writes, of what was seen and nothing else; where it fails, the plain ones. */
import { ChatFailure, type ChatModel, type ChatRequest } from '../chat/chat-model.ts';
import type { AnswerWriter } from './answer.ts';
import { plainAnswer } from './answer.ts';
import { answerPrompt } from './chat-prompt.ts';
import { type Cited, readCitations } from './citations.ts';
import { place, statement } from './statement.ts';

export interface ChatWriterOptions {
  /** Told, in one line each, where texts go and why the plain text is given. */
  readonly onNotice?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** For tests. */
  readonly now?: Date;
}

/** Has the model answer; every answer ends with the moments it cites. A question to which nothing was seen is not sent. */
export function chatAnswer(model: ChatModel, options: ChatWriterOptions = {}): AnswerWriter {
  return async (question, evidence) => {
    const { seen } = evidence;
    if (seen.length === 0) return plainAnswer(question, evidence);
    const prompt = answerPrompt(question, evidence, (options.now ?? new Date()).getTime());
    const cited = await citing(model, prompt, seen.length, options);
    if (!cited) return plainAnswer(question, evidence);
    const moments = cited.numbers.map((number) => {
      const one = seen[number - 1]!;
      return `[${number}] ${statement(one)} ${place(one)}`;
    });
    return [cited.text, '', ...moments].join('\n');
  };
}

/** What the model wrote, if it cites one of the `count` records; otherwise undefined, and the user is told why. */
export async function citing(
  model: ChatModel,
  prompt: ChatRequest,
  count: number,
  { onNotice = () => {}, signal }: ChatWriterOptions,
): Promise<Cited | undefined> {
  if (model.notice !== undefined) onNotice(model.notice);
  const plainly = 'This is told without it.';
  try {
    const cited = readCitations(await model.reply({ ...prompt, signal }), count);
    if (cited.numbers.length > 0) return cited;
    onNotice(`The chat model named none of the moments it was given. ${plainly}`);
  } catch (error) {
    if (!(error instanceof ChatFailure)) throw error;
    onNotice(`The chat model did not answer: ${error.message}. ${plainly}`);
  }
  return undefined;
}
