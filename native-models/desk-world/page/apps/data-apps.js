/** Applications of lists, tables and controls: files, spreadsheet, settings, and what is none of the known kinds. */
import { button, disc, fill, frame, paragraph, text } from '../look.js';
import { hsl, picture } from '../picture.js';
import { mix, random } from '../random.js';
import { title, words } from '../words.js';

export function files(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const bar = look.u * r.pick([2.6, 3.6]);
  const left = w > 380 && r.chance(0.85) ? Math.min(w * 0.26, look.u * 14) : 0;
  const grid = r.chance(0.6);
  const colour = r.pick(['#e8b94a', '#4a90d9', '#5aa9e6', look.accent]);
  fill(g, 0, 0, w, h, look.field);
  const count = random(win.seed, win.page).int(5, 70);
  const cell = look.u * r.pick([7, 9, 11]);
  const columns = grid ? Math.max(1, Math.floor((w - left) / cell)) : 1;
  const row = grid ? cell : look.u * 2;
  for (let i = 0; i < count; i++) {
    const [x, y] = [left + (i % columns) * cell, bar + Math.floor(i / columns) * row + 6 - win.scroll];
    if (y > h || y < -row) continue;
    const folder = mix(win.seed, win.page, i) % 3 > 0;
    if (i === win.hover) fill(g, x, y, grid ? cell - 4 : w - left, row - 2, look.bar, 4);
    const s = grid ? cell * 0.45 : look.u * 1.3;
    const ix = grid ? x + cell * 0.27 : x + 10;
    if (folder) {
      fill(g, ix, y + s * 0.1, s * 0.45, s * 0.2, colour, 2);
      fill(g, ix, y + s * 0.2, s, s * 0.7, colour, 3);
    } else {
      fill(g, ix + s * 0.12, y, s * 0.76, s, '#fafafa', 2);
      frame(g, ix + s * 0.12, y, s * 0.76, s, '#999', 2);
      if (mix(i, win.seed) % 2)
        fill(g, ix + s * 0.22, y + s * 0.3, s * 0.5, s * 0.3, hsl(mix(i, win.page) % 360, 60, 50));
    }
    const name = words(look.lang, 5 + (mix(win.seed, win.page, i, 4) % 12), win.seed, win.page, i);
    if (grid)
      text(g, look, name, x + cell / 2, y + cell * 0.62, { align: 'center', size: look.u * 0.88, max: cell * 0.94 });
    else {
      text(g, look, name, x + look.u * 3, y + row * 0.4, { max: (w - left) * 0.5 });
      text(g, look, `${mix(i, win.seed) % 999} kB`, x + (w - left) * 0.62, y + row * 0.4, { colour: look.dim });
      text(g, look, `2024-0${1 + (i % 9)}-1${i % 9}`, x + (w - left) * 0.8, y + row * 0.4, { colour: look.dim });
    }
  }
  if (left) {
    fill(g, 0, 0, left, h, look.bg);
    for (let i = 0; i < 11; i++) {
      if (i === win.page % 6) fill(g, 4, bar + look.u * (0.4 + 2.1 * i), left - 8, look.u * 1.9, look.accent, 5);
      fill(g, 12, bar + look.u * (0.8 + 2.1 * i), look.u, look.u, look.dim, 3);
      text(g, look, title(look.lang, win.seed, i), look.u * 2.4, bar + look.u * (1.35 + 2.1 * i), {
        colour: i === win.page % 6 ? '#fff' : look.fg,
        max: left - look.u * 3,
      });
    }
  }
  fill(g, 0, 0, w, bar, look.bar);
  for (let i = 0; i < 3; i++) disc(g, look.u * (1.4 + 2 * i), bar / 2, look.u * 0.55, look.dim);
  fill(g, look.u * 8, bar * 0.18, w - look.u * 14, bar * 0.64, look.field, 5);
  text(g, look, `/home/${words('latin', 8, win.seed, win.page).replace(/ /g, '/')}`, look.u * 9, bar / 2, {
    max: w - look.u * 16,
  });
  if (win.progress !== null) strip(g, w, h, win, look);
}

/** A progress bar along the lower edge of a window. */
export function strip(g, w, h, win, look) {
  const high = look.u * 3.4;
  fill(g, 0, h - high, w, high, look.bar);
  fill(g, 0, h - high, w, 1, look.line);
  text(g, look, title(look.lang, win.seed, 71), look.u, h - high * 0.68, { size: look.u * 0.9, max: w * 0.8 });
  fill(g, look.u, h - high * 0.4, w - look.u * 2, look.u * 0.8, look.line, 4);
  fill(g, look.u, h - high * 0.4, (w - look.u * 2) * win.progress, look.u * 0.8, look.accent, 4);
}

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

function chart(g, x, y, w, h, seed, look) {
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

export function settings(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const left = w > 320 ? Math.min(w * 0.34, look.u * 18) : 0;
  fill(g, 0, 0, w, h, look.bg);
  text(g, look, title(look.lang, win.seed, win.page), left + look.u * 2, look.u * 2.4 - win.scroll, {
    size: look.u * 1.7,
    bold: true,
  });
  const p = random(win.seed, win.page, 5);
  let y = look.u * 4.6 - win.scroll;
  for (let i = 0; i < 24; i++) {
    const kind = p.int(0, 3);
    const right = w - look.u * 2;
    if (y > -60 && y < h) {
      fill(g, left + look.u * 1.4, y, w - left - look.u * 2.8, look.u * 3, look.field, 6);
      text(g, look, words(look.lang, 18, win.seed, win.page, i), left + look.u * 2.4, y + look.u * 1.5, {
        max: (w - left) * 0.55,
      });
      if (kind <= 1) {
        const on = p.chance(0.5);
        fill(
          g,
          right - look.u * 3.4,
          y + look.u * 0.9,
          look.u * 2.4,
          look.u * 1.2,
          on ? look.accent : look.line,
          look.u * 0.6,
        );
        disc(g, right - look.u * (on ? 1.6 : 2.8), y + look.u * 1.5, look.u * 0.5, '#fff');
      } else if (kind === 2) {
        fill(g, right - look.u * 8, y + look.u * 1.4, look.u * 7, look.u * 0.3, look.line);
        disc(g, right - look.u * (1 + p() * 6), y + look.u * 1.55, look.u * 0.55, look.accent);
      } else button(g, look, right - look.u * 7, y + look.u * 0.6, look.u * 6.4, look.u * 1.8, words(look.lang, 6, i));
    }
    y += look.u * (p.chance(0.2) ? 4.6 : 3.2);
  }
  if (!left) return;
  fill(g, 0, 0, left, h, look.bar);
  for (let i = 0; i < 16; i++) {
    const on = i === win.page % 9;
    if (on) fill(g, 6, look.u * (0.6 + 2.5 * i), left - 12, look.u * 2.2, look.accent, 6);
    fill(
      g,
      14,
      look.u * (1.1 + 2.5 * i),
      look.u * 1.2,
      look.u * 1.2,
      r.chance(0.5) ? hsl(i * 47, 55, 50) : look.dim,
      4,
    );
    text(g, look, title(look.lang, win.seed, i), look.u * 3, look.u * (1.7 + 2.5 * i), {
      colour: on ? '#fff' : look.fg,
      max: left - look.u * 4,
    });
  }
}

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
