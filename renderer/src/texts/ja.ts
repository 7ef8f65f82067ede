import type { Texts } from './catalogue.ts';
import { en } from './en.ts';

export const ja: Texts = en;
