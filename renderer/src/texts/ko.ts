import type { Texts } from './catalogue.ts';
import { en } from './en.ts';

export const ko: Texts = en;
