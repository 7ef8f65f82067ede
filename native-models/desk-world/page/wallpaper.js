/** What lies behind all windows. */
import { fill } from './look.js';
import { grain, hsl, picture } from './picture.js';
import { random } from './random.js';

/** @param {CanvasRenderingContext2D} g @param {number} w @param {number} h @param {{kind: string, seed: number}} paper */
export function wallpaper(g, w, h, paper) {
  const r = random(paper.seed, 3);
  const hue = r.int(0, 360);
  switch (paper.kind) {
    case 'black':
      return fill(g, 0, 0, w, h, '#000');
    case 'grey':
      return fill(g, 0, 0, w, h, hsl(0, 0, r.pick([20, 33, 50, 66, 75])));
    case 'flat':
      return fill(g, 0, 0, w, h, hsl(hue, r.int(5, 75), r.int(12, 80)));
    case 'weave':
      return weave(g, w, h);
    case 'gradient':
      return gradient(g, w, h, r, hue);
    case 'pattern':
      return pattern(g, w, h, r, hue);
    case 'rays':
      gradient(g, w, h, r, hue);
      for (let i = 0; i < 14; i++) {
        g.fillStyle = hsl(hue + r.int(-40, 40), 60, r.int(20, 80), 0.18);
        g.beginPath();
        for (let k = 0; k < 3; k++) g.lineTo(r() * w, r() * h);
        g.fill();
      }
      return;
    default:
      picture(g, w, h, paper.seed);
      if (r.chance(0.6)) grain(g, w, h, paper.seed);
  }
}

/** The grey stipple of a bare X server: its average is mid grey. */
function weave(g, w, h) {
  fill(g, 0, 0, w, h, '#7b7b7b');
  g.fillStyle = '#5a5a5a';
  for (let y = 0; y < h; y += 8) for (let x = (y / 8) % 2 ? 4 : 0; x < w; x += 8) g.fillRect(x, y, 4, 4);
}

function gradient(g, w, h, r, hue) {
  const paint = r.chance(0.3)
    ? g.createRadialGradient(r() * w, r() * h, 0, w / 2, h / 2, w * 0.8)
    : g.createLinearGradient(0, 0, r.chance(0.5) ? w : 0, h);
  for (let i = 0, n = r.int(2, 4); i < n; i++) {
    paint.addColorStop(i / (n - 1), hsl(hue + r.int(-70, 70), r.int(20, 80), r.int(12, 75)));
  }
  fill(g, 0, 0, w, h, paint);
}

function pattern(g, w, h, r, hue) {
  const light = r.int(15, 75);
  fill(g, 0, 0, w, h, hsl(hue, r.int(10, 60), light));
  const step = r.int(24, 120);
  const kind = r.int(0, 3);
  g.fillStyle = hsl(hue + r.int(0, 60), 40, light + r.pick([-10, 8, 14]));
  for (let y = 0; y < h; y += step) {
    for (let x = 0; x < w; x += step) {
      if (kind === 0) g.fillRect(x, y, step / 2, step / 2);
      else if (kind === 1) g.fillRect(x, y, step * 0.12, step);
      else {
        g.beginPath();
        g.arc(x + step / 2, y + (kind === 2 ? step / 2 : (x / step) % 2 ? 0 : step / 2), step * 0.3, 0, 7);
        g.fill();
      }
    }
  }
}
