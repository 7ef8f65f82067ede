/** A settings window. */
import { button, disc, fill, text } from '../look.js';
import { hsl } from '../picture.js';
import { random } from '../random.js';
import { title, words } from '../words.js';

export function settings(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const left = w > 320 ? Math.min(w * 0.34, look.u * 18) : 0;
  fill(g, 0, 0, w, h, look.bg);
  text(g, look, title(look.lang, win.seed, win.page), left + look.u * 2, look.u * 2.4 - win.scroll, {
    size: look.u * 1.7,
    bold: true,
  });
  const p = random(win.seed, win.page, 5);
  let y = look.u * 4.6 - win.scroll;
  for (let i = 0; i < 24; i++) {
    const kind = p.int(0, 3);
    const right = w - look.u * 2;
    if (y > -60 && y < h) {
      fill(g, left + look.u * 1.4, y, w - left - look.u * 2.8, look.u * 3, look.field, 6);
      text(g, look, words(look.lang, 18, win.seed, win.page, i), left + look.u * 2.4, y + look.u * 1.5, {
        max: (w - left) * 0.55,
      });
      if (kind <= 1) {
        const on = p.chance(0.5);
        fill(
          g,
          right - look.u * 3.4,
          y + look.u * 0.9,
          look.u * 2.4,
          look.u * 1.2,
          on ? look.accent : look.line,
          look.u * 0.6,
        );
        disc(g, right - look.u * (on ? 1.6 : 2.8), y + look.u * 1.5, look.u * 0.5, '#fff');
      } else if (kind === 2) {
        fill(g, right - look.u * 8, y + look.u * 1.4, look.u * 7, look.u * 0.3, look.line);
        disc(g, right - look.u * (1 + p() * 6), y + look.u * 1.55, look.u * 0.55, look.accent);
      } else button(g, look, right - look.u * 7, y + look.u * 0.6, look.u * 6.4, look.u * 1.8, words(look.lang, 6, i));
    }
    y += look.u * (p.chance(0.2) ? 4.6 : 3.2);
  }
  if (!left) return;
  fill(g, 0, 0, left, h, look.bar);
  for (let i = 0; i < 16; i++) {
    const on = i === win.page % 9;
    if (on) fill(g, 6, look.u * (0.6 + 2.5 * i), left - 12, look.u * 2.2, look.accent, 6);
    fill(
      g,
      14,
      look.u * (1.1 + 2.5 * i),
      look.u * 1.2,
      look.u * 1.2,
      r.chance(0.5) ? hsl(i * 47, 55, 50) : look.dim,
      4,
    );
    text(g, look, title(look.lang, win.seed, i), look.u * 3, look.u * (1.7 + 2.5 * i), {
      colour: on ? '#fff' : look.fg,
      max: left - look.u * 4,
    });
  }
}
