/** Moving pictures and their controls. */
import { disc, fill, text, triangle } from '../look.js';
import { picture } from '../picture.js';
import { mix } from '../random.js';
import { words } from '../words.js';

export function pictureAt(g, x, y, w, h, seed, time = 0) {
  g.save();
  g.translate(x, y);
  picture(g, w, h, seed, time);
  g.restore();
}

/** A film: scenes follow each other, and everything in a scene moves. */
export function film(g, x, y, w, h, win) {
  const scene = Math.floor(win.videoTime / (3 + (win.seed % 5)));
  fill(g, x, y, w, h, '#000');
  const high = Math.min(h, (w * 9) / 16);
  const wide = Math.min(w, (h * 16) / 9);
  pictureAt(
    g,
    x + (w - wide) / 2,
    y + (h - high) / 2,
    wide,
    high,
    mix(win.seed, win.page, scene),
    win.videoTime * (1.2 + (win.seed % 7) * 0.4),
  );
  if (win.seed % 3 === 0)
    text(
      g,
      { sans: 'sans-serif', u: 12 },
      words('latin', 30, scene, win.seed),
      x + w / 2,
      y + (h + high) / 2 - high * 0.08,
      { align: 'center', colour: '#fff', size: high * 0.05, max: wide },
    );
}

export function controls(g, x, y, w, win, look, colour = '#fff') {
  const s = look.u;
  if (win.playing) {
    fill(g, x + s, y - s * 0.6, s * 0.4, s * 1.2, colour);
    fill(g, x + s * 1.7, y - s * 0.6, s * 0.4, s * 1.2, colour);
  } else
    triangle(
      g,
      [
        [x + s, y - s * 0.7],
        [x + s, y + s * 0.7],
        [x + s * 2.1, y],
      ],
      colour,
    );
  const [from, length] = [x + s * 4, w - s * 8];
  fill(g, from, y - 2, length, 4, 'rgba(140,140,140,.7)', 2);
  const part = ((mix(win.seed, 8) % 60) + win.videoTime / 3) / 100;
  fill(g, from, y - 2, length * Math.min(1, part), 4, look.accent, 2);
  disc(g, from + length * Math.min(1, part), y, 5, look.accent);
}
