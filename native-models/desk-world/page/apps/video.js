/** A video player. */
import { disc, fill, triangle } from '../look.js';
import { random } from '../random.js';
import { controls, film } from './film.js';

export function video(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const bar = r.chance(0.7) ? look.u * 2.8 : 0;
  film(g, 0, 0, w, h - bar, win);
  if (bar) fill(g, 0, h - bar, w, bar, r.chance(0.5) ? '#111' : look.bar);
  const dark = !bar || r.chance(0.5);
  if (bar || !win.playing)
    controls(g, 0, h - (bar || look.u * 3) / 2, w, win, look, dark && !bar ? '#fff' : look.dark ? '#ddd' : '#666');
  if (!win.playing && r.chance(0.5)) {
    disc(g, w / 2, (h - bar) / 2, look.u * 3, 'rgba(0,0,0,.6)');
    triangle(
      g,
      [
        [w / 2 - look.u, (h - bar) / 2 - look.u * 1.3],
        [w / 2 - look.u, (h - bar) / 2 + look.u * 1.3],
        [w / 2 + look.u * 1.5, (h - bar) / 2],
      ],
      '#fff',
    );
  }
}
