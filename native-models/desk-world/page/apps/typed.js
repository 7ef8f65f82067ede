/** What has been typed into a window, and lines that break. */
import { words } from '../words.js';

/** What has been typed so far: `n` characters of filler. */
export const typed = (win, lang, n = win.typed) => (n > 0 ? words(lang, n, win.seed, win.page, 901) : '');

/** Breaks a string after every `width` characters. */
export function wrap(string, width) {
  const lines = [];
  for (let i = 0; i < string.length || i === 0; i += width) lines.push(string.slice(i, i + width));
  return lines;
}
