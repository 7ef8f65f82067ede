/** A mail program: folders, messages, one of them open or being written. */
import { disc, fill, paragraph, text } from '../look.js';
import { hsl } from '../picture.js';
import { mix, random } from '../random.js';
import { title, words } from '../words.js';
import { typed, wrap } from './typed.js';

export function mail(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const [left, list] = w > 600 ? [w * 0.18, w * r.pick([0.28, 0.34])] : [0, w * 0.4];
  const bar = look.u * 2.8;
  fill(g, 0, 0, w, h, look.field);
  const x = left + list;
  const selected = win.page % 9;
  const row = look.u * 3.6;
  for (let i = 0; i * row - (win.scroll % row) < h; i++) {
    const n = i + Math.floor(win.scroll / row);
    const y = bar + i * row - (win.scroll % row);
    if (n === selected) fill(g, left, y, list, row, look.accent);
    const ink = n === selected ? '#fff' : look.fg;
    text(g, look, title(look.lang, win.seed, n), left + 10, y + row * 0.3, {
      bold: mix(win.seed, n) % 3 === 0,
      colour: ink,
      max: list - 20,
    });
    text(g, look, words(look.lang, 40, win.seed, n), left + 10, y + row * 0.68, {
      size: look.u * 0.88,
      colour: n === selected ? '#eee' : look.dim,
      max: list - 20,
    });
    fill(g, left, y + row - 1, list, 1, look.line);
  }
  fill(g, x, bar, 1, h, look.line);
  fill(g, x + 1, bar, w - x, h, look.field);
  if (win.typed > 0 || win.compose) {
    for (let i = 0; i < 3; i++) {
      text(g, look, ['To', 'Cc', 'Subject'][i], x + 14, bar + look.u * (1.4 + 2 * i), { colour: look.dim });
      fill(g, x + 10, bar + look.u * (2.3 + 2 * i), w - x - 20, 1, look.line);
    }
    const lines = wrap(typed(win, look.lang), Math.max(8, Math.floor((w - x - 30) / (look.u * 0.6))));
    for (const [i, line] of lines.entries()) {
      text(g, look, line, x + 14, bar + look.u * (7.6 + 1.5 * i), { max: w - x - 24 });
    }
    if (win.blink)
      fill(
        g,
        x + 16 + g.measureText(lines.at(-1)).width,
        bar + look.u * (7 + 1.5 * (lines.length - 1)),
        2,
        look.u * 1.2,
        look.fg,
      );
  } else {
    text(g, look, title(look.lang, win.seed, win.page, 4), x + 16, bar + look.u * 1.8, {
      size: look.u * 1.5,
      bold: true,
      max: w - x - 30,
      told: true,
    });
    disc(g, x + look.u * 2.2, bar + look.u * 4.4, look.u * 1.2, hsl(mix(win.seed, win.page) % 360, 50, 50));
    let y = bar + look.u * 6.4;
    for (let i = 0; y < h && i < 8; i++)
      y =
        paragraph(g, look, x + 16, y, w - x - 32, 1 + (mix(win.seed, win.page, i) % 6), mix(win.seed, win.page, i)) +
        look.u;
  }
  fill(g, 0, 0, w, bar, look.bar);
  for (let i = 0; i < 6; i++)
    fill(g, 12 + i * look.u * 4.4, look.u * 0.7, look.u * 3.6, look.u * 1.4, i ? look.line : look.accent, 4);
  if (left) {
    fill(g, 0, bar, left, h, look.bg);
    for (let i = 0; i < 9; i++)
      text(g, look, title(look.lang, win.seed, i, 2), 14, bar + look.u * (1.4 + 2 * i), {
        max: left - 20,
        bold: i === 0,
      });
  }
}
