import type { en } from './en.ts';

export type TextKey = keyof typeof en;

/** `{name}` stands for a value. A text that depends on a `{count}` has a form for each plural category it needs. */
export type Text = string | Plural;
export interface Plural {
  readonly one?: string;
  readonly other: string;
}

/** The same keys in every language, checked by the compiler. */
export type Texts = Readonly<Record<TextKey, Text>>;
