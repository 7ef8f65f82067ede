/** A spreadsheet. */
import { fill, frame, text } from '../look.js';
import { hsl } from '../picture.js';
import { mix, random } from '../random.js';
import { words } from '../words.js';
import { chart } from './chart.js';

export function spreadsheet(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const bar = look.u * r.pick([2.6, 4.2, 6]) + look.u * 2;
  const own = r.chance(0.8) ? { ...look, bg: '#f3f3f3', field: '#fff', fg: '#222', line: '#ccc' } : look;
  const [cw, row, head] = [look.u * r.pick([5.5, 7]), look.u * 1.7, look.u * 2.8];
  fill(g, 0, 0, w, h, own.field);
  const first = Math.floor(win.scroll / row);
  const sheet = random(win.seed, win.page, 4);
  const filled = sheet.int(3, 10);
  const coloured = sheet.chance(0.5) ? hsl(sheet.int(0, 360), 50, 80) : own.field;
  const cursor = Math.floor(win.caret / row);
  for (let i = 0; i * row < h; i++) {
    const y = bar + row * (i + 1);
    const n = first + i;
    for (let c = 0; c * cw < w; c++) {
      const x = head + c * cw;
      const seed = mix(win.seed, win.page, n, c);
      if (n === 0 && c < filled) fill(g, x, y, cw, row, coloured);
      const k = (n - cursor) * 3 + c - 1;
      const typing = win.typed > 0 && n >= cursor && c >= 1 && c <= 3;
      if (typing) {
        const string = words(own.lang, win.typed, win.seed, 901).slice(k * 6, k * 6 + 6);
        text(g, own, string, x + 4, y + row / 2, { size: own.u * 0.92, max: cw - 6 });
        if (k === Math.floor((win.typed - 1) / 6)) frame(g, x, y, cw, row, own.accent, 0, 2);
      } else if (c < filled && n < 90 && seed % 9) {
        const string = c === 0 || n === 0 ? words(own.lang, 8, seed) : `${(seed >> 4) % 10000}.${seed % 99}`;
        text(g, own, string, c ? x + cw - 4 : x + 4, y + row / 2, {
          align: c ? 'right' : 'left',
          size: own.u * 0.92,
          max: cw - 6,
        });
      }
    }
    fill(g, 0, y, w, 1, own.line);
    fill(g, 0, y, head, row, own.bg);
    text(g, own, String(n + 1), head / 2, y + row / 2, { align: 'center', size: own.u * 0.85, colour: own.dim });
  }
  fill(g, 0, bar, w, row, own.bg);
  for (let c = 0; head + c * cw < w; c++) {
    fill(g, head + c * cw, bar, 1, h, own.line);
    text(g, own, String.fromCharCode(65 + (c % 26)), head + (c + 0.5) * cw, bar + row / 2, {
      align: 'center',
      size: own.u * 0.85,
    });
  }
  if (sheet.chance(0.3))
    chart(g, w * 0.5, bar + (h - bar) * 0.45 - win.scroll, w * 0.42, h * 0.4, mix(win.seed, win.page), own);
  fill(g, 0, 0, w, bar - look.u * 2, look.bar);
  fill(g, 0, 0, w, look.u * 0.5, r.chance(0.5) ? '#217346' : look.bar);
  for (let i = 0; i < w / (look.u * 2.4) - 1; i++)
    for (let k = 0; k < Math.floor((bar - look.u * 2) / (look.u * 2)); k++)
      fill(
        g,
        8 + i * look.u * 2.3,
        8 + k * look.u * 2,
        look.u * 1.3,
        look.u * 1.3,
        mix(win.seed, i, k) % 5 ? look.line : '#2a8a55',
        3,
      );
  fill(g, 0, bar - look.u * 2, w, look.u * 2, own.field);
}
