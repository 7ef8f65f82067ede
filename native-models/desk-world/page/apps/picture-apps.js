/** Applications that show pictures: browser, image viewer, video player, presentation. */
import { disc, fill, frame, paragraph, text, triangle } from '../look.js';
import { hsl, picture } from '../picture.js';
import { mix, random } from '../random.js';
import { title, words } from '../words.js';

function pictureAt(g, x, y, w, h, seed, time = 0) {
  g.save();
  g.translate(x, y);
  picture(g, w, h, seed, time);
  g.restore();
}

/** A film: scenes follow each other, and everything in a scene moves. */
function film(g, x, y, w, h, win) {
  const scene = Math.floor(win.videoTime / (3 + (win.seed % 5)));
  fill(g, x, y, w, h, '#000');
  const high = Math.min(h, (w * 9) / 16);
  const wide = Math.min(w, (h * 16) / 9);
  pictureAt(
    g,
    x + (w - wide) / 2,
    y + (h - high) / 2,
    wide,
    high,
    mix(win.seed, win.page, scene),
    win.videoTime * (1.2 + (win.seed % 7) * 0.4),
  );
  if (win.seed % 3 === 0)
    text(
      g,
      { sans: 'sans-serif', u: 12 },
      words('latin', 30, scene, win.seed),
      x + w / 2,
      y + (h + high) / 2 - high * 0.08,
      { align: 'center', colour: '#fff', size: high * 0.05, max: wide },
    );
}

function controls(g, x, y, w, win, look, colour = '#fff') {
  const s = look.u;
  if (win.playing) {
    fill(g, x + s, y - s * 0.6, s * 0.4, s * 1.2, colour);
    fill(g, x + s * 1.7, y - s * 0.6, s * 0.4, s * 1.2, colour);
  } else
    triangle(
      g,
      [
        [x + s, y - s * 0.7],
        [x + s, y + s * 0.7],
        [x + s * 2.1, y],
      ],
      colour,
    );
  const [from, length] = [x + s * 4, w - s * 8];
  fill(g, from, y - 2, length, 4, 'rgba(140,140,140,.7)', 2);
  const part = ((mix(win.seed, 8) % 60) + win.videoTime / 3) / 100;
  fill(g, from, y - 2, length * Math.min(1, part), 4, look.accent, 2);
  disc(g, from + length * Math.min(1, part), y, 5, look.accent);
}

export function video(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const bar = r.chance(0.7) ? look.u * 2.8 : 0;
  film(g, 0, 0, w, h - bar, win);
  if (bar) fill(g, 0, h - bar, w, bar, r.chance(0.5) ? '#111' : look.bar);
  const dark = !bar || r.chance(0.5);
  if (bar || !win.playing)
    controls(g, 0, h - (bar || look.u * 3) / 2, w, win, look, dark && !bar ? '#fff' : look.dark ? '#ddd' : '#666');
  if (!win.playing && r.chance(0.5)) {
    disc(g, w / 2, (h - bar) / 2, look.u * 3, 'rgba(0,0,0,.6)');
    triangle(
      g,
      [
        [w / 2 - look.u, (h - bar) / 2 - look.u * 1.3],
        [w / 2 - look.u, (h - bar) / 2 + look.u * 1.3],
        [w / 2 + look.u * 1.5, (h - bar) / 2],
      ],
      '#fff',
    );
  }
}

export function image(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const bar = look.u * r.pick([0, 2.4, 3]);
  const shape = random(win.seed, win.page, 3);
  fill(g, 0, 0, w, h, r.pick(['#111', '#2b2b2b', look.bg, '#fff']));
  const ratio = shape.pick([1.5, 1.33, 1.78, 0.67, 1]);
  const [aw, ah] = [w * 0.94, (h - bar) * 0.94];
  const pw = Math.min(aw, ah * ratio);
  const ph = pw / ratio;
  pictureAt(g, (w - pw) / 2, bar + (h - bar - ph) / 2, pw, ph, mix(win.seed, win.page, 11));
  if (bar) {
    fill(g, 0, 0, w, bar, look.bar);
    for (let i = 0; i < 6; i++) disc(g, look.u * (1.6 + i * 2.2), bar / 2, look.u * 0.55, look.dim);
  }
}

const SITES = ['video', 'article', 'results', 'shop', 'article', 'form', 'home'];

