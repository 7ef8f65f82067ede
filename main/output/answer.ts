/** An answer to a question about the past, in which every statement says when it was seen. */
import { languageOf, type WrittenLanguage } from '../languages.ts';
import type { Evidence } from '../memory/ask.ts';
import { localClock, localDay } from './clock.ts';
import { place, statement } from './statement.ts';

/** Makes an answer of what was seen; a chat model of the user's choice is another one (chat-answer.ts). */
export type AnswerWriter = (question: string, evidence: Evidence) => string | Promise<string>;

const notUnderstood: Readonly<Record<WrittenLanguage, (time: string) => string>> = {
  en: (time) =>
    `I do not understand the time "${time}". Write it as 2026-05-01, 1 May, 15:21, yesterday or last Friday.`,
  ko: (time) => `"${time}"이(가) 언제인지 알 수 없습니다. 2026-05-01, 5월 1일, 15:21, 어제, 지난 금요일처럼 쓰세요.`,
  ja: (time) =>
    `「${time}」がいつのことか分かりません。2026-05-01、5月1日、15:21、昨日、先週の金曜日のように書いてください。`,
  zh: (time) => `无法理解时间“${time}”。请写成 2026-05-01、5月1日、15:21、昨天或上周五。`,
};

/** Says what was seen in the words in which it was narrated, and nothing else. */
export const plainAnswer: AnswerWriter = (question, { span, words, seen, exact, more, note, unread }) => {
  if (unread !== undefined) {
    return notUnderstood[languageOf(question)](unread);
  }
  const where = span ? ` ${spanText(span)}` : '';
  const what = words.length > 0 ? ` of ${words.map((word) => `"${word}"`).join(', ')}` : '';
  const read = note === undefined ? [] : [note];
  if (seen.length === 0) {
    return [...read, `I did not see that. I looked for anything${what || ' at all'}${where}.`].join('\n');
  }
  const saw = exact ? 'This is what I saw' : 'I did not see all of it. This comes nearest: what I saw';
  const head = `${saw}${what}${where}:`;
  const rest = more > 0 ? [more === 1 ? 'There is 1 more before that.' : `There are ${more} more before that.`] : [];
  return [...read, head, ...rest, ...seen.map((one) => `- ${statement(one)} ${place(one)}`)].join('\n');
};

function spanText({ from, before }: { readonly from: number; readonly before: number }): string {
  if (before > 8e15) return `since ${minuteText(from)}`; // beyond what a date can hold: no end
  const end = localDay(before - 1) === localDay(from) ? endClock(before) : minuteText(before);
  return `between ${minuteText(from)} and ${end}`;
}

/** The end of a day is not the beginning of that day. */
function endClock(before: number): string {
  return localClock(before) === '00:00' ? '24:00' : localClock(before);
}

function minuteText(at: number): string {
  return `${localDay(at)} ${localClock(at)}`;
}
