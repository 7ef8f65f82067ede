/** A progress bar inside a window. */
import { fill, text } from '../look.js';
import { title } from '../words.js';

/** A progress bar along the lower edge of a window. */
export function strip(g, w, h, win, look) {
  const high = look.u * 3.4;
  fill(g, 0, h - high, w, high, look.bar);
  fill(g, 0, h - high, w, 1, look.line);
  text(g, look, title(look.lang, win.seed, 71), look.u, h - high * 0.68, { size: look.u * 0.9, max: w * 0.8 });
  fill(g, look.u, h - high * 0.4, w - look.u * 2, look.u * 0.8, look.line, 4);
  fill(g, look.u, h - high * 0.4, (w - look.u * 2) * win.progress, look.u * 0.8, look.accent, 4);
}
