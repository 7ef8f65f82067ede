/** Photo-like pictures made of gradients, hills, blobs and grain: wallpapers, photographs and the frames of films. */
import { random } from './random.js';

/** @param {number} h @param {number} s @param {number} l @param {number} [a] */
export const hsl = (h, s, l, a = 1) => `hsla(${((h % 360) + 360) % 360},${s}%,${l}%,${a})`;

/**
 * Fills `0,0,w,h` with a picture.
 * @param {CanvasRenderingContext2D} g @param {number} w @param {number} h @param {number} seed
 * @param {number} [time] seconds; things in the picture move with it
 */
export function picture(g, w, h, seed, time = 0) {
  const r = random(seed, 77);
  const hue = r.int(0, 360);
  const light = r.int(15, 75);
  const kind = r.int(0, 4);
  g.save();
  g.beginPath();
  g.rect(0, 0, w, h);
  g.clip();
  const sky = g.createLinearGradient(0, 0, r.chance(0.3) ? w : 0, h);
  sky.addColorStop(0, hsl(hue, r.int(10, 80), light));
  sky.addColorStop(1, hsl(hue + r.int(-60, 60), r.int(10, 80), Math.min(92, light + r.int(-25, 30))));
  g.fillStyle = sky;
  g.fillRect(0, 0, w, h);
  if (kind <= 1) hills(g, w, h, r, time);
  if (kind === 2 || kind === 1) blobs(g, w, h, r, time, r.int(3, 9), 0.85);
  if (kind === 3) blobs(g, w, h, r, time, r.int(20, 60), 0.35);
  if (kind === 4) people(g, w, h, r, time);
  g.restore();
}

function hills(g, w, h, r, time) {
  const hue = r.int(0, 360);
  for (let layer = 0; layer < 4; layer++) {
    const base = h * (0.45 + layer * 0.14);
    const [a, b, p] = [r() * 0.2 * h, r() * 0.08 * h, r() * 9 + time * (0.3 + layer * 0.35)];
    const [f1, f2] = [r.int(2, 6), r.int(7, 17)];
    g.fillStyle = hsl(hue + layer * 9, r.int(15, 60), 62 - layer * r.int(8, 15));
    g.beginPath();
    g.moveTo(0, h);
    for (let i = 0; i <= 32; i++) {
      g.lineTo((i / 32) * w, base - a * Math.sin((i / 32) * f1 + p) - b * Math.sin((i / 32) * f2 + p * 2));
    }
    g.lineTo(w, h);
    g.fill();
  }
}

function blobs(g, w, h, r, time, count, alpha) {
  for (let i = 0; i < count; i++) {
    const [vx, vy] = [r() - 0.5, r() - 0.5];
    const x = (((r() + vx * time * 0.35) % 1) + 1) % 1;
    const y = (((r() + vy * time * 0.35) % 1) + 1) % 1;
    const size = (0.04 + r() * 0.22) * Math.max(w, h);
    g.fillStyle = hsl(r.int(0, 360), r.int(20, 85), r.int(15, 85), alpha);
    g.beginPath();
    if (r.chance(0.6)) g.ellipse(x * w, y * h, size, size * (0.4 + r() * 0.6), r() * 3 + time * vx, 0, 7);
    else g.rect(x * w - size / 2, y * h - size / 2, size, size * (0.3 + r()));
    g.fill();
  }
}

function people(g, w, h, r, time) {
  for (let i = 0, n = r.int(1, 3); i < n; i++) {
    const x = w * ((i + 0.5) / n + Math.sin(time * (0.8 + r()) + i) * 0.08 + (r() - 0.5) * 0.1);
    const size = h * (0.12 + r() * 0.1);
    const y = h * (0.38 + r() * 0.12) + Math.sin(time * 2.3 + i) * h * 0.03;
    g.fillStyle = hsl(r.int(0, 360), r.int(20, 70), r.int(15, 60));
    g.beginPath();
    g.ellipse(x, y + size * 2.7, size * 1.7, size * 1.9, 0, 0, 7);
    g.fill();
    g.fillStyle = hsl(r.int(15, 35), r.int(30, 55), r.int(35, 80));
    g.beginPath();
    g.ellipse(x, y, size * 0.8, size, Math.sin(time + i) * 0.2, 0, 7);
    g.fill();
    g.fillStyle = hsl(r.int(10, 45), 40, r.int(8, 50));
    g.beginPath();
    g.ellipse(x, y - size * 0.55, size * 0.85, size * 0.6, 0, 3.1, 6.3);
    g.fill();
  }
}

/** Fine grain over a rectangle, as in photographs. @param {CanvasRenderingContext2D} g */
export function grain(g, w, h, seed, strength = 0.12) {
  const r = random(seed, 5);
  for (let i = 0; i < 2500; i++) {
    g.fillStyle = r.chance(0.5) ? `rgba(255,255,255,${strength})` : `rgba(0,0,0,${strength})`;
    const s = 1 + r() * 3;
    g.fillRect(r() * w, r() * h, s, s);
  }
}
