/** What is drawn around and over the windows: panel, menu, notification, tooltip, pointer. */
import { icon } from './chrome.js';
import { disc, fill, frame, lookOf, paragraph, text } from './look.js';
import { hsl } from './picture.js';
import { mix, random } from './random.js';
import { title, words } from './words.js';

export function panel(g, style, scene) {
  const { width: w, height: h, panel: p } = style;
  if (p.side === 'none') return;
  const look = lookOf(style, p.dark);
  const u = look.u;
  const time = clock(style, scene.time);
  if (p.dock) {
    const n = Math.max(4, scene.tasks.length + p.pinned);
    const s = p.size * 0.7;
    const x0 = (w - n * s * 1.25) / 2;
    fill(
      g,
      x0 - 8,
      h - p.size,
      n * s * 1.25 + 16,
      p.size - 4,
      p.dark ? 'rgba(40,40,45,.75)' : 'rgba(235,235,240,.75)',
      16,
    );
    for (let i = 0; i < n; i++) task(g, style, scene, i, x0 + i * s * 1.25 + s * 0.12, h - p.size + s * 0.12, s);
  }
  const bar = p.dark ? look.bg : look.bar;
  if (p.side === 'left') {
    fill(g, 0, 0, p.size, h, bar);
    for (let i = 0; i < scene.tasks.length + p.pinned; i++)
      task(g, style, scene, i, p.size * 0.16, p.size * (0.3 + i * 1.08), p.size * 0.68);
    return;
  }
  const high = p.dock ? u * 1.9 : p.size;
  const y = p.side === 'top' || p.dock ? 0 : h - high;
  fill(g, 0, y, w, high, bar);
  const mid = y + high / 2;
  const apps = !p.dock && p.tasks;
  if (apps) {
    fill(g, 6, y + high * 0.15, high * 0.7, high * 0.7, style.accent, 4);
    let x = high * 1.3;
    for (let i = 0; i < scene.tasks.length + p.pinned; i++) {
      const entry = scene.tasks[i - p.pinned];
      const wide = p.titles && entry ? Math.min(u * 13, (w * 0.7) / (scene.tasks.length + 1)) : high;
      if (entry?.active) fill(g, x, y + 2, wide - 3, high - 4, look.line, 3);
      task(g, style, scene, i, x + high * 0.18, y + high * 0.18, high * 0.64, true);
      if (p.titles && entry) text(g, look, entry.title, x + high, mid, { max: wide - high - 6, size: u * 0.9 });
      x += wide;
    }
  } else {
    const names = p.dock ? ['\u25cf', 'Finder', 'File', 'Edit', 'View', 'Window', 'Help'] : ['Activities', ''];
    for (const [i, name] of names.entries())
      text(g, look, name, u * (1 + i * 3.6), mid, { size: u * 0.95, bold: i === 1 });
  }
  text(g, look, time, p.side === 'top' && !p.dock && !apps ? w / 2 : w - u, mid, {
    align: p.side === 'top' && !p.dock && !apps ? 'center' : 'right',
    size: u * 0.95,
  });
  for (let i = 0; i < 4; i++) disc(g, w - u * (7 + i * 1.7), mid, u * 0.35, look.dim);
}

function task(g, style, scene, i, x, y, s, flat = false) {
  const entry = scene.tasks[i - style.panel.pinned];
  const pinned = ['browser', 'files', 'terminal', 'mail', 'editor', 'settings', 'chat'];
  icon(g, entry ? entry.subject : pinned[(i + style.wallpaper.seed) % pinned.length], x, y, s, entry?.seed ?? i);
  if (entry && !flat) disc(g, x + s / 2, y + s * 1.12, s * 0.07, entry.active ? '#fff' : '#aaa');
}

function clock(style, time) {
  const s = Math.floor(style.clockStart + time);
  const two = (n) => String(n % 60).padStart(2, '0');
  return `${Math.floor(s / 3600) % 24}:${two(Math.floor(s / 60))}${style.seconds ? `:${two(s)}` : ''}`;
}

