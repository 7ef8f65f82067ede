import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import { wallpaper } from './assets.ts';
import type { DeskSet } from './sets.ts';
import { VirtualDisplay, type WindowManager } from './virtual-display.ts';

const sizes = [
  ...Array(3).fill([1024, 768]),
  ...Array(4).fill([1280, 720]),
  ...Array(3).fill([1366, 768]),
  [1920, 1080],
] as readonly (readonly [number, number])[];

/** A display dressed at random: size, window manager, themes, fonts, background, notifications. */
export async function dressedDesk(random: Random, set: DeskSet, manager: WindowManager): Promise<VirtualDisplay> {
  const [width, height] = random.pick(sizes);
  const theme = random.pick(set.gtkThemes);
  const display = await VirtualDisplay.start({
    width,
    height,
    windowManager: manager,
    openboxTheme: random.pick(set.openboxThemes),
    openboxPlacement: random.pick(['Smart', 'UnderMouse']),
    env: { GTK_THEME: theme, GTK2_RC_FILES: `/usr/share/themes/${theme.split(':')[0]}/gtk-2.0/gtkrc` },
    bus: true,
    prepare: (home) => dress(random, home),
  });
  if (random.chance(0.6)) {
    await display.run('feh', ['--no-fehbg', '--bg-fill', await wallpaper(random, display.home, width, height)]);
  } else {
    await display.run('xsetroot', ['-solid', `#${random.int(0, 0xffffff).toString(16).padStart(6, '0')}`]);
  }
  display.launch('dunst');
  return display;
}

function dress(random: Random, home: string): void {
  const font = `${random.pick(['DejaVu Sans', 'Liberation Sans', 'Noto Sans', 'Nimbus Sans'])} ${random.int(9, 12)}`;
  const icons = random.pick(['Adwaita', 'Tango', 'elementary-xfce']);
  const settings = join(home, '.config/gtk-3.0');
  mkdirSync(settings, { recursive: true });
  writeFileSync(
    join(settings, 'settings.ini'),
    `[Settings]\ngtk-font-name=${font}\ngtk-icon-theme-name=${icons}\ngtk-cursor-blink=${random.chance(0.5)}\n`,
  );
  writeFileSync(join(home, '.gtkrc-2.0'), `gtk-font-name="${font}"\ngtk-icon-theme-name="${icons}"\n`);
  mkdirSync(join(home, '.config/dunst'), { recursive: true });
  const [back, text] = random.pick([
    ['#222222', '#eeeeee'],
    ['#f4f4f4', '#202020'],
    ['#285577', '#ffffff'],
    ['#3b2a4a', '#f0e0ff'],
  ] as const);
  const look = {
    origin: random.pick(['top-right', 'top-center', 'bottom-right', 'top-left']),
    offset: `${random.int(8, 40)}x${random.int(8, 50)}`,
    width: random.int(240, 420),
    height: 160,
    font: `"${font}"`,
    padding: random.int(8, 18),
    frame_width: random.int(0, 3),
    frame_color: `"${text}"`,
    corner_radius: random.pick([0, 0, 6]),
  };
  const global = Object.entries(look).map(([name, value]) => `${name} = ${value}`);
  const colours = `background = "${back}"\nforeground = "${text}"\ntimeout = ${random.int(3, 6)}`;
  writeFileSync(
    join(home, '.config/dunst/dunstrc'),
    `[global]\n${global.join('\n')}\n[urgency_low]\n${colours}\n[urgency_normal]\n${colours}\n`,
  );
}
