/** The look of one window: colours and fonts, and the few shapes everything is drawn with. */
import { hsl } from './picture.js';
import { words } from './words.js';

/**
 * @typedef {object} Look
 * @property {boolean} dark @property {string} bg @property {string} fg @property {string} dim @property {string} bar
 * @property {string} line @property {string} field @property {string} accent @property {string} onAccent
 * @property {number} u base text size, pixels of the simulated display
 * @property {string} lang @property {string} sans @property {string} mono
 */

/** @param {any} style @param {boolean} dark @param {number} zoom @returns {Look} */
export function lookOf(style, dark, zoom = 1) {
  const tint = style.tint;
  const s = style.tintStrength;
  const soft = (l) => hsl(tint, s, l);
  return {
    dark,
    bg: dark ? soft(style.darkness) : soft(style.retro ? 80 : 98),
    field: dark ? soft(style.darkness + 5) : '#fff',
    bar: dark ? soft(style.darkness + 9) : soft(style.retro ? 78 : 91),
    line: dark ? soft(style.darkness + 18) : soft(style.retro ? 55 : 80),
    fg: dark ? soft(90) : soft(12),
    dim: dark ? soft(60) : soft(48),
    accent: style.accent,
    onAccent: '#fff',
    u: style.fontSize * zoom,
    lang: style.lang,
    sans: style.sans,
    mono: style.mono,
  };
}

/** @param {CanvasRenderingContext2D} g */
export function fill(g, x, y, w, h, colour, radius = 0) {
  g.fillStyle = colour;
  if (radius) {
    g.beginPath();
    g.roundRect(x, y, w, h, radius);
    g.fill();
  } else g.fillRect(x, y, w, h);
}

export function frame(g, x, y, w, h, colour, radius = 0, width = 1) {
  g.strokeStyle = colour;
  g.lineWidth = width;
  g.beginPath();
  g.roundRect(x + width / 2, y + width / 2, w - width, h - width, radius);
  g.stroke();
}

export function disc(g, x, y, radius, colour) {
  g.fillStyle = colour;
  g.beginPath();
  g.arc(x, y, radius, 0, 7);
  g.fill();
}

/**
 * @typedef {object} Told A text that a person would repeat, and where it stands
 * @property {string} text @property {number} size height of its letters, in pixels of the picture
 * @property {number} x @property {number} y @property {number} w @property {number} h in pixels of the picture
 */

/** Where the texts drawn on a context are noted that are to be told. @type {WeakMap<object, Told[]>} */
const notes = new WeakMap();

/** The texts to be told that are drawn on a context from now on. @returns {Told[]} */
export function listen(g) {
  const told = [];
  notes.set(g, told);
  return told;
}

function tell(g, string, size, x, y, w, h) {
  const { a, d, e, f } = g.getTransform();
  notes.get(g)?.push({ text: string, size: size * d, x: x * a + e, y: y * d + f, w: w * a, h: h * d });
}

/**
 * Text with its middle at `y`; `told`: a person would repeat it.
 * @param {CanvasRenderingContext2D} g @param {Look} look
 */
export function text(
  g,
  look,
  string,
  x,
  y,
  { size = look.u, colour = look.fg, bold = false, mono = false, align = 'left', max, told = false } = {},
) {
  g.font = `${bold ? 'bold ' : ''}${size.toFixed(1)}px ${mono ? look.mono : look.sans}`;
  g.fillStyle = colour;
  g.textAlign = align;
  g.textBaseline = 'middle';
  if (max && g.measureText(string).width > max) {
    string = string.slice(0, Math.max(1, Math.floor((string.length * max) / g.measureText(string).width) - 1));
  }
  g.fillText(string, x, y);
  if (!told) return;
  const { width } = g.measureText(string);
  tell(g, string, size, x - (align === 'center' ? width / 2 : 0), y - size / 2, width, size);
}

/** Lines of filler text from `y` downwards, told as one text; returns the y below them. */
export function paragraph(g, look, x, y, w, lines, seed, { told = false, ...options } = {}) {
  const size = options.size ?? look.u;
  const wide = look.lang === 'hangul' || look.lang === 'han' ? 1.05 : 0.52;
  const top = y;
  const drawn = [];
  for (let i = 0; i < lines; i++) {
    const share = i === lines - 1 && lines > 1 ? 0.35 + ((seed * 7) % 50) / 100 : 1;
    const n = Math.max(2, Math.floor((w * share) / (size * wide)));
    const line = words(look.lang, n, seed, i);
    text(g, look, line, x, y + size * 0.75, { ...options, size, max: w });
    drawn.push(line);
    y += size * 1.5;
  }
  if (told) tell(g, drawn.join(' '), size, x, top, w, y - top);
  return y;
}

export function button(g, look, x, y, w, h, label, primary = false) {
  const radius = look.radius ?? 4;
  fill(g, x, y, w, h, primary ? look.accent : look.bar, radius);
  frame(g, x, y, w, h, primary ? look.accent : look.line, radius);
  text(g, look, label, x + w / 2, y + h / 2, { align: 'center', colour: primary ? look.onAccent : look.fg, max: w });
}

export function triangle(g, points, colour) {
  g.fillStyle = colour;
  g.beginPath();
  for (const [x, y] of points) g.lineTo(x, y);
  g.fill();
}
