/** A presentation: slides, large and in a list. */
import { disc, fill, frame, text } from '../look.js';
import { hsl } from '../picture.js';
import { mix, random } from '../random.js';
import { title, words } from '../words.js';
import { pictureAt } from './film.js';

export function presentation(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const full = r.chance(0.3);
  const [left, bar] = full ? [0, 0] : [w * 0.16, look.u * r.pick([3, 5.5])];
  fill(g, 0, 0, w, h, full ? '#000' : win.dark ? '#2c2c2c' : '#cfcfcf');
  const aw = (w - left) * (full ? 1 : 0.9);
  const sw = Math.min(aw, (h - bar) * (full ? 1 : 0.9) * 1.6);
  slide(g, left + (w - left - sw) / 2, bar + (h - bar - sw / 1.6) / 2, sw, win.seed, win.page, look);
  if (full) return;
  fill(g, 0, 0, left, h, look.bg);
  for (let i = 0; i < 7; i++) {
    const n = Math.max(0, win.page - 3) + i;
    const y = bar + 10 + i * (left * 0.58 + 8);
    if (y < h) slide(g, 12, y, left - 24, win.seed, n, look);
    if (n === win.page) frame(g, 9, y - 3, left - 18, (left - 24) / 1.6 + 6, look.accent, 3, 3);
  }
  fill(g, 0, 0, w, bar, look.bar);
  for (let i = 0; i < w / (look.u * 3) - 1; i++)
    fill(
      g,
      8 + i * look.u * 2.9,
      bar * 0.25,
      look.u * 1.7,
      bar * 0.5,
      mix(win.seed, i) % 5 ? look.line : look.accent,
      3,
    );
}

function slide(g, x, y, w, seed, page, look) {
  const deck = random(seed, 41);
  const hue = deck.int(0, 360);
  const dark = deck.chance(0.35);
  const h = w / 1.6;
  const p = random(seed, page, 42);
  g.save();
  g.beginPath();
  g.rect(x, y, w, h);
  g.clip();
  fill(g, x, y, w, h, dark ? hsl(hue, 30, 16) : p.chance(0.15) ? hsl(hue, 50, 45) : '#fff');
  const l = { ...look, u: w * 0.034, fg: dark ? '#fff' : '#222' };
  const kind = p.int(0, 3);
  fill(g, x, y, w, deck.pick([h * 0.02, h * 0.2]), hsl(hue, 55, 45));
  text(g, l, title(look.lang, seed, page), x + w * 0.07, y + h * (kind === 0 ? 0.42 : 0.13), {
    size: w * (kind === 0 ? 0.075 : 0.05),
    bold: true,
    max: w * 0.86,
  });
  if (kind === 1 || kind === 2)
    for (let i = 0; i < p.int(3, 6); i++) {
      disc(g, x + w * 0.08, y + h * (0.33 + i * 0.11), w * 0.008, hsl(hue, 55, 45));
      text(
        g,
        l,
        words(look.lang, p.int(14, kind === 2 ? 24 : 46), seed, page, i),
        x + w * 0.1,
        y + h * (0.33 + i * 0.11),
        { max: w * (kind === 2 ? 0.4 : 0.8) },
      );
    }
  if (kind === 2) pictureAt(g, x + w * 0.54, y + h * 0.3, w * 0.4, h * 0.5, mix(seed, page));
  if (kind === 3)
    for (let i = 0; i < 7; i++) {
      const high = h * 0.6 * p();
      fill(g, x + w * (0.1 + i * 0.115), y + h * 0.92 - high, w * 0.08, high, hsl(hue + i * 25, 55, 50));
    }
  g.restore();
}
