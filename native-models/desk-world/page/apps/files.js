/** A file manager. */
import { disc, fill, frame, text } from '../look.js';
import { hsl } from '../picture.js';
import { mix, random } from '../random.js';
import { title, words } from '../words.js';
import { strip } from './strip.js';

export function files(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const bar = look.u * r.pick([2.6, 3.6]);
  const left = w > 380 && r.chance(0.85) ? Math.min(w * 0.26, look.u * 14) : 0;
  const grid = r.chance(0.6);
  const colour = r.pick(['#e8b94a', '#4a90d9', '#5aa9e6', look.accent]);
  fill(g, 0, 0, w, h, look.field);
  const count = random(win.seed, win.page).int(5, 70);
  const cell = look.u * r.pick([7, 9, 11]);
  const columns = grid ? Math.max(1, Math.floor((w - left) / cell)) : 1;
  const row = grid ? cell : look.u * 2;
  for (let i = 0; i < count; i++) {
    const [x, y] = [left + (i % columns) * cell, bar + Math.floor(i / columns) * row + 6 - win.scroll];
    if (y > h || y < -row) continue;
    const folder = mix(win.seed, win.page, i) % 3 > 0;
    if (i === win.hover) fill(g, x, y, grid ? cell - 4 : w - left, row - 2, look.bar, 4);
    const s = grid ? cell * 0.45 : look.u * 1.3;
    const ix = grid ? x + cell * 0.27 : x + 10;
    if (folder) {
      fill(g, ix, y + s * 0.1, s * 0.45, s * 0.2, colour, 2);
      fill(g, ix, y + s * 0.2, s, s * 0.7, colour, 3);
    } else {
      fill(g, ix + s * 0.12, y, s * 0.76, s, '#fafafa', 2);
      frame(g, ix + s * 0.12, y, s * 0.76, s, '#999', 2);
      if (mix(i, win.seed) % 2)
        fill(g, ix + s * 0.22, y + s * 0.3, s * 0.5, s * 0.3, hsl(mix(i, win.page) % 360, 60, 50));
    }
    const name = words(look.lang, 5 + (mix(win.seed, win.page, i, 4) % 12), win.seed, win.page, i);
    if (grid)
      text(g, look, name, x + cell / 2, y + cell * 0.62, { align: 'center', size: look.u * 0.88, max: cell * 0.94 });
    else {
      text(g, look, name, x + look.u * 3, y + row * 0.4, { max: (w - left) * 0.5 });
      text(g, look, `${mix(i, win.seed) % 999} kB`, x + (w - left) * 0.62, y + row * 0.4, { colour: look.dim });
      text(g, look, `2024-0${1 + (i % 9)}-1${i % 9}`, x + (w - left) * 0.8, y + row * 0.4, { colour: look.dim });
    }
  }
  if (left) {
    fill(g, 0, 0, left, h, look.bg);
    for (let i = 0; i < 11; i++) {
      if (i === win.page % 6) fill(g, 4, bar + look.u * (0.4 + 2.1 * i), left - 8, look.u * 1.9, look.accent, 5);
      fill(g, 12, bar + look.u * (0.8 + 2.1 * i), look.u, look.u, look.dim, 3);
      text(g, look, title(look.lang, win.seed, i), look.u * 2.4, bar + look.u * (1.35 + 2.1 * i), {
        colour: i === win.page % 6 ? '#fff' : look.fg,
        max: left - look.u * 3,
      });
    }
  }
  fill(g, 0, 0, w, bar, look.bar);
  for (let i = 0; i < 3; i++) disc(g, look.u * (1.4 + 2 * i), bar / 2, look.u * 0.55, look.dim);
  fill(g, look.u * 8, bar * 0.18, w - look.u * 14, bar * 0.64, look.field, 5);
  text(g, look, `/home/${words('latin', 8, win.seed, win.page).replace(/ /g, '/')}`, look.u * 9, bar / 2, {
    max: w - look.u * 16,
  });
  if (win.progress !== null) strip(g, w, h, win, look);
}
