/** The look of one desktop, drawn by chance: system, colours, fonts, language, display. It stays for a whole stream. */
import type { Random } from './random.ts';

export const DECORATIONS = [
  'mac',
  'windows10',
  'windows11',
  'retro',
  'gnome',
  'breeze',
  'openbox',
  'twm',
  'none',
] as const;

export interface Style {
  width: number;
  height: number;
  tileWidth: number;
  tileHeight: number;
  wallpaper: { kind: string; seed: number; animated: boolean };
  deco: (typeof DECORATIONS)[number];
  /** A detail of some decorations: whether there is a title or which buttons there are. */
  titled: boolean;
  shadow: boolean;
  accentTitle: boolean;
  titleDark: boolean | null;
  panel: {
    side: 'top' | 'bottom' | 'left' | 'none';
    size: number;
    dark: boolean;
    tasks: boolean;
    titles: boolean;
    dock: boolean;
    pinned: number;
  };
  dark: boolean;
  retro: boolean;
  retroTitle: string;
  accent: string;
  tint: number;
  tintStrength: number;
  /** Lightness of dark backgrounds, per cent. */
  darkness: number;
  lang: 'latin' | 'european' | 'hangul' | 'han';
  sans: string;
  mono: string;
  fontSize: number;
  clockStart: number;
  seconds: boolean;
  desktopIcons: number;
  pointerSize: number;
  pointerDark: boolean;
  hidePointer: boolean;
  blinks: boolean;
}

const DISPLAYS = [
  [1024, 768, 5],
  [1280, 720, 5],
  [1280, 800, 6],
  [1280, 1024, 3],
  [1366, 768, 7],
  [1440, 900, 6],
  [1600, 900, 4],
  [1680, 1050, 4],
  [1920, 1080, 14],
  [1920, 1200, 5],
  [2560, 1440, 5],
  [2560, 1080, 1],
] as const;

const SANS = [
  'DejaVu Sans',
  'Liberation Sans',
  'Noto Sans CJK KR',
  'Nimbus Sans',
  'Liberation Sans Narrow',
  'Droid Sans Fallback',
  'DejaVu Sans Condensed',
  'URW Gothic',
  'DejaVu Serif',
  'Liberation Serif',
];
const MONO = [
  'DejaVu Sans Mono',
  'Liberation Mono',
  'Noto Sans Mono',
  'Noto Mono',
  'Nimbus Mono PS',
  'Noto Sans Mono CJK KR',
];

/** The display's size, or the largest of its shape of about `area` pixels; even, as H.264 wants it. */
export function tileOf(width: number, height: number, area: number): { tileWidth: number; tileHeight: number } {
  const scale = Math.min(1, Math.sqrt(area / (width * height)));
  const even = (n: number) => Math.max(16, Math.round((n * scale) / 2) * 2);
  return { tileWidth: even(width), tileHeight: even(height) };
}

/** A display of usual shape: width and height in pixels. */
export function chooseDisplay(r: Random): [number, number] {
  const shape = r.weighted(Object.fromEntries(DISPLAYS.map(([w, h, weight]) => [`${w}x${h}`, weight])));
  return shape.split('x').map(Number) as [number, number];
}

/** @param area pixels of the tile the desktop is drawn into */
export function chooseStyle(r: Random, area = 544 * 340, [width, height] = chooseDisplay(r)): Style {
  const dark = r.chance(0.45);
  const deco = r.weighted({
    mac: 9,
    windows10: 10,
    windows11: 10,
    retro: 5,
    gnome: 12,
    breeze: 10,
    openbox: 14,
    twm: 5,
    none: 3,
  });
  const plain = deco === 'twm' || deco === 'none' || deco === 'openbox';
  const retro = deco === 'retro' && r.chance(0.8);
  const fontSize = Math.round(r.between(11, 16) * (width > 2000 ? r.pick([1, 1.25, 1.5]) : r.pick([1, 1, 1, 1.2])));
  const wallpaper = r.weighted({
    black: plain ? 9 : 2,
    grey: plain ? 6 : 2,
    weave: plain ? 3 : 0,
    flat: 6,
    gradient: 7,
    pattern: 3,
    rays: 4,
    photo: 16,
  });
  return {
    width,
    height,
    ...tileOf(width, height, area),
    wallpaper: { kind: wallpaper, seed: r.int(0, 1e9), animated: r.chance(0.03) },
    deco,
    titled: r.chance(0.7),
    shadow: !retro && r.chance(deco === 'twm' || deco === 'none' ? 0.05 : deco === 'openbox' ? 0.3 : 0.85),
    accentTitle: r.chance(deco === 'openbox' ? 0.45 : 0.2),
    titleDark: r.chance(0.25) ? r.chance(0.5) : null,
    panel: choosePanel(r, deco, fontSize, dark),
    dark,
    retro,
    retroTitle: r.pick(['#000080', '#0a246a', '#2f5f5f', '#552255', '#1084d0']),
    accent: r.chance(0.35)
      ? r.pick(['#0078d4', '#3584e4', '#3daee9', '#e95420', '#007aff'])
      : `hsl(${r.int(0, 360)},${r.int(35, 90)}%,${r.int(32, 58)}%)`,
    tint: r.int(0, 360),
    tintStrength: r.chance(0.5) ? 0 : r.int(2, 22),
    darkness: r.int(6, 20),
    lang: r.weighted({ latin: 10, european: 3, hangul: 5, han: 4 }),
    sans: `"${r.pick(SANS)}", "Noto Sans CJK KR", sans-serif`,
    mono: `"${r.pick(MONO)}", "Noto Sans Mono CJK KR", monospace`,
    fontSize,
    clockStart: r.int(0, 86399),
    seconds: r.chance(0.3),
    desktopIcons: r.chance(0.35) ? r.int(1, 12) : 0,
    pointerSize: r.pick([0.9, 1, 1.2, 1.6]) * (width > 2000 ? 1.3 : 1),
    pointerDark: r.chance(0.5),
    hidePointer: r.chance(0.1),
    blinks: r.chance(0.75),
  };
}

function choosePanel(r: Random, deco: Style['deco'], fontSize: number, dark: boolean): Style['panel'] {
  const usual = {
    mac: 'dock',
    windows10: 'bottom',
    windows11: 'bottom',
    retro: 'bottom',
    gnome: 'top',
    breeze: 'bottom',
    openbox: 'none',
    twm: 'none',
    none: 'none',
  }[deco];
  const kind = r.chance(0.7) ? usual : r.pick(['dock', 'bottom', 'top', 'left', 'none', 'none']);
  const dock = kind === 'dock';
  const size = fontSize * (dock ? r.between(3.6, 5.5) : kind === 'left' ? r.between(3.4, 5) : r.between(1.9, 3.4));
  return {
    side: dock ? 'bottom' : (kind as Style['panel']['side']),
    size: Math.round(size),
    dark: r.chance(0.3) ? !dark : dark || deco.startsWith('windows') || deco === 'gnome',
    tasks: kind !== 'top' || r.chance(0.4),
    titles: r.chance(0.45),
    dock,
    pinned: r.int(0, 6),
  };
}
