/** Window frames in the manner of several systems. */
import { disc, fill, frame, lookOf, text, triangle } from './look.js';

/** Insets of the content inside the frame, in simulated pixels. @param {any} style @param {any} win */
export function insets(style, win) {
  const u = style.fontSize;
  const deco = win.bare ? 'none' : style.deco;
  const edge = win.maximised ? 0 : 1;
  switch (deco) {
    case 'mac':
      return { top: u * 2.1, side: 0, bottom: 0 };
    case 'windows10':
    case 'windows11':
      return { top: u * 2.3, side: edge, bottom: edge };
    case 'retro':
      return { top: u * 1.8 + 4, side: 4, bottom: 4 };
    case 'gnome':
      return { top: u * 3.1, side: 0, bottom: 0 };
    case 'breeze':
      return { top: u * 2.1, side: edge, bottom: edge };
    case 'openbox':
      return { top: u * 1.6, side: edge, bottom: edge * 4 };
    case 'twm':
      return { top: style.titled ? u * 1.6 + 3 : 3, side: 3, bottom: 3 };
    default:
      return { top: 1, side: 1, bottom: 1 };
  }
}

const radiusOf = (style, win) =>
  win.maximised || win.bare ? 0 : ({ mac: 10, windows11: 8, gnome: 12, breeze: 5 }[style.deco] ?? 0);

/** The outline that clips a window. @param {CanvasRenderingContext2D} g */
export function outline(g, style, win) {
  const radius = radiusOf(style, win);
  g.beginPath();
  g.roundRect(0, 0, win.w, win.h, style.deco === 'gnome' || style.deco === 'breeze' ? [radius, radius, 3, 3] : radius);
}

/** Shadow and frame; the content is drawn over it. @param {CanvasRenderingContext2D} g */
export function chrome(g, style, win) {
  const look = lookOf(style, style.titleDark ?? win.dark);
  const { w, h } = win;
  const deco = win.bare ? 'none' : style.deco;
  const top = insets(style, win).top;
  const mid = top / 2;
  const u = style.fontSize;
  let bar = win.active ? look.bar : look.bg;
  let ink = win.active ? look.fg : look.dim;
  if (style.accentTitle && win.active && deco !== 'mac' && deco !== 'gnome') [bar, ink] = [style.accent, '#fff'];
  outline(g, style, win);
  g.fillStyle = bar;
  g.fill();
  if (deco === 'none') return frame(g, 0, 0, w, h, look.line);
  if (deco === 'retro') {
    fill(g, 0, 0, w, h, '#c3c3c3');
    frame(g, 0, 0, w, h, '#000');
    fill(g, 1, 1, w - 3, 1, '#fff');
    fill(g, 1, 1, 1, h - 3, '#fff');
    fill(g, 4, 4, w - 8, top - 5, win.active ? style.retroTitle : '#808080');
    [bar, ink] = ['', '#fff'];
  }
  if (deco === 'twm') {
    fill(g, 0, 0, w, h, win.active ? style.accent : '#888');
    ink = '#fff';
  }
  const size = u * 0.98;
  const centred = deco === 'mac' || deco === 'gnome' || deco === 'breeze' || (deco === 'openbox' && style.titled);
  text(g, look, win.title, centred ? w / 2 : u * (deco === 'windows11' ? 2.4 : 1), mid + (deco === 'retro' ? 1 : 0), {
    size,
    colour: ink,
    bold: deco !== 'windows10' && deco !== 'windows11' && deco !== 'mac',
    align: centred ? 'center' : 'left',
    max: w * 0.6,
    told: true,
  });
  buttons(g, style, win, deco, mid, ink);
  if (!win.maximised && deco !== 'retro') {
    outline(g, style, win);
    g.strokeStyle =
      deco === 'openbox'
        ? win.active
          ? style.accent
          : '#777'
        : look.dark
          ? 'rgba(255,255,255,.18)'
          : 'rgba(0,0,0,.3)';
    g.lineWidth = deco === 'openbox' ? 2 : 1;
    g.stroke();
  }
}

