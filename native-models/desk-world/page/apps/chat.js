/** A chat: people, messages, a field to type into. */
import { disc, fill, frame, paragraph, text } from '../look.js';
import { hsl } from '../picture.js';
import { mix, random } from '../random.js';
import { title, words } from '../words.js';
import { typed } from './typed.js';

export function chat(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const left = w > 450 ? w * r.pick([0.22, 0.28, 0.33]) : 0;
  const purple = r.chance(0.3) ? hsl(r.int(0, 360), 40, 22) : look.bar;
  fill(g, 0, 0, w, h, look.field);
  const input = look.u * 3.2;
  const size = look.u;
  let y = h - input - look.u + win.scroll;
  const bubbles = r.chance(0.6);
  for (let i = win.lines; y > 0 && i > win.lines - 60; i--) {
    const m = random(win.seed, win.page, i, 8);
    const mine = bubbles && m.chance(0.45);
    const lines = m.int(1, 3);
    const bw = Math.min((w - left) * 0.66, size * m.int(8, 30));
    const bh = lines * size * 1.5 + size;
    y -= bh + size * 0.7;
    const x = mine ? w - bw - 14 : left + size * 3.4;
    if (y > h) continue;
    if (bubbles) fill(g, x, y, bw, bh, mine ? look.accent : look.bar, 10);
    if (!mine) disc(g, left + size * 1.8, y + size * 1.1, size * 1.1, hsl(mix(i % 3, win.seed) % 360, 50, 55));
    paragraph(
      g,
      { ...look, fg: mine ? '#fff' : look.fg },
      x + 10,
      y + size * 0.5,
      bw - 20,
      lines,
      mix(win.seed, i, win.page),
    );
  }
  fill(g, left, h - input, w - left, input, look.bg);
  frame(g, left + 10, h - input + 6, w - left - 20, input - 12, win.typed ? look.accent : look.line, 8);
  const shown = typed(win, look.lang);
  const room = Math.max(8, Math.floor((w - left - 60) / (size * 0.56)));
  text(g, look, shown.slice(-room) || words(look.lang, 12, win.seed), left + 20, h - input / 2, {
    colour: shown ? look.fg : look.dim,
  });
  if (win.blink)
    fill(
      g,
      left + 22 + (shown ? g.measureText(shown.slice(-room)).width : 0),
      h - input / 2 - size * 0.6,
      2,
      size * 1.2,
      look.fg,
    );
  if (left) {
    fill(g, 0, 0, left, h, purple);
    const ink = purple === look.bar ? look.fg : '#ddd';
    for (let i = 0; i * look.u * 3.4 < h; i++) {
      if (i === win.page % 7) fill(g, 4, i * look.u * 3.4 + 4, left - 8, look.u * 3.2, look.accent, 6);
      disc(g, look.u * 1.8, look.u * (1.9 + 3.4 * i), look.u * 1.1, hsl(mix(win.seed, i) % 360, 45, 55));
      text(g, look, title(look.lang, win.seed, i), look.u * 3.5, look.u * (1.5 + 3.4 * i), {
        colour: ink,
        bold: true,
        max: left - look.u * 4,
      });
      text(g, look, words(look.lang, 20, win.seed, i), look.u * 3.5, look.u * (2.7 + 3.4 * i), {
        colour: ink,
        size: look.u * 0.8,
        max: left - look.u * 4,
      });
    }
  }
}