export function menu(g, style, m) {
  const look = lookOf(style, m.dark);
  const u = look.u;
  const row = (m.h - 8) / m.rows;
  if (style.shadow)
    for (let i = 1; i < 4; i++) fill(g, m.x - i * 2, m.y - i, m.w + i * 4, m.h + i * 4, 'rgba(0,0,0,.08)', 8);
  const radius = style.retro ? 0 : 5;
  fill(g, m.x, m.y, m.w, m.h, look.field, radius);
  frame(g, m.x, m.y, m.w, m.h, look.line, radius);
  for (let i = 0; i < m.rows; i++) {
    const y = m.y + 4 + row * i;
    if (mix(m.seed, i) % 7 === 0 && i) fill(g, m.x + 4, y, m.w - 8, 1, look.line);
    if (i === m.hover) fill(g, m.x + 3, y, m.w - 6, row, look.accent, radius);
    const colour = i === m.hover ? '#fff' : mix(m.seed, i, 2) % 6 ? look.fg : look.dim;
    if (m.icons) fill(g, m.x + u * 0.6, y + row * 0.2, row * 0.6, row * 0.6, hsl(mix(m.seed, i) % 360, 50, 55), 3);
    text(g, look, title(look.lang, m.seed, i), m.x + u * (m.icons ? 2.6 : 1.2), y + row / 2, {
      colour,
      max: m.w * 0.7,
    });
    if (mix(m.seed, i, 3) % 3 === 0)
      text(g, look, 'Ctrl+S', m.x + m.w - u * 0.8, y + row / 2, {
        colour: i === m.hover ? '#fff' : look.dim,
        align: 'right',
        size: u * 0.85,
      });
  }
}

export function notification(g, style, n) {
  const look = lookOf(style, n.dark);
  const u = look.u;
  if (style.shadow)
    for (let i = 1; i < 4; i++) fill(g, n.x - i * 2, n.y - i, n.w + i * 4, n.h + i * 4, 'rgba(0,0,0,.08)', 12);
  const radius = style.retro ? 0 : 9;
  fill(g, n.x, n.y, n.w, n.h, n.tinted ? style.accent : look.bar, radius);
  frame(g, n.x, n.y, n.w, n.h, look.line, radius);
  const ink = n.tinted ? { ...look, fg: '#fff' } : look;
  icon(
    g,
    random(n.seed).pick(['chat', 'mail', 'settings', 'other', 'browser']),
    n.x + u * 0.9,
    n.y + u * 0.9,
    u * 2.4,
    n.seed,
  );
  text(g, ink, title(look.lang, n.seed), n.x + u * 4.2, n.y + u * 1.4, { bold: true, max: n.w - u * 5, told: true });
  paragraph(
    g,
    ink,
    n.x + u * 4.2,
    n.y + u * 2.3,
    n.w - u * 5.2,
    Math.max(1, Math.floor((n.h - u * 3) / (u * 1.5))),
    n.seed,
    { size: u * 0.92, told: true },
  );
}

export function tooltip(g, style, t) {
  const look = lookOf(style, true);
  const string = words(look.lang, 14, t.seed);
  text(g, look, string, -9999, 0);
  const w = g.measureText(string).width + 14;
  fill(g, t.x + 10, t.y + 16, w, look.u * 1.8, t.seed % 2 ? '#ffffdc' : '#333', 3);
  text(g, look, string, t.x + 17, t.y + 16 + look.u * 0.9, { colour: t.seed % 2 ? '#222' : '#eee' });
}

export function pointer(g, style, { x, y }) {
  if (style.hidePointer) return;
  const s = style.pointerSize;
  g.beginPath();
  for (const [px, py] of [
    [0, 0],
    [0, 17],
    [4, 13],
    [7, 19.5],
    [10, 18],
    [7.2, 12],
    [12.5, 12],
  ])
    g.lineTo(x + px * s, y + py * s);
  g.closePath();
  g.fillStyle = style.pointerDark ? '#000' : '#fff';
  g.fill();
  g.strokeStyle = style.pointerDark ? '#fff' : '#000';
  g.lineWidth = 1.2;
  g.stroke();
}

/** Icons that lie on the desktop. */
export function desktopIcons(g, style) {
  const s = style.fontSize * 3.2;
  const look = { ...lookOf(style, true), fg: '#fff' };
  for (let i = 0; i < style.desktopIcons; i++) {
    const rows = Math.max(1, Math.floor((style.height - 160) / (s * 2)));
    const x = 24 + (style.panel.side === 'left' ? style.panel.size : 0) + Math.floor(i / rows) * s * 2;
    const y = 50 + (i % rows) * s * 2;
    icon(g, random(style.wallpaper.seed, i).pick(['files', 'document', 'image', 'browser', 'other']), x, y, s, i);
    text(g, look, words(look.lang, 8, i, style.wallpaper.seed), x + s / 2, y + s * 1.3, {
      align: 'center',
      size: style.fontSize * 0.9,
    });
  }
}