export function browser(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const tabs = look.u * 2.4;
  const bar = tabs + look.u * 2.6;
  const site = win.watch ? 'video' : SITES[1 + (mix(win.seed, win.page) % 6)];
  const p = random(win.seed, win.page, 6);
  const dark = p.chance(win.dark ? 0.4 : 0.1);
  const page = {
    ...look,
    fg: dark ? '#ddd' : '#222',
    bg: dark ? '#161616' : p.chance(0.8) ? '#fff' : hsl(p.int(0, 360), 40, 94),
    dim: '#888',
    bar: dark ? '#2a2a2a' : '#eee',
    line: '#aaa',
    field: dark ? '#222' : '#fff',
    accent: hsl(p.int(0, 360), 65, 45),
  };
  fill(g, 0, 0, w, h, page.bg);
  if (!win.loading) {
    g.save();
    g.beginPath();
    g.rect(0, bar, w, h - bar);
    g.clip();
    g.translate(0, bar);
    SITE[site](g, w, h - bar, win, page, p);
    g.restore();
  }
  fill(g, 0, 0, w, bar, look.bar);
  const count = r.int(1, 5);
  const tw = Math.min(look.u * 15, (w - 40) / count);
  const front = win.page % count;
  for (let i = 0; i < count; i++) {
    if (i === front) fill(g, 4 + i * tw, 3, tw - 4, tabs, look.field, 6);
    disc(
      g,
      4 + i * tw + look.u,
      tabs / 2 + 2,
      look.u * 0.45,
      hsl(mix(win.seed, i, i === front ? win.page : 0) % 360, 60, 50),
    );
    text(g, look, title(look.lang, win.seed, i, i === front ? win.page : 0), 4 + i * tw + look.u * 2, tabs / 2 + 2, {
      size: look.u * 0.85,
      max: tw - look.u * 3,
    });
  }
  fill(g, 0, tabs, w, bar - tabs, look.field);
  for (let i = 0; i < 3; i++) disc(g, look.u * (1.3 + i * 2), tabs + look.u * 1.3, look.u * 0.5, look.dim);
  fill(g, look.u * 7, tabs + look.u * 0.4, w - look.u * 12, look.u * 1.8, look.bar, look.u * 0.9);
  text(
    g,
    look,
    `www.${words('latin', 6, win.seed, win.page).replace(/ /g, '')}.example/${win.page}`,
    look.u * 8,
    tabs + look.u * 1.3,
    { size: look.u * 0.9, colour: look.dim, max: w - look.u * 14 },
  );
  fill(g, 0, bar, w, 1, look.line);
}

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

const SITE = {
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

export function presentation(g, w, h, win, look) {
  const r = random(win.seed, 1);
  const full = r.chance(0.3);
  const [left, bar] = full ? [0, 0] : [w * 0.16, look.u * r.pick([3, 5.5])];
  fill(g, 0, 0, w, h, full ? '#000' : win.dark ? '#2c2c2c' : '#cfcfcf');
  const aw = (w - left) * (full ? 1 : 0.9);
  const sw = Math.min(aw, (h - bar) * (full ? 1 : 0.9) * 1.6);
  slide(g, left + (w - left - sw) / 2, bar + (h - bar - sw / 1.6) / 2, sw, win.seed, win.page, look);
  if (full) return;
  fill(g, 0, 0, left, h, look.bg);
  for (let i = 0; i < 7; i++) {
    const n = Math.max(0, win.page - 3) + i;
    const y = bar + 10 + i * (left * 0.58 + 8);
    if (y < h) slide(g, 12, y, left - 24, win.seed, n, look);
    if (n === win.page) frame(g, 9, y - 3, left - 18, (left - 24) / 1.6 + 6, look.accent, 3, 3);
  }
  fill(g, 0, 0, w, bar, look.bar);
  for (let i = 0; i < w / (look.u * 3) - 1; i++)
    fill(
      g,
      8 + i * look.u * 2.9,
      bar * 0.25,
      look.u * 1.7,
      bar * 0.5,
      mix(win.seed, i) % 5 ? look.line : look.accent,
      3,
    );
}

function slide(g, x, y, w, seed, page, look) {
  const deck = random(seed, 41);
  const hue = deck.int(0, 360);
  const dark = deck.chance(0.35);
  const h = w / 1.6;
  const p = random(seed, page, 42);
  g.save();
  g.beginPath();
  g.rect(x, y, w, h);
  g.clip();
  fill(g, x, y, w, h, dark ? hsl(hue, 30, 16) : p.chance(0.15) ? hsl(hue, 50, 45) : '#fff');
  const l = { ...look, u: w * 0.034, fg: dark ? '#fff' : '#222' };
  const kind = p.int(0, 3);
  fill(g, x, y, w, deck.pick([h * 0.02, h * 0.2]), hsl(hue, 55, 45));
  text(g, l, title(look.lang, seed, page), x + w * 0.07, y + h * (kind === 0 ? 0.42 : 0.13), {
    size: w * (kind === 0 ? 0.075 : 0.05),
    bold: true,
    max: w * 0.86,
  });
  if (kind === 1 || kind === 2)
    for (let i = 0; i < p.int(3, 6); i++) {
      disc(g, x + w * 0.08, y + h * (0.33 + i * 0.11), w * 0.008, hsl(hue, 55, 45));
      text(
        g,
        l,
        words(look.lang, p.int(14, kind === 2 ? 24 : 46), seed, page, i),
        x + w * 0.1,
        y + h * (0.33 + i * 0.11),
        { max: w * (kind === 2 ? 0.4 : 0.8) },
      );
    }
  if (kind === 2) pictureAt(g, x + w * 0.54, y + h * 0.3, w * 0.4, h * 0.5, mix(seed, page));
  if (kind === 3)
    for (let i = 0; i < 7; i++) {
      const high = h * 0.6 * p();
      fill(g, x + w * (0.1 + i * 0.115), y + h * 0.92 - high, w * 0.08, high, hsl(hue + i * 25, 55, 50));
    }
  g.restore();
}
