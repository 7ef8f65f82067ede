/** The language of a text, as far as its letters tell: what is said about it is said in that language. */
export type WrittenLanguage = 'en' | 'ko' | 'ja' | 'zh';

/** Korean where there is Hangul, Japanese where there is kana, Chinese where there are only Han characters, else English. */
export function languageOf(text: string): WrittenLanguage {
  if (/\p{Script=Hangul}/u.test(text)) return 'ko';
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja';
  return /\p{Script=Han}/u.test(text) ? 'zh' : 'en';
}
