/** A text editor, for code or for notes. */
import { fill, text } from '../look.js';
import { mix, random } from '../random.js';
import { code, title, words } from '../words.js';
import { typed, wrap } from './typed.js';

const EDITORS = [
  { bg: '#1e1e1e', ink: ['#d4d4d4', '#569cd6', '#ce9178', '#6a9955', '#b5cea8'], side: '#252526' },
  { bg: '#fff', ink: ['#222', '#00c', '#a31515', '#080', '#098658'], side: '#f3f3f3' },
  { bg: '#272822', ink: ['#f8f8f2', '#f92672', '#e6db74', '#75715e', '#ae81ff'], side: '#1e1f1c' },
  { bg: '#fdf6e3', ink: ['#586e75', '#268bd2', '#2aa198', '#93a1a1', '#d33682'], side: '#eee8d5' },
  { bg: '#2e3440', ink: ['#d8dee9', '#81a1c1', '#a3be8c', '#616e88', '#b48ead'], side: '#3b4252' },
];

export function editor(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const theme = r.pick(win.dark ? [0, 2, 4] : [1, 1, 3]);
  const { bg, ink, side } = EDITORS[theme];
  const plain = r.chance(0.35);
  const left = r.chance(0.45) && !plain && w > 420 ? w * 0.2 : 0;
  const numbers = plain && r.chance(0.6) ? 0 : look.u * 2.6;
  const top = r.chance(0.7) ? look.u * 2.1 : 0;
  const size = look.u * r.pick([0.85, 0.95, 1.1]);
  const row = size * 1.45;
  fill(g, 0, 0, w, h, bg);
  const caret = Math.floor(win.caret / row);
  const added = wrap(
    typed(win, plain ? look.lang : 'latin'),
    Math.max(20, Math.floor((w - left - numbers) / (size * 0.75)) - 6),
  );
  const first = Math.floor(win.scroll / row);
  for (let i = first; (i - first) * row < h; i++) {
    const y = top + (i - first + 0.6) * row;
    if (numbers)
      text(g, look, String(i + 1), left + numbers - 6, y, {
        size: size * 0.85,
        colour: ink[3],
        mono: true,
        align: 'right',
      });
    let x = left + numbers + 8;
    const inside = win.typed > 0 && i >= caret && i < caret + added.length;
    const index = i < caret || win.typed === 0 ? i : i - added.length;
    const pieces = inside
      ? [[added[i - caret], 0]]
      : plain
        ? [[words(look.lang, mix(win.seed, index) % 70, win.seed, win.page, index), 0]]
        : code(win.seed, win.page, index);
    for (const [piece, colour] of pieces) {
      text(g, look, piece, x, y, { size, colour: ink[colour], mono: true });
      x += g.measureText(piece).width;
    }
    if (win.blink && (inside ? i === caret + added.length - 1 : i === caret && win.typed === 0))
      fill(g, x + 1, y - size * 0.6, 2, size * 1.2, ink[0]);
  }
  if (left) {
    fill(g, 0, 0, left, h, side);
    for (let i = 0; i < 22; i++)
      text(g, look, words('latin', 12, win.seed, i), 10 + 10 * (mix(win.seed, i) % 3), top + (i + 0.7) * look.u * 1.6, {
        size: look.u * 0.9,
        colour: ink[3],
        max: left - 20,
      });
  }
  if (top) {
    fill(g, 0, 0, w, top, plain ? look.bar : side);
    for (let i = 0; i < (plain ? 4 : 3); i++)
      text(
        g,
        look,
        title(plain ? 'latin' : look.lang, win.seed, i, win.page),
        10 + i * look.u * (plain ? 5 : 9),
        top / 2,
        { size: look.u * 0.9, colour: plain ? look.fg : ink[0], max: look.u * (plain ? 4.5 : 8) },
      );
  }
  if (!plain) fill(g, 0, h - look.u * 1.5, w, look.u * 1.5, r.chance(0.5) ? look.accent : side);
}
