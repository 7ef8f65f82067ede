/** The words of an answer about the past that are not quoted, in the language of the question. */
import type { WrittenLanguage } from '../base/languages.ts';

export interface AnswerWords {
  /** A time that is none that can be read. */
  readonly unread: (time: string) => string;
  /** To a question about what is on the screen now. */
  readonly aboutNow: string;
  /** Around a word that was looked for; and between several of them. */
  readonly quoted: (word: string) => string;
  readonly between: string;
  readonly since: (from: string) => string;
  readonly fromTo: (from: string, to: string) => string;
  /** `what` was looked for, in the span `where`; both may be empty. */
  readonly nothing: (what: string, where: string) => string;
  /** Head of what was seen; `exact`: it has all of `what`. */
  readonly seen: (what: string, where: string, exact: boolean) => string;
  readonly more: (count: number) => string;
}

export const answerWords: Readonly<Record<WrittenLanguage, AnswerWords>> = {
  en: {
    unread: (time) =>
      `I do not understand the time "${time}". Write it as 2026-05-01, 1 May, 15:21, yesterday or last Friday.`,
    aboutNow:
      'That is about now, and nothing is being watched that I could ask. Start watching in the window, or write ' +
      '"onlooker narrate screen"; MCP has the tool "look". I can tell of the past: "What happened in the last hour?"',
    quoted: (word) => `"${word}"`,
    between: ', ',
    since: (from) => `since ${from}`,
    fromTo: (from, to) => `between ${from} and ${to}`,
    nothing: (what, where) =>
      `I did not see that. I looked for anything${what ? ` of ${what}` : ' at all'}${where && ` ${where}`}.`,
    seen: (what, where, exact) => {
      const saw = exact ? 'This is what I saw' : 'I did not see all of it. This comes nearest: what I saw';
      return `${saw}${what && ` of ${what}`}${where && ` ${where}`}:`;
    },
    more: (count) => (count === 1 ? 'There is 1 more before that.' : `There are ${count} more before that.`),
  },
  ko: {
    unread: (time) =>
      `"${time}"이(가) 언제인지 알 수 없습니다. 2026-05-01, 5월 1일, 15:21, 어제, 지난 금요일처럼 쓰세요.`,
    aboutNow:
      '지금에 관한 질문인데, 지금 보고 있는 것이 없습니다. 창에서 보기를 시작하거나 "onlooker narrate screen"을 실행하세요. ' +
      'MCP에는 "look" 도구가 있습니다. 지난 일은 알려 드릴 수 있습니다: "지난 한 시간 동안 무슨 일이 있었어?"',
    quoted: (word) => `"${word}"`,
    between: ', ',
    since: (from) => `${from}부터`,
    fromTo: (from, to) => `${from}부터 ${to}까지`,
    nothing: (what, where) =>
      `그것은 보지 못했습니다. 찾아본 것: ${[what || '모든 것', where].filter(Boolean).join(', ')}.`,
    seen: (what, where, exact) => {
      const about = what ? `${what}에 관해 ` : '';
      const head = exact ? `${about}본 것` : `모두 보지는 못했습니다. ${about}가장 가까운 것`;
      return `${head}${where && ` (${where})`}:`;
    },
    more: (count) => `그 전에 ${count}개가 더 있습니다.`,
  },
  ja: {
    unread: (time) =>
      `「${time}」がいつのことか分かりません。2026-05-01、5月1日、15:21、昨日、先週の金曜日のように書いてください。`,
    aboutNow:
      '今についての質問ですが、今は何も見ていません。ウィンドウで視聴を始めるか、「onlooker narrate screen」を実行してください。' +
      'MCPには「look」ツールがあります。過去のことなら答えられます:「過去1時間に何があった？」',
    quoted: (word) => `「${word}」`,
    between: '',
    since: (from) => `${from}から`,
    fromTo: (from, to) => `${from}から${to}まで`,
    nothing: (what, where) =>
      `それは見ていません。探したもの: ${[what || 'すべて', where].filter(Boolean).join('、')}。`,
    seen: (what, where, exact) => {
      const about = what ? `${what}について` : '';
      const head = exact ? `${about}見たもの` : `すべては見ていません。${about}最も近いもの`;
      return `${head}${where && `（${where}）`}:`;
    },
    more: (count) => `その前にあと${count}件あります。`,
  },
  zh: {
    unread: (time) => `无法理解时间“${time}”。请写成 2026-05-01、5月1日、15:21、昨天或上周五。`,
    aboutNow:
      '这个问题问的是现在，而目前没有观看任何内容。请在窗口中开始观看，或运行“onlooker narrate screen”；' +
      'MCP 有“look”工具。过去的事可以问：“过去一小时发生了什么？”',
    quoted: (word) => `“${word}”`,
    between: '',
    since: (from) => `从${from}起`,
    fromTo: (from, to) => `${from}至${to}`,
    nothing: (what, where) => `没有看到。查找的内容：${[what || '全部', where].filter(Boolean).join('，')}。`,
    seen: (what, where, exact) => {
      const about = what ? `关于${what}` : '';
      const head = exact ? `${about}看到的` : `没有全部看到。${about}最接近的`;
      return `${head}${where && `（${where}）`}：`;
    },
    more: (count) => `在此之前还有 ${count} 条。`,
  },
};
