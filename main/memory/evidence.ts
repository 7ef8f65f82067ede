import { type AskOptions, ask, type Evidence } from './ask.ts';
import type { Connection } from './connection.ts';
import { pictureQuestion } from './picture-question.ts';

/** What was said that answers a question about the past, and what pictures show of it. @throws OnlookerError `memory-damaged` */
export async function evidenceFor(
  connection: Connection,
  question: string,
  options: Omit<AskOptions, 'pictures'> = {},
): Promise<Evidence> {
  return ask(connection, question, { ...options, pictures: await pictureQuestion(connection, question) });
}
