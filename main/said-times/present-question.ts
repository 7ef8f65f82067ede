/**
 * Questions about what is on the screen now, in English, Korean, Japanese and Chinese. The memory has only the past, so what
 * it holds of a "screen" or a "window" is no answer to them.
 */
import { languageOf, type WrittenLanguage } from '../base/languages.ts';
import { readTimes } from './question-times.ts';

const screen = String.raw`(?:(?:on|at) (?:\w+ )?(?:screen|display|desktop|monitor)|(?:screen|display|desktop|monitor) show(?:s|ing)?)\b`;
const state = String.raw`(?:visible|in (?:the )?(?:front|foreground)|focus(?:ed)?|now|currently|(?:open|running|there|this|that)(?=\W*$))\b`;
/** A noun is not enough: "Is the mail program installed?" is not about the screen. */
const counted = String.raw`(?:which|what|how many|any|is there an?|are there) (?:\w+ )?(?:windows?|programs?|apps?|dialogs?)\b`;

/** What such a question has in it. */
const present: Readonly<Record<WrittenLanguage, RegExp>> = {
  en: new RegExp(
    String.raw`\b(?:is|are|what['’]s|does)\b.*\b(?:${screen}|${state})|\b${counted}|\b(?:do|can) you see\b|\bam i (?:using|looking at|doing)\b`,
  ),
  ko: /화면에|보여|보이|열려|앞에|(?:지금|현재).*있/u,
  ja: /(?:画面|今|現在).*(?:ある|あり|いる|い?ます|見え|何)|見え(?:る|ます)|(?:開いて|使って|映って)い?(?:る|ます)/u,
  zh: /[屏萤螢]幕上?.*(?:有|是|显示|顯示)|[现現]在.*(?:有|看|是|在|[开開])|看[到见見][什甚]|[开開][着著]|前面的?是/u,
};

/** Verbs that tell of something that is over, and what asks for a time. */
const over: Readonly<Record<WrittenLanguage, RegExp>> = {
  en: /\b(did|was|were|had|happened|earlier|already|when|ever|last|so far|since|until)\b/,
  // Letter by letter, for the ending may be in any syllable: 봤어, 열렸어. 있 and 겠 have the same letter and no past.
  ko: new RegExp(`(?<!${letters('이')}|${letters('게')})\\u11bb|${letters('언제')}|${letters('지금까지')}`, 'u'),
  ja: /た(?:[かのん。？?]|$)|(?:まし|でし|だっ|てい?)た|いつ|今まで/u,
  zh: /[过過曾]|了(?:[吗嗎没沒？?。]|$)|[刚剛]|什么时候|什麼時候/u,
};

/** True for "What is on the screen?", "창이 몇 개 열려 있어?"; false where a time is named, or the words are of the past. */
export function isAboutNow(question: string): boolean {
  const plain = question.normalize('NFKC').toLowerCase();
  if (!present[languageOf(plain)].test(plain) || isAboutPast(question)) return false;
  const { span, unread } = readTimes(question);
  return span === undefined && unread === undefined;
}

/** True for "What happened?", "뭘 봤어?"; a time alone does not count. */
export function isAboutPast(question: string): boolean {
  const plain = question.normalize('NFKC').toLowerCase();
  const language = languageOf(plain);
  return over[language].test(language === 'ko' ? letters(plain) : plain);
}

function letters(korean: string): string {
  return korean.normalize('NFD');
}
