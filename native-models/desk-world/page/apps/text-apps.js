/** Applications made of text: terminal, editor, document, chat, mail. */
import { disc, fill, frame, paragraph, text } from '../look.js';
import { hsl, picture } from '../picture.js';
import { mix, random } from '../random.js';
import { code, output, title, words } from '../words.js';

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

/** What has been typed so far: `n` characters of filler. */
const typed = (win, lang, n = win.typed) => (n > 0 ? words(lang, n, win.seed, win.page, 901) : '');

/** Breaks a string after every `width` characters. */
function wrap(string, width) {
  const lines = [];
  for (let i = 0; i < string.length || i === 0; i += width) lines.push(string.slice(i, i + width));
  return lines;
}

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
  for (
    let i = Math.max(0, win.lines - rows - Math.round(win.scroll / row));
    i < win.lines - Math.round(win.scroll / row);
    i++
  ) {
    const l = random(win.seed, i, 3);
    if (l.chance(win.run ? 0.02 : 0.1)) lines.push([host + words('latin', l.int(3, 20), win.seed, i), prompt]);
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
    const now = wrap(host + typed(win, 'latin'), columns);
    for (const [i, x] of now.entries()) lines.push([i === now.length - 1 && win.blink ? `${x}\u2588` : x, prompt]);
  }
  for (const [i, [line, colour]] of lines.slice(-rows).entries()) {
    text(g, look, line, 4, bar + 4 + row * (i + 0.5), { size, colour, mono: true });
  }
  if (bar) {
    fill(g, 0, 0, w, bar, look.bar);
    for (const [i, name] of ['File', 'Edit', 'View', 'Help'].entries()) {
      text(g, look, name, 8 + i * look.u * 3.2, bar / 2, { size: look.u * 0.9 });
    }
  }
}

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

export function document_(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const bar = look.u * r.pick([3, 4.5, 6.5]);
  const pageWidth = Math.min(w * 0.86, look.u * 46);
  const x = (w - pageWidth) / 2;
  const page = random(win.seed, win.page, 5);
  fill(g, 0, 0, w, h, win.dark ? '#3a3a3a' : r.pick(['#d8d8d8', '#e6e6e6', '#a0a0a0', '#525659']));
  const pageHeight = pageWidth * 1.3;
  const paper = { ...look, fg: '#222' };
  const first = Math.floor(win.scroll / (pageHeight + 16));
  for (let p = first; p < first + 3; p++) {
    const y0 = bar + 14 + p * (pageHeight + 16) - win.scroll;
    if (y0 > h) break;
    fill(g, x, y0, pageWidth, pageHeight, '#fff');
    const inner = pageWidth * 0.78;
    let y = y0 + pageWidth * 0.09;
    const l = x + pageWidth * 0.11;
    for (let block = 0; y < y0 + pageHeight * 0.88 && block < 12; block++) {
      const b = random(win.seed, win.page, p, block);
      if (block === 0 || b.chance(0.18)) {
        text(g, paper, title(look.lang, win.seed, win.page, p, block), l, y + look.u, {
          size: look.u * (block ? 1.3 : 1.9),
          bold: true,
          max: inner,
        });
        y += look.u * 2.6;
      } else if (b.chance(0.15)) {
        g.save();
        g.translate(l, y);
        picture(g, inner * 0.7, look.u * 8, mix(win.seed, win.page, p, block));
        g.restore();
        y += look.u * 9;
      } else
        y =
          paragraph(
            g,
            paper,
            l,
            y,
            inner,
            Math.min(b.int(3, 8), Math.floor((y0 + pageHeight * 0.92 - y) / (look.u * 1.5))),
            mix(win.seed, win.page, p, block),
          ) + look.u;
    }
  }
  if (win.typed > 0 || (win.blink && page.chance(0.5))) {
    const lines = wrap(
      typed(win, look.lang),
      Math.floor((pageWidth * 0.78) / (look.u * (look.lang === 'hangul' || look.lang === 'han' ? 1 : 0.52))),
    );
    const y = bar + Math.max(20, win.caret - win.scroll);
    if (win.typed > 0) fill(g, x + 2, y - look.u * 0.3, pageWidth - 4, lines.length * look.u * 1.5 + look.u, '#fff');
    for (const [i, line] of lines.entries()) text(g, paper, line, x + pageWidth * 0.11, y + look.u * (0.8 + 1.5 * i));
    if (win.blink)
      fill(
        g,
        x + pageWidth * 0.11 + g.measureText(lines.at(-1)).width + 2,
        y + look.u * (0.1 + 1.5 * (lines.length - 1)),
        2,
        look.u * 1.3,
        '#000',
      );
  }
  fill(g, 0, 0, w, bar, look.bar);
  for (let i = 0; i < Math.floor(w / (look.u * 2.6)); i++) {
    for (let k = 0; k < Math.floor(bar / (look.u * 2.1)); k++) {
      if (mix(win.seed, i, k) % 5)
        fill(
          g,
          8 + i * look.u * 2.4,
          5 + k * look.u * 2.1,
          look.u * 1.4,
          look.u * 1.4,
          mix(win.seed, i, k, 2) % 6 ? look.dim : look.accent,
          3,
        );
    }
  }
  fill(g, 0, bar, w, 1, look.line);
}

