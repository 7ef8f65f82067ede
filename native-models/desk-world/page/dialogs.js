/** Dialogs and progress windows: the content inside their frame. */
import { button, disc, fill, frame, paragraph, text, triangle } from './look.js';
import { hsl } from './picture.js';
import { mix, random } from './random.js';
import { title, words } from './words.js';

/** The sign that tells the kinds of dialog apart. */
function sign(g, kind, x, y, s, flat) {
  const white = (string, size = 1.3) =>
    text(g, { sans: 'sans-serif', u: 10 }, string, x, y + s * 0.06, {
      size: s * size,
      bold: true,
      colour: '#fff',
      align: 'center',
    });
  if (kind === 'error') {
    disc(g, x, y, s, flat ? '#c0392b' : '#e0352b');
    g.strokeStyle = '#fff';
    g.lineWidth = s * 0.24;
    g.beginPath();
    for (const d of [-1, 1]) {
      g.moveTo(x - s * 0.42 * d, y - s * 0.42);
      g.lineTo(x + s * 0.42 * d, y + s * 0.42);
    }
    g.stroke();
  } else if (kind === 'warning') {
    triangle(
      g,
      [
        [x, y - s],
        [x - s * 1.1, y + s * 0.9],
        [x + s * 1.1, y + s * 0.9],
      ],
      flat ? '#f39c12' : '#fbc02d',
    );
    fill(g, x - s * 0.11, y - s * 0.4, s * 0.22, s * 0.7, '#222');
    fill(g, x - s * 0.11, y + s * 0.45, s * 0.22, s * 0.22, '#222');
  } else if (kind === 'question') {
    disc(g, x, y, s, flat ? '#3465a4' : '#2d7dd2');
    white('?');
  } else {
    disc(g, x, y, s, flat ? '#4a90d9' : '#1e88e5');
    white('i');
  }
}

const LABELS = {
  latin: ['OK', 'Cancel', 'Yes', 'No', 'Open', 'Save'],
  hangul: ['확인', '취소', '예', '아니요', '열기', '저장'],
  han: ['确定', '取消', '是', '否', '打开', '保存'],
};

export function dialog(g, w, h, win, look) {
  const r = random(win.seed, 1);
  if (win.subject === 'file') return fileDialog(g, w, h, win, look, r);
  const labels = LABELS[look.lang] ?? LABELS.latin;
  fill(g, 0, 0, w, h, look.bg);
  const u = look.u;
  const centred = r.chance(0.2);
  const s = u * r.pick([1.5, 1.9, 2.3]);
  if (centred) sign(g, win.subject, w / 2, u + s, s, r.chance(0.5));
  else sign(g, win.subject, u * 1.4 + s, u * 1.4 + s, s, r.chance(0.5));
  const x = centred ? u * 2 : u * 2.6 + s * 2;
  const y = centred ? u * 1.6 + s * 2 : u * 1.3;
  const lines = Math.max(1, Math.min(r.int(1, 4), Math.floor((h - y - u * 4) / (u * 1.6))));
  if (r.chance(0.5))
    text(g, look, title(look.lang, win.seed), x, y + u * 0.6, {
      bold: true,
      size: u * 1.1,
      max: w - x - 10,
      told: true,
    });
  paragraph(g, look, x, y + u * 1.4, w - x - u, lines, mix(win.seed, 2), { told: true });
  const count = win.subject === 'question' ? r.int(2, 3) : win.subject === 'info' ? 1 : r.int(1, 2);
  const bw = Math.min(u * 7.5, (w - u * 2) / count - u * 0.6);
  for (let i = 0; i < count; i++) {
    const label = win.subject === 'question' ? labels[[2, 3, 1][i]] : labels[i];
    const bx =
      centred || r.chance(0.15)
        ? (w - count * (bw + u * 0.6)) / 2 + i * (bw + u * 0.6)
        : w - u - (count - i) * (bw + u * 0.6) + u * 0.6;
    button(g, look, bx, h - u * 3.1, bw, u * 2.2, label, i === 0 && r.chance(0.7));
  }
}

