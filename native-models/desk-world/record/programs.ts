import { join } from 'node:path';
import type { Random } from '../random.ts';
import type { App } from '../vocabulary.ts';
import type { Assets } from './assets.ts';
import type { Director, Launch, Window } from './director.ts';

/** What a program is started with. */
export interface Setting {
  readonly random: Random;
  readonly assets: Assets;
  readonly width: number;
  readonly height: number;
}

/** A real program, and what can be done in it besides opening and closing. */
export interface Program {
  readonly subject: App;
  launch(setting: Setting): Launch;
  /** Takes typed text. */
  readonly types?: boolean;
  /** Moves under the wheel; `up` where its text starts at the end. */
  readonly scrolls?: 'down' | 'up';
  /** Has a shell. */
  readonly runs?: boolean;
  /** Shows a menu at a right click. */
  readonly menu?: boolean;
  /** Opens a file dialog at Ctrl+O. */
  readonly asksForFiles?: boolean;
  /** What has to be typed before the page can turn, such as an address. */
  prepare?(desk: Director, setting: Setting): Promise<void>;
  /** Shows another picture, page or folder. */
  turn?(desk: Director): Promise<void>;
  /** Starts and stops its film. */
  toggle?(desk: Director): Promise<void>;
}

const geometry = ({ random, width, height }: Setting, w: number, h: number, units = { x: 1, y: 1 }): string => {
  const x = random.int(10, Math.max(11, width - w * units.x - 20));
  const y = random.int(30, Math.max(31, height - h * units.y - 30));
  return `${w}x${h}+${x}+${y}`;
};

const press =
  (...keys: string[]) =>
  (desk: Director): Promise<void> =>
    desk.press(...keys);

/** Asks for an address with Ctrl+L; the page turns at the last key. */
const address = (list: 'pages' | 'folders'): Pick<Program, 'prepare' | 'turn'> => ({
  async prepare(desk, { random, assets }) {
    await desk.press('ctrl+l');
    await desk.keys(`${list === 'pages' ? 'file:' : ''}${random.pick(assets[list])}`, 4);
  },
  turn: press('Return'),
});

/** A shell, perhaps with a page or two of text already on its screen. */
function shell(random: Random): string[] {
  return random.chance(0.6) ? ['sh', '-c', `head -${random.int(30, 300)} Letters/letter-0.txt; exec sh`] : ['sh'];
}

const darkOrLight = [
  ['#000000', '#e5e5e5'],
  ['#1d1f21', '#c5c8c6'],
  ['#002b36', '#93a1a1'],
  ['#fdf6e3', '#586e75'],
  ['#ffffff', '#111111'],
  ['#2d0922', '#eeeeec'],
  ['#0b2a0f', '#9fe89f'],
  ['#fffff0', '#202040'],
] as const;
const monospaced = ['DejaVu Sans Mono', 'Liberation Mono', 'Noto Sans Mono', 'Noto Mono', 'Nimbus Mono PS'];

const files = (...names: string[]): Record<string, Program> =>
  Object.fromEntries(
    names.map((command) => [
      command,
      {
        subject: 'files',
        launch: ({ random, assets }) => ({
          command,
          args: [...(command === 'pcmanfm' ? ['--no-desktop'] : []), random.pick([assets.home, ...assets.folders])],
        }),
        ...(command === 'xfe' ? {} : address('folders')),
        menu: command !== 'xfe',
      } satisfies Program,
    ]),
  );

const editor = (command: string, more: Partial<Program> = {}): Program => ({
  subject: 'editor',
  launch: ({ random, assets }) => ({ command, args: random.chance(0.6) ? [random.pick(assets.texts)] : [] }),
  types: true,
  scrolls: 'down',
  menu: true,
  ...more,
});

const reader = (command: string, next: string, args: (setting: Setting) => string[] = () => []): Program => ({
  subject: 'document',
  launch: (setting) => ({ command, args: [...args(setting), setting.random.pick(setting.assets.documents)] }),
  scrolls: 'down',
  turn: press(next),
});

const plain = (subject: App, command: string, args: (setting: Setting) => string[] = () => []): Program => ({
  subject,
  launch: (setting) => ({ command, args: args(setting) }),
});

