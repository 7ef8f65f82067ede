import type { DialogTool } from './dialogs.ts';
import type { WindowManager } from './virtual-display.ts';

/** What the desks of a set are made of. */
export interface DeskSet {
  readonly apps: readonly string[];
  readonly managers: readonly WindowManager[];
  readonly gtkThemes: readonly string[];
  readonly openboxThemes: readonly string[];
  readonly tool: DialogTool;
}

/** Test desks share as little as possible with training desks: other programs, managers, themes and dialogs. */
export const sets: Readonly<Record<'train' | 'test', DeskSet>> = {
  train: {
    apps: [
      ...['xterm', 'mousepad', 'l3afpad', 'dillo', 'netsurf-gtk', 'pcmanfm', 'xfe', 'xpdf', 'mupdf', 'gnumeric', 'feh'],
      ...['mpv', 'xclock', 'xeyes', 'xcalc', 'galculator', 'lxappearance', 'lxinput'],
    ],
    managers: ['openbox', 'openbox', 'openbox', 'icewm', 'jwm', 'metacity', 'fvwm', 'twm', 'none'],
    gtkThemes: [
      'Adwaita',
      'Adwaita:dark',
      'Arc',
      'Arc-Dark',
      'Arc-Darker',
      'Greybird',
      'Greybird-dark',
      'HighContrast',
    ],
    openboxThemes: ['Clearlooks', 'Bear2', 'Mikachu', 'Natura', 'Nightmare', 'Onyx', 'Artwiz-boxed', 'Greybird'],
    tool: 'zenity',
  },
  test: {
    apps: [
      ...['urxvt', 'featherpad', 'chromium', 'thunar', 'zathura', 'gnumeric', 'gpicview', 'xlogo', 'qalculate-gtk'],
      ...['obconf', 'xfce4-mouse-settings', 'mousepad', 'feh', 'mpv'],
    ],
    managers: ['fluxbox', 'fluxbox', 'openbox'],
    gtkThemes: ['Numix', 'Materia', 'Materia-dark', 'HighContrastInverse'],
    openboxThemes: ['Numix', 'Orang', 'Breeze-ob', 'Syscrash'],
    tool: 'yad',
  },
};