function fileDialog(g, w, h, win, look, r) {
  const u = look.u;
  const labels = LABELS[look.lang] ?? LABELS.latin;
  const left = w * 0.26;
  fill(g, 0, 0, w, h, look.bg);
  fill(g, left, u * 3, w - left - u, h - u * 9.4, look.field);
  frame(g, left, u * 3, w - left - u, h - u * 9.4, look.line);
  fill(g, left, u * 0.7, w - left - u, u * 1.8, look.field, 4);
  text(g, look, '/home/user/documents', left + u, u * 1.6);
  for (let i = 0; i < 9; i++)
    if (u * (3.8 + 2 * i) < h - u * 7)
      text(g, look, title(look.lang, win.seed, i), u, u * (3.8 + 2 * i), { max: left - u * 2 });
  const grid = r.chance(0.25);
  for (let i = 0; i < 40; i++) {
    const y = grid ? u * (3.6 + Math.floor(i / 4) * 5) : u * (4 + 1.8 * i);
    if (y > h - u * (grid ? 10 : 7.4)) break;
    const x = left + (grid ? ((i % 4) * (w - left)) / 4 : 0) + u * 0.6;
    if (i === 2 && !grid) fill(g, left + 1, y - u * 0.9, w - left - u - 2, u * 1.8, look.accent);
    fill(
      g,
      x,
      y - u * 0.5,
      u * (grid ? 2.4 : 1.1),
      u * (grid ? 2 : 1),
      mix(win.seed, i) % 2 ? '#e8b94a' : hsl(210, 20, 70),
      2,
    );
    text(g, look, words(look.lang, 12, win.seed, i), grid ? x : x + u * 1.8, grid ? y + u * 2.4 : y, {
      colour: i === 2 && !grid ? '#fff' : look.fg,
      max: grid ? w * 0.15 : (w - left) * 0.5,
    });
    if (!grid) text(g, look, `${i + 3} kB`, w - u * 6, y, { colour: look.dim });
  }
  fill(g, left, h - u * 5.6, w - left - u, u * 2, look.field, 3);
  frame(g, left, h - u * 5.6, w - left - u, u * 2, look.accent, 3);
  text(g, look, words('latin', 10, win.seed), left + u, h - u * 4.6);
  button(g, look, w - u * 17, h - u * 3, u * 7.5, u * 2.2, labels[1]);
  button(g, look, w - u * 8.5, h - u * 3, u * 7.5, u * 2.2, labels[win.seed % 2 ? 4 : 5], true);
}

export function progress(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const u = look.u;
  fill(g, 0, 0, w, h, look.bg);
  const y = h * 0.52;
  const high = u * r.pick([0.5, 1, 1.6]);
  text(g, look, title(look.lang, win.seed), u * 1.4, Math.max(u * 1.2, y - u * 2), {
    max: w - u * 3,
    bold: r.chance(0.4),
    told: true,
  });
  const bw = w - u * 2.8;
  const radius = r.pick([0, 3, high / 2]);
  fill(g, u * 1.4, y - high / 2, bw, high, look.line, radius);
  const part = Math.max(0.015, win.progress ?? 1);
  const colour = r.chance(0.7) ? look.accent : '#2ca02c';
  if (r.chance(0.15))
    for (let i = 0; i < part * 24; i++) fill(g, u * 1.4 + (i * bw) / 24, y - high / 2, bw / 24 - 2, high, colour);
  else fill(g, u * 1.4, y - high / 2, bw * part, high, colour, Math.min(radius, (bw * part) / 2));
  if (r.chance(0.6))
    text(g, look, `${Math.round(part * 100)} %`, w - u * 1.4, y + u * 1.7, {
      align: 'right',
      size: u * 0.9,
      colour: look.dim,
    });
  if (r.chance(0.5) && h > u * 8)
    button(g, look, w - u * 9, h - u * 2.9, u * 7.5, u * 2.1, (LABELS[look.lang] ?? LABELS.latin)[1]);
}