export const programs: Readonly<Record<string, Program>> = {
  xterm: {
    subject: 'terminal',
    launch: (setting) => {
      const { random } = setting;
      const [back, text] = random.pick(darkOrLight);
      const look = ['-bg', back, '-fg', text, '-fa', random.pick(monospaced), '-fs', String(random.int(9, 14))];
      const size = geometry(setting, random.int(60, 100), random.int(16, 32), { x: 8, y: 16 });
      const bar = random.chance(0.5) ? ['-sb', '-rightbar'] : [];
      return { command: 'xterm', args: [...look, ...bar, '-geometry', size, '-e', ...shell(random)] };
    },
    types: true,
    runs: true,
    scrolls: 'up',
  },
  urxvt: {
    subject: 'terminal',
    launch: (setting) => {
      const { random } = setting;
      const [back, text] = random.pick(darkOrLight);
      const look = ['-bg', back, '-fg', text, '-fn', `xft:${random.pick(monospaced)}:size=${random.int(9, 14)}`];
      const size = geometry(setting, random.int(60, 100), random.int(16, 32), { x: 8, y: 16 });
      return { command: 'urxvt', args: [...look, '-geometry', size, '-e', ...shell(random)] };
    },
    types: true,
    runs: true,
    scrolls: 'up',
  },
  mousepad: editor('mousepad', { asksForFiles: true }),
  l3afpad: editor('l3afpad', { asksForFiles: true }),
  featherpad: editor('featherpad'),
  dillo: {
    subject: 'browser',
    launch: ({ random, assets }) => ({ command: 'dillo', args: [random.pick(assets.pages)] }),
    scrolls: 'down',
    ...address('pages'),
    menu: true,
  },
  'netsurf-gtk': {
    subject: 'browser',
    launch: ({ random, assets }) => ({ command: 'netsurf-gtk', args: [`file://${random.pick(assets.pages)}`] }),
    scrolls: 'down',
    menu: true,
  },
  chromium: {
    subject: 'browser',
    launch: ({ random, assets }) => ({
      command: 'chromium',
      args: [
        ...['--no-sandbox', '--no-first-run', '--disable-gpu', '--password-store=basic', '--disable-dev-shm-usage'],
        ...['--test-type', `--user-data-dir=${join(assets.home, '.chromium')}`],
        `${random.chance(0.3) ? '--app=' : ''}file://${random.pick(assets.pages)}`,
      ],
    }),
    scrolls: 'down',
    turn: press('F8'),
    menu: true,
  },
  ...files('pcmanfm', 'xfe', 'thunar'),
  xpdf: reader('xpdf', 'n', (setting) => [
    '-geometry',
    geometry(setting, setting.random.int(480, 800), setting.random.int(420, 640)),
  ]),
  mupdf: reader('mupdf', 'Next', ({ random }) => ['-r', String(random.int(56, 84))]),
  zathura: reader('zathura', 'J'),
  gnumeric: {
    ...plain('spreadsheet', 'gnumeric', ({ assets }) => ['--no-splash', ...assets.tables]),
    scrolls: 'down',
    menu: true,
  },
  feh: {
    subject: 'image',
    launch: (setting) => {
      const { random, assets } = setting;
      const size = geometry(setting, random.int(340, 800), random.int(260, 520));
      const first = random.int(0, assets.pictures.length - 1);
      const list = assets.pictures.map((_, n) => assets.pictures[(n + first) % assets.pictures.length]!);
      return { command: 'feh', args: ['--scale-down', '--geometry', size, ...list] };
    },
    turn: press('Right'),
  },
  gpicview: {
    ...plain('image', 'gpicview', ({ random, assets }) => [random.pick(assets.pictures)]),
    turn: press('Right'),
  },
  mpv: {
    subject: 'video',
    launch: (setting) => {
      const { random, assets } = setting;
      const place = `--geometry=+${random.int(10, setting.width - 520)}+${random.int(30, setting.height - 330)}`;
      const quiet = ['--vo=x11', '--ao=null', '--pause', '--keep-open', '--start=3', '--osd-level=0', '--no-border'];
      const untitled = random.chance(0.2);
      return { command: 'mpv', args: [...quiet.slice(0, untitled ? 7 : 6), place, ...assets.films], untitled };
    },
    toggle: press('space'),
  },
  xclock: plain('other', 'xclock', (setting) => {
    const size = setting.random.int(140, 320);
    const look = setting.random.chance(0.3) ? ['-digital'] : [];
    return [...look, '-geometry', geometry(setting, size, look.length ? 60 : size)];
  }),
  xeyes: plain('other', 'xeyes', (setting) => [
    '-geometry',
    geometry(setting, setting.random.int(160, 320), setting.random.int(120, 240)),
  ]),
  xcalc: plain('other', 'xcalc', (setting) => [
    '-geometry',
    geometry(setting, setting.random.int(220, 320), setting.random.int(280, 400)),
  ]),
  galculator: plain('other', 'galculator'),
  xlogo: plain('other', 'xlogo', (setting) => ['-geometry', geometry(setting, 240, 240)]),
  'qalculate-gtk': plain('other', 'qalculate-gtk'),
  lxappearance: plain('settings', 'lxappearance'),
  lxinput: plain('settings', 'lxinput'),
  obconf: plain('settings', 'obconf'),
  'xfce4-mouse-settings': plain('settings', 'xfce4-mouse-settings'),
};

/** An open window, and the program in it. */
export interface Running {
  readonly program: Program;
  readonly name: string;
  readonly window: Window;
}
