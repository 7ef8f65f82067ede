/** A word processor or reader: pages of text. */
import { fill, paragraph, text } from '../look.js';
import { picture } from '../picture.js';
import { mix, random } from '../random.js';
import { title } from '../words.js';
import { typed, wrap } from './typed.js';

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
          // bars and what is typed are drawn over it
          told: p === 0 && block === 0 && y > bar && win.typed === 0,
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