function buttons(g, style, win, deco, mid, ink) {
  const u = style.fontSize;
  const { w } = win;
  if (deco === 'mac') {
    const colours = win.active ? ['#ff5f57', '#febc2e', '#28c840'] : ['#bbb', '#bbb', '#bbb'];
    for (const [i, colour] of colours.entries()) disc(g, u * 1.2 + i * u * 1.5, mid, u * 0.45, colour);
    return;
  }
  if (deco === 'twm') {
    if (style.titled) for (const x of [6, w - u - 9]) frame(g, x, mid - u * 0.5, u, u, '#fff');
    return;
  }
  const gap = deco.startsWith('windows') ? u * 3 : deco === 'gnome' ? u * 2.6 : u * 1.7;
  const all = deco === 'gnome' && style.titled ? ['close'] : ['close', 'max', 'min'];
  all.forEach((name, i) => {
    const x = w - gap * (i + 0.6);
    const s = u * 0.36;
    if (deco === 'gnome') disc(g, x, mid, u * 0.9, 'rgba(128,128,128,.25)');
    if (deco === 'breeze' && name === 'close') disc(g, x, mid, u * 0.6, '#da4453');
    if (deco === 'retro') {
      fill(g, x - u * 0.7, mid - u * 0.55, u * 1.4, u * 1.3, '#c3c3c3');
      frame(g, x - u * 0.7, mid - u * 0.55, u * 1.4, u * 1.3, '#555');
      ink = '#000';
    }
    g.strokeStyle = ink;
    g.lineWidth = 1.3;
    g.beginPath();
    if (name === 'close') {
      g.moveTo(x - s, mid - s);
      g.lineTo(x + s, mid + s);
      g.moveTo(x + s, mid - s);
      g.lineTo(x - s, mid + s);
    } else if (name === 'max') g.rect(x - s, mid - s, 2 * s, 2 * s);
    else {
      g.moveTo(x - s, mid + s);
      g.lineTo(x + s, mid + s);
    }
    g.stroke();
  });
}

/** A drop shadow around a rectangle. @param {CanvasRenderingContext2D} g */
export function shadow(g, style, win) {
  if (win.maximised || !style.shadow || style.deco === 'twm' || style.deco === 'retro') return;
  const strength = win.active ? 0.07 : 0.04;
  for (let i = 1; i <= 5; i++)
    fill(g, win.x - i * 4, win.y - i * 2, win.w + i * 8, win.h + i * 8, `rgba(0,0,0,${strength})`, 12 + i * 3);
}

/** A small picture that stands for a kind of application. */
export function icon(g, subject, x, y, s, seed = 0) {
  const colours = {
    terminal: '#222',
    editor: '#3b6fd4',
    browser: '#e8762c',
    files: '#e5b13a',
    document: '#2b579a',
    spreadsheet: '#217346',
    presentation: '#d24726',
    image: '#8e44ad',
    video: '#c0392b',
    chat: '#27ae60',
    mail: '#2f80ed',
    settings: '#7f8c8d',
  };
  const colour = colours[subject] ?? `hsl(${(seed * 47) % 360},55%,45%)`;
  if (subject === 'browser' || subject === 'settings') disc(g, x + s / 2, y + s / 2, s * 0.48, colour);
  else
    fill(
      g,
      x,
      y + (subject === 'mail' ? s * 0.15 : 0),
      s,
      subject === 'mail' || subject === 'files' ? s * 0.75 : s,
      colour,
      s * 0.18,
    );
  const c = '#fff';
  if (subject === 'terminal') fill(g, x + s * 0.2, y + s * 0.6, s * 0.4, s * 0.1, c);
  else if (subject === 'video')
    triangle(
      g,
      [
        [x + s * 0.35, y + s * 0.25],
        [x + s * 0.35, y + s * 0.75],
        [x + s * 0.75, y + s * 0.5],
      ],
      c,
    );
  else if (subject === 'image')
    triangle(
      g,
      [
        [x + s * 0.15, y + s * 0.8],
        [x + s * 0.5, y + s * 0.35],
        [x + s * 0.85, y + s * 0.8],
      ],
      c,
    );
  else if (subject === 'browser' || subject === 'settings') disc(g, x + s / 2, y + s / 2, s * 0.18, c);
  else
    for (let i = 0; i < 3; i++)
      fill(g, x + s * 0.22, y + s * (0.28 + i * 0.2), s * (0.55 - 0.1 * (i % 2)), s * 0.07, c);
}
