/** An answer to a question about the past, in which every statement says when it was seen. */

import { localClock, localDay } from '../base/clock.ts';
import { languageOf } from '../base/languages.ts';
import type { Evidence } from '../memory/find/ask.ts';
import { type AnswerWords, answerWords } from './answer-words.ts';
import { place, statement } from './statement.ts';

/** Makes an answer of what was seen; a chat model of the user's choice is another one (chat-answer.ts). */
export type AnswerWriter = (question: string, evidence: Evidence) => string | Promise<string>;

/** Says what was seen in the words in which it was narrated, and nothing else. */
export const plainAnswer: AnswerWriter = (question, { span, words, seen, exact, more, note, unread, aboutNow }) => {
  const say = answerWords[languageOf(question)];
  if (unread !== undefined) return say.unread(unread);
  if (aboutNow) return say.aboutNow;
  const where = span ? spanText(span, say) : '';
  const what = words.map(say.quoted).join(say.between);
  const read = note === undefined ? [] : [note];
  if (seen.length === 0) return [...read, say.nothing(what, where)].join('\n');
  const rest = more > 0 ? [say.more(more)] : [];
  const lines = seen.map((one) => `- ${statement(one)} ${place(one)}`);
  return [...read, say.seen(what, where, exact), ...rest, ...lines].join('\n');
};

function spanText({ from, before }: { readonly from: number; readonly before: number }, say: AnswerWords): string {
  if (before > 8e15) return say.since(minuteText(from)); // beyond what a date can hold: no end
  const end = localDay(before - 1) === localDay(from) ? endClock(before) : minuteText(before);
  return say.fromTo(minuteText(from), end);
}

/** The end of a day is not the beginning of that day. */
function endClock(before: number): string {
  return localClock(before) === '00:00' ? '24:00' : localClock(before);
}

function minuteText(at: number): string {
  return `${localDay(at)} ${localClock(at)}`;
}
