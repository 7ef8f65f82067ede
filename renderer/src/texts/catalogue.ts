import type { Language } from '../../../preload/contract.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';
import { ko } from './ko.ts';
import { zh } from './zh.ts';

export type TextKey = keyof typeof en;

/** `{name}` stands for a value. A text that depends on a `{count}` has a form for each plural category it needs. */
export type Text = string | Plural;
export interface Plural {
  readonly one?: string;
  readonly other: string;
}

/** The same keys in every language, checked by the compiler. */
export type Texts = Readonly<Record<TextKey, Text>>;

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
