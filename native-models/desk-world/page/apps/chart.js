/** A chart. */
import { fill, frame } from '../look.js';
import { hsl } from '../picture.js';
import { random } from '../random.js';

export function chart(g, x, y, w, h, seed, look) {
  const r = random(seed, 8);
  fill(g, x, y, w, h, look.field);
  frame(g, x, y, w, h, look.line);
  const n = r.int(5, 14);
  const lines = r.chance(0.5);
  g.strokeStyle = look.accent;
  g.lineWidth = 3;
  g.beginPath();
  for (let i = 0; i < n; i++) {
    const v = r() * h * 0.8;
    if (lines) g.lineTo(x + ((i + 0.5) * w) / n, y + h - v - 8);
    else fill(g, x + ((i + 0.2) * w) / n, y + h - v - 6, (w / n) * 0.6, v, hsl(seed + i * 20, 55, 50));
  }
  if (lines) g.stroke();
}
