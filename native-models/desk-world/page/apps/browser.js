/** A web browser: tabs, address, and a page of some kind. */
import { disc, fill, text } from '../look.js';
import { hsl } from '../picture.js';
import { mix, random } from '../random.js';
import { title, words } from '../words.js';
import { SITE } from './sites.js';

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
      told: i === front,
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
