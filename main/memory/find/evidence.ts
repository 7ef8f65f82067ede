import { checkText } from '../../base/text-limits.ts';
import { isAboutNow } from '../../said-times/present-question.ts';
import type { Connection } from '../store/connection.ts';
import { type AskOptions, ask, type Evidence } from './ask.ts';
import { pictureQuestion } from './picture-question.ts';
import type { TextTowers } from './text-towers.ts';

/**
 * What was said that answers a question about the past, and what pictures show of it; nothing for one about now, unless the
 * caller asks for what was `since` a time.
 * @param kept as `meaningsOf` has it
 * @throws OnlookerError `memory-damaged`, `usage` when the question is too long
 */
export async function evidenceFor(
  connection: Connection,
  question: string,
  options: Omit<AskOptions, 'pictures'> = {},
  kept?: TextTowers,
): Promise<Evidence> {
  checkText('The question', question);
  if (options.since === undefined && isAboutNow(question)) {
    return { span: undefined, words: [], seen: [], exact: true, more: 0, aboutNow: true };
  }
  return ask(connection, question, { ...options, pictures: await pictureQuestion(connection, question, kept) });
}