export function chat(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const left = w > 450 ? w * r.pick([0.22, 0.28, 0.33]) : 0;
  const purple = r.chance(0.3) ? hsl(r.int(0, 360), 40, 22) : look.bar;
  fill(g, 0, 0, w, h, look.field);
  const input = look.u * 3.2;
  const size = look.u;
  let y = h - input - look.u + win.scroll;
  const bubbles = r.chance(0.6);
  for (let i = win.lines; y > 0 && i > win.lines - 60; i--) {
    const m = random(win.seed, win.page, i, 8);
    const mine = bubbles && m.chance(0.45);
    const lines = m.int(1, 3);
    const bw = Math.min((w - left) * 0.66, size * m.int(8, 30));
    const bh = lines * size * 1.5 + size;
    y -= bh + size * 0.7;
    const x = mine ? w - bw - 14 : left + size * 3.4;
    if (y > h) continue;
    if (bubbles) fill(g, x, y, bw, bh, mine ? look.accent : look.bar, 10);
    if (!mine) disc(g, left + size * 1.8, y + size * 1.1, size * 1.1, hsl(mix(i % 3, win.seed) % 360, 50, 55));
    paragraph(
      g,
      { ...look, fg: mine ? '#fff' : look.fg },
      x + 10,
      y + size * 0.5,
      bw - 20,
      lines,
      mix(win.seed, i, win.page),
    );
  }
  fill(g, left, h - input, w - left, input, look.bg);
  frame(g, left + 10, h - input + 6, w - left - 20, input - 12, win.typed ? look.accent : look.line, 8);
  const shown = typed(win, look.lang);
  const room = Math.max(8, Math.floor((w - left - 60) / (size * 0.56)));
  text(g, look, shown.slice(-room) || words(look.lang, 12, win.seed), left + 20, h - input / 2, {
    colour: shown ? look.fg : look.dim,
  });
  if (win.blink)
    fill(
      g,
      left + 22 + (shown ? g.measureText(shown.slice(-room)).width : 0),
      h - input / 2 - size * 0.6,
      2,
      size * 1.2,
      look.fg,
    );
  if (left) {
    fill(g, 0, 0, left, h, purple);
    const ink = purple === look.bar ? look.fg : '#ddd';
    for (let i = 0; i * look.u * 3.4 < h; i++) {
      if (i === win.page % 7) fill(g, 4, i * look.u * 3.4 + 4, left - 8, look.u * 3.2, look.accent, 6);
      disc(g, look.u * 1.8, look.u * (1.9 + 3.4 * i), look.u * 1.1, hsl(mix(win.seed, i) % 360, 45, 55));
      text(g, look, title(look.lang, win.seed, i), look.u * 3.5, look.u * (1.5 + 3.4 * i), {
        colour: ink,
        bold: true,
        max: left - look.u * 4,
      });
      text(g, look, words(look.lang, 20, win.seed, i), look.u * 3.5, look.u * (2.7 + 3.4 * i), {
        colour: ink,
        size: look.u * 0.8,
        max: left - look.u * 4,
      });
    }
  }
}

