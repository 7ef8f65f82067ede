/** Kinds of web pages. */
import { disc, fill, frame, paragraph, text } from '../look.js';
import { mix, random } from '../random.js';
import { title, words } from '../words.js';
import { controls, film, pictureAt } from './film.js';

/** The field a page is typed into: a search box or a comment. */
function field(g, x, y, w, win, look, lines = 1) {
  fill(g, x, y, w, look.u * (0.8 + 1.5 * lines), look.field, 6);
  frame(g, x, y, w, look.u * (0.8 + 1.5 * lines), win.typed ? look.accent : look.line, 6);
  const wide = look.lang === 'hangul' || look.lang === 'han' ? 1 : 0.54;
  const room = Math.max(6, Math.floor((w - 30) / (look.u * wide)));
  const string = win.typed ? words(look.lang, win.typed, win.seed, win.page, 901) : '';
  const rows = [];
  for (let i = 0; i <= Math.max(0, string.length - 1); i += room) rows.push(string.slice(i, i + room));
  const shown = rows.slice(-lines);
  for (const [i, line] of shown.entries()) text(g, look, line, x + 10, y + look.u * (1.1 + 1.5 * i));
  if (win.blink && win.typed)
    fill(
      g,
      x + 12 + g.measureText(shown.at(-1) ?? '').width,
      y + look.u * (0.5 + 1.5 * (shown.length - 1)),
      2,
      look.u * 1.2,
      look.fg,
    );
}

export const SITE = {
  video(g, w, h, win, look) {
    fill(g, 0, 0, w, look.u * 3, look.bar);
    const vw = w * (w > 700 ? 0.66 : 0.94);
    const vh = Math.min(h * 0.72, (vw * 9) / 16);
    const y = look.u * 4 - win.scroll;
    film(g, w * 0.03, y, vw, vh, win);
    controls(g, w * 0.03, y + vh - look.u * 1.2, vw, win, look);
    text(g, look, title(look.lang, win.seed, win.page), w * 0.03, y + vh + look.u * 2, {
      size: look.u * 1.5,
      bold: true,
    });
    paragraph(g, look, w * 0.03, y + vh + look.u * 4, vw, 8, mix(win.seed, win.page));
    if (w > 700)
      for (let i = 0; i < 12; i++) {
        pictureAt(g, w * 0.72, y + i * look.u * 6, look.u * 9, look.u * 5, mix(win.seed, win.page, i));
        paragraph(g, look, w * 0.72 + look.u * 10, y + i * look.u * 6, w * 0.28 - look.u * 11, 2, mix(win.seed, i), {
          size: look.u * 0.85,
        });
      }
  },
  article(g, w, h, win, look, p) {
    const cw = Math.min(w * 0.9, look.u * p.int(44, 75));
    const x = p.chance(0.6) ? (w - cw) / 2 : w * 0.05;
    let y = look.u * 4 - win.scroll;
    for (let i = 0; y < h && i < 60; i++) {
      const b = random(win.seed, win.page, i, 2);
      if (i === 0 || b.chance(0.16)) {
        if (y > -60)
          text(g, look, title(look.lang, win.seed, win.page, i), x, y + look.u * 1.2, {
            size: look.u * (i ? 1.5 : 2.6),
            bold: true,
            max: cw,
          });
        y += look.u * (i ? 3 : 4.4);
      } else if (b.chance(0.2)) {
        const high = look.u * b.int(9, 20);
        if (y + high > 0) pictureAt(g, x, y, cw, high, mix(win.seed, win.page, i));
        y += high + look.u * 1.4;
      } else {
        const lines = b.int(3, 7);
        if (y + lines * look.u * 1.5 > 0)
          paragraph(g, look, x, y, cw, lines, mix(win.seed, win.page, i), { size: look.u * 1.1 });
        y += lines * look.u * 1.65 + look.u;
      }
    }
    fill(g, 0, 0, w, look.u * 3, p.chance(0.5) ? look.accent : look.bar);
    if (win.typed || win.blink) field(g, w * 0.55, look.u * 0.35, w * 0.42, win, look);
  },
  results(g, w, h, win, look) {
    field(g, w * 0.08, look.u - win.scroll, w * 0.5, win, look);
    for (let i = 0; i < 26; i++) {
      const y = look.u * (5 + i * 6.2) - win.scroll;
      if (y > h || y < -80) continue;
      text(g, look, title(look.lang, win.seed, win.page, i), w * 0.08, y, {
        size: look.u * 1.3,
        colour: look.dark ? '#8ab4f8' : '#1a0dab',
      });
      paragraph(g, look, w * 0.08, y + look.u, w * 0.55, 2, mix(win.seed, win.page, i));
    }
  },
  shop(g, w, h, win, look) {
    const n = Math.max(2, Math.floor(w / (look.u * 15)));
    const cw = w / n;
    for (let i = 0; i < n * 9; i++) {
      const [x, y] = [(i % n) * cw, look.u * 4 + Math.floor(i / n) * cw * 1.2 - win.scroll];
      if (y > h || y < -cw * 1.2) continue;
      pictureAt(g, x + 10, y + 6, cw - 20, cw * 0.75, mix(win.seed, win.page, i));
      paragraph(g, look, x + 10, y + cw * 0.8, cw - 20, 2, mix(win.seed, win.page, i), { size: look.u * 0.9 });
    }
    fill(g, 0, 0, w, look.u * 3.2, look.accent);
    field(g, w * 0.3, look.u * 0.4, w * 0.4, win, look);
  },
  form(g, w, _h, win, look) {
    const cw = Math.min(w * 0.8, look.u * 46);
    const x = (w - cw) / 2;
    const y = -win.scroll;
    text(g, look, title(look.lang, win.seed, win.page), x, y + look.u * 3, { size: look.u * 2, bold: true });
    field(g, x, y + look.u * 5, cw, win, look, 5);
    for (let i = 0; i < 14; i++) {
      text(g, look, title(look.lang, win.seed, i), x, y + look.u * (16 + i * 4.6), { colour: look.dim });
      frame(g, x, y + look.u * (16.8 + i * 4.6), cw, look.u * 2.2, look.line, 4);
    }
    fill(g, x, y + look.u * 82, look.u * 8, look.u * 2.4, look.accent, 5);
  },
  home(g, w, h, win, look) {
    pictureAt(g, 0, -win.scroll, w, h * 0.55, mix(win.seed, win.page));
    text(g, look, title(look.lang, win.seed, win.page), w / 2, h * 0.22 - win.scroll, {
      size: look.u * 3.4,
      bold: true,
      align: 'center',
      colour: '#fff',
    });
    field(g, w * 0.25, h * 0.38 - win.scroll, w * 0.5, win, look);
    for (let row = 0; row < 6; row++) {
      for (let i = 0; i < 3; i++) {
        const [x, y] = [w * (0.05 + i * 0.31), h * (0.6 + row * 0.42) - win.scroll];
        if (y > h || y < -h * 0.5) continue;
        fill(g, x, y, w * 0.28, h * 0.38, look.bar, 10);
        disc(g, x + look.u * 2.2, y + look.u * 2.2, look.u * 1.3, look.accent);
        paragraph(g, look, x + look.u, y + look.u * 4.4, w * 0.28 - look.u * 2, 4, mix(win.seed, win.page, row, i));
      }
    }
  },
};
