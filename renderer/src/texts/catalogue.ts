import type { Language } from '../../../preload/contract.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';
import { ko } from './ko.ts';
import type { Texts } from './text.ts';
import { zh } from './zh.ts';

export const catalogue: Readonly<Record<Language, Texts>> = { en, ko, ja, zh };

/** As each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  ko: '한국어',
  ja: '日本語',
  zh: '中文',
};

/** The first language of the list that there is; English if there is none. */
export function languageFrom(wanted: readonly string[]): Language {
  const short = wanted.map((tag) => tag.toLowerCase().split('-')[0]);
  return short.find((tag): tag is Language => tag !== undefined && tag in catalogue) ?? 'en';
}
