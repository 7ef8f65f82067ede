/** Windows of no known kind. */
import { button, disc, fill, frame, paragraph, text } from '../look.js';
import { hsl, picture } from '../picture.js';
import { mix, random } from '../random.js';
import { title, words } from '../words.js';
import { chart } from './chart.js';
import { strip } from './strip.js';

export function other(g, w, h, win, look, time) {
  const r = random(win.seed, 1);
  fill(g, 0, 0, w, h, look.bg);
  OTHERS[win.seed % OTHERS.length](g, w, h, win, look, time, r);
  if (win.typed > 0) {
    fill(g, w * 0.08, h * 0.42, w * 0.84, look.u * 2.6, look.field, 4);
    frame(g, w * 0.08, h * 0.42, w * 0.84, look.u * 2.6, look.accent, 4);
    const room = Math.max(4, Math.floor((w * 0.8) / (look.u * 0.6)));
    text(g, look, words(look.lang, win.typed, win.seed, win.page, 901).slice(-room), w * 0.1, h * 0.42 + look.u * 1.3, {
      max: w * 0.8,
    });
  }
  if (win.progress !== null) strip(g, w, h, win, look);
}

const OTHERS = [
  function calculator(g, w, h, win, look) {
    fill(g, 8, 8, w - 16, h * 0.2, look.field, 6);
    text(g, look, String(mix(win.seed, win.page) % 100000), w - 20, h * 0.11, { size: h * 0.1, align: 'right' });
    for (let i = 0; i < 20; i++)
      button(
        g,
        look,
        8 + ((i % 4) * (w - 16)) / 4,
        h * (0.24 + Math.floor(i / 4) * 0.15),
        (w - 16) / 4 - 6,
        h * 0.13,
        '789/456*123-0.=+%C()^√'[i],
        i === 14,
      );
  },
  function paint(g, w, h, _win, look, _time, r) {
    fill(g, look.u * 4, look.u * 3, w, h, '#fff');
    for (let i = 0; i < 16; i++)
      fill(
        g,
        6 + (i % 2) * look.u * 1.6,
        look.u * (3 + 1.6 * Math.floor(i / 2)),
        look.u * 1.3,
        look.u * 1.3,
        hsl(i * 23, 70, 50),
      );
    g.lineWidth = 5;
    for (let k = 0; k < r.int(2, 9); k++) {
      g.strokeStyle = hsl(r.int(0, 360), 70, 45);
      g.beginPath();
      for (let i = 0; i < 6; i++) g.lineTo(w * (0.15 + r() * 0.8), h * (0.2 + r() * 0.75));
      g.stroke();
    }
  },
  function monitor(g, w, h, win, look, time) {
    for (let k = 0; k < 3; k++)
      chart(g, 12, 10 + (k * (h - 20)) / 3, w - 24, (h - 40) / 3, mix(win.seed, k, Math.floor(time / 3)), look);
  },
  function board(g, w, h, win, _look, _time, r) {
    const n = r.pick([8, 9, 4]);
    const s = Math.min(w, h) / n;
    const hue = r.int(0, 360);
    for (let i = 0; i < n * n; i++) {
      const [x, y] = [(w - n * s) / 2 + (i % n) * s, Math.floor(i / n) * s];
      fill(g, x, y, s, s, (i + Math.floor(i / n)) % 2 ? hsl(hue, 35, 45) : hsl(hue, 30, 85));
      if (mix(win.seed, win.page, i) % 3 === 0)
        disc(g, x + s / 2, y + s / 2, s * 0.35, mix(i, win.seed) % 2 ? '#222' : '#eee');
    }
  },
  function map(g, w, h, _win, look, _time, r) {
    fill(g, 0, 0, w, h, '#e8e4d8');
    for (let i = 0; i < 26; i++) {
      g.strokeStyle = r.pick(['#fff', '#f7d56b', '#fff', '#9cc']);
      g.lineWidth = r.int(3, 12);
      g.beginPath();
      g.moveTo(r() * w, r.pick([0, h, r() * h]));
      g.lineTo(r() * w, r() * h);
      g.lineTo(r() * w, r.pick([0, h]));
      g.stroke();
    }
    for (let i = 0; i < 6; i++) fill(g, r() * w, r() * h, w * 0.12, h * 0.1, '#bfe0b4', 8);
    fill(g, 12, 12, w * 0.3, look.u * 2.6, '#fff', 8);
  },
  function calendar(g, w, h, win, look) {
    text(g, look, title(look.lang, win.page), w / 2, h * 0.06, { align: 'center', bold: true, size: look.u * 1.4 });
    for (let i = 0; i < 35; i++) {
      const [x, y] = [((i % 7) * w) / 7, h * (0.12 + Math.floor(i / 7) * 0.176)];
      fill(g, x + 1, y + 1, w / 7 - 2, h * 0.17, look.field);
      text(g, look, String(1 + (i % 31)), x + 8, y + look.u);
      if (mix(win.seed, win.page, i) % 4 === 0)
        fill(g, x + 4, y + look.u * 2, w / 7 - 8, look.u * 1.3, hsl(mix(i, win.seed) % 360, 55, 55), 3);
    }
  },
  function music(g, w, h, win, look) {
    const s = Math.min(w * 0.4, h * 0.6);
    g.save();
    g.translate(16, 16);
    picture(g, s, s, mix(win.seed, win.page));
    g.restore();
    for (let i = 0; i < 12; i++)
      text(g, look, title(look.lang, win.seed, i), s + 40, look.u * (2 + i * 2), {
        max: w - s - 60,
        colour: i === win.page % 12 ? look.accent : look.fg,
      });
    fill(g, 16, h - look.u * 2.5, w - 32, 5, look.line);
    fill(g, 16, h - look.u * 2.5, (w - 32) * 0.3, 5, look.accent);
  },
  function form(g, w, h, win, look) {
    for (let i = 0; i * look.u * 3.4 < h; i++) {
      text(g, look, title(look.lang, win.seed, win.page, i), 16, look.u * (2 + 3.4 * i), { max: w * 0.3 });
      fill(g, w * 0.36, look.u * (0.9 + 3.4 * i), w * 0.58, look.u * 2.2, look.field, 4);
      frame(g, w * 0.36, look.u * (0.9 + 3.4 * i), w * 0.58, look.u * 2.2, look.line, 4);
    }
    button(g, look, w - look.u * 9, h - look.u * 3.4, look.u * 7.5, look.u * 2.3, 'OK', true);
  },
  function installer(g, w, h, win, look) {
    fill(g, 0, 0, w * 0.3, h, look.accent);
    text(g, look, title(look.lang, win.seed), w * 0.34, look.u * 2.5, { size: look.u * 1.6, bold: true });
    paragraph(g, look, w * 0.34, look.u * 5, w * 0.6, 8, mix(win.seed, win.page));
    button(g, look, w - look.u * 9, h - look.u * 3, look.u * 7.5, look.u * 2.2, 'Next', true);
  },
  function clock(g, w, h, _win, look, time) {
    const s = Math.min(w, h) * 0.42;
    disc(g, w / 2, h / 2, s, look.field);
    g.strokeStyle = look.fg;
    g.lineWidth = 3;
    for (const [turn, length] of [
      [time / 60, 0.85],
      [0.13, 0.7],
      [0.36, 0.5],
    ]) {
      g.beginPath();
      g.moveTo(w / 2, h / 2);
      g.lineTo(w / 2 + Math.sin(turn * 6.283) * s * length, h / 2 - Math.cos(turn * 6.283) * s * length);
      g.stroke();
    }
  },
];