export function mail(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const [left, list] = w > 600 ? [w * 0.18, w * r.pick([0.28, 0.34])] : [0, w * 0.4];
  const bar = look.u * 2.8;
  fill(g, 0, 0, w, h, look.field);
  const x = left + list;
  const selected = win.page % 9;
  const row = look.u * 3.6;
  for (let i = 0; i * row - (win.scroll % row) < h; i++) {
    const n = i + Math.floor(win.scroll / row);
    const y = bar + i * row - (win.scroll % row);
    if (n === selected) fill(g, left, y, list, row, look.accent);
    const ink = n === selected ? '#fff' : look.fg;
    text(g, look, title(look.lang, win.seed, n), left + 10, y + row * 0.3, {
      bold: mix(win.seed, n) % 3 === 0,
      colour: ink,
      max: list - 20,
    });
    text(g, look, words(look.lang, 40, win.seed, n), left + 10, y + row * 0.68, {
      size: look.u * 0.88,
      colour: n === selected ? '#eee' : look.dim,
      max: list - 20,
    });
    fill(g, left, y + row - 1, list, 1, look.line);
  }
  fill(g, x, bar, 1, h, look.line);
  fill(g, x + 1, bar, w - x, h, look.field);
  if (win.typed > 0 || win.compose) {
    for (let i = 0; i < 3; i++) {
      text(g, look, ['To', 'Cc', 'Subject'][i], x + 14, bar + look.u * (1.4 + 2 * i), { colour: look.dim });
      fill(g, x + 10, bar + look.u * (2.3 + 2 * i), w - x - 20, 1, look.line);
    }
    const lines = wrap(typed(win, look.lang), Math.max(8, Math.floor((w - x - 30) / (look.u * 0.6))));
    for (const [i, line] of lines.entries()) {
      text(g, look, line, x + 14, bar + look.u * (7.6 + 1.5 * i), { max: w - x - 24 });
    }
    if (win.blink)
      fill(
        g,
        x + 16 + g.measureText(lines.at(-1)).width,
        bar + look.u * (7 + 1.5 * (lines.length - 1)),
        2,
        look.u * 1.2,
        look.fg,
      );
  } else {
    text(g, look, title(look.lang, win.seed, win.page, 4), x + 16, bar + look.u * 1.8, {
      size: look.u * 1.5,
      bold: true,
      max: w - x - 30,
    });
    disc(g, x + look.u * 2.2, bar + look.u * 4.4, look.u * 1.2, hsl(mix(win.seed, win.page) % 360, 50, 50));
    let y = bar + look.u * 6.4;
    for (let i = 0; y < h && i < 8; i++)
      y =
        paragraph(g, look, x + 16, y, w - x - 32, 1 + (mix(win.seed, win.page, i) % 6), mix(win.seed, win.page, i)) +
        look.u;
  }
  fill(g, 0, 0, w, bar, look.bar);
  for (let i = 0; i < 6; i++)
    fill(g, 12 + i * look.u * 4.4, look.u * 0.7, look.u * 3.6, look.u * 1.4, i ? look.line : look.accent, 4);
  if (left) {
    fill(g, 0, bar, left, h, look.bg);
    for (let i = 0; i < 9; i++)
      text(g, look, title(look.lang, win.seed, i, 2), 14, bar + look.u * (1.4 + 2 * i), {
        max: left - 20,
        bold: i === 0,
      });
  }
}
