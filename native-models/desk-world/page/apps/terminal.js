/** A terminal: output, a prompt, and a command that may be running. */
import { fill, text } from '../look.js';
import { hsl } from '../picture.js';
import { mix, random } from '../random.js';
import { output, words } from '../words.js';
import { typed, wrap } from './typed.js';

const SHELLS = [
  ['#000', '#ddd', '#5f5'],
  ['#fff', '#111', '#06c'],
  ['#fff', '#000', '#000'],
  ['#002b36', '#93a1a1', '#859900'],
  ['#fdf6e3', '#586e75', '#268bd2'],
  ['#300a24', '#eee', '#8ae234'],
  ['#1e1e1e', '#ccc', '#4ec9b0'],
  ['#000', '#0f0', '#0f0'],
  ['#282c34', '#abb2bf', '#98c379'],
  ['#0c0c0c', '#ccc', '#fff'],
  ['#232627', '#fcfcfc', '#1d99f3'],
];

export function terminal(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const [bg, fg, prompt] = r.pick(SHELLS);
  const size = look.u * r.pick([0.75, 0.85, 0.95, 1.1, 1.3]);
  const bar = r.chance(0.25) && look.u > 0 ? size * 1.9 : 0;
  fill(g, 0, 0, w, h, bg);
  const host = r.pick(['user@host:~$ ', '[root@box /]# ', '$ ', 'kim@desk ~ % ', '~/work > ', 'C:\\Users\\me> ']);
  const row = size * 1.25;
  const columns = Math.max(20, Math.floor(w / (size * 0.61)) - 1);
  const rows = Math.max(3, Math.floor((h - bar - 6) / row));
  const lines = [];
  /** The last line before the prompt. */
  let last;
  for (
    let i = Math.max(0, win.lines - rows - Math.round(win.scroll / row));
    i < win.lines - Math.round(win.scroll / row);
    i++
  ) {
    const l = random(win.seed, i, 3);
    if (l.chance(0.06)) lines.push([host + words('latin', l.int(3, 20), win.seed, i), prompt]);
    else lines.push([output(win.seed, i, 9).slice(0, columns), l.chance(0.08) ? hsl(l.int(0, 360), 70, 55) : fg]);
  }
  if (win.run) {
    const { mode, k } = win.run;
    if (mode === 'percent') {
      const n = Math.min(40, Math.floor(columns * 0.5));
      lines.push([
        `${Math.min(99, k * 3)}% [${'#'.repeat(Math.min(n, Math.floor((k * 3 * n) / 100)))}${'.'.repeat(Math.max(0, n - Math.floor((k * 3 * n) / 100)))}] ${k * 17} kB/s`,
        fg,
      ]);
    } else if (mode === 'dots')
      lines.push(...wrap(`${output(win.seed, 5)} ${'.'.repeat(k * 3 + 1)}`, columns).map((x) => [x, fg]));
    else if (mode === 'table') {
      lines.length = 0;
      for (let i = 0; i < rows - 1; i++) {
        const v = random(win.seed, i, k);
        lines.push([
          `${mix(win.seed, i) % 9999}  user  20   0  ${v.int(1000, 99999)}  ${v.int(0, 99)}.${v.int(0, 9)}  ${words('latin', 12, win.seed, i)}`,
          i === 0 ? prompt : fg,
        ]);
      }
    }
  } else if (win.scroll < row) {
    last = lines.at(-1);
    const now = wrap(host + typed(win, 'latin'), columns);
    for (const [i, x] of now.entries()) lines.push([i === now.length - 1 && win.blink ? `${x}\u2588` : x, prompt]);
  }
  for (const [i, entry] of lines.slice(-rows).entries()) {
    const [line, colour] = entry;
    text(g, look, line, 4, bar + 4 + row * (i + 0.5), { size, colour, mono: true, told: entry === last });
  }
  if (bar) {
    fill(g, 0, 0, w, bar, look.bar);
    for (const [i, name] of ['File', 'Edit', 'View', 'Help'].entries()) {
      text(g, look, name, 8 + i * look.u * 3.2, bar / 2, { size: look.u * 0.9 });
    }
  }
}
