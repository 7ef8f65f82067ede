/** An image viewer. */
import { disc, fill } from '../look.js';
import { mix, random } from '../random.js';
import { pictureAt } from './film.js';

export function image(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const bar = look.u * r.pick([0, 2.4, 3]);
  const shape = random(win.seed, win.page, 3);
  fill(g, 0, 0, w, h, r.pick(['#111', '#2b2b2b', look.bg, '#fff']));
  const ratio = shape.pick([1.5, 1.33, 1.78, 0.67, 1]);
  const [aw, ah] = [w * 0.94, (h - bar) * 0.94];
  const pw = Math.min(aw, ah * ratio);
  const ph = pw / ratio;
  pictureAt(g, (w - pw) / 2, bar + (h - bar - ph) / 2, pw, ph, mix(win.seed, win.page, 11));
  if (bar) {
    fill(g, 0, 0, w, bar, look.bar);
    for (let i = 0; i < 6; i++) disc(g, look.u * (1.6 + i * 2.2), bar / 2, look.u * 0.55, look.dim);
  }
}
