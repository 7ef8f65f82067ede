import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Random } from '../random.ts';
import { writePdf } from './pdf.ts';

const execute = promisify(execFile);

/** What there is to look at on a desk, by path; made anew for every stream. */
export interface Assets {
  readonly home: string;
  readonly pictures: readonly string[];
  readonly films: readonly string[];
  readonly texts: readonly string[];
  readonly pages: readonly string[];
  readonly documents: readonly string[];
  readonly tables: readonly string[];
  readonly folders: readonly string[];
}

const words =
  'the a of to and in harbour light morning engine report paper road winter meeting train village number river window ' +
  'letter market question garden price answer bridge music summer paint kitchen science water stone history cloud city ' +
  'teacher machine office forest second winter copper green quiet early late open small round heavy bright old new first ' +
  'carries holds shows turns keeps finds asks builds counts moves opens reads writes leaves begins stays works falls';
const vocabulary = words.split(' ');

export function someWords(random: Random, count: number): string {
  const text = Array.from({ length: count }, () => random.pick(vocabulary)).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function paragraphs(random: Random, count: number): string[] {
  return Array.from({ length: count }, () =>
    Array.from({ length: random.int(2, 5) }, () => `${someWords(random, random.int(6, 14))}.`).join(' '),
  );
}

function colour(random: Random): string {
  return `#${random.int(0, 0xffffff).toString(16).padStart(6, '0')}`;
}

function webPage(random: Random, n: number): string {
  const dark = random.chance(0.3);
  const style = `body{margin:${random.int(10, 60)}px;font:${random.int(13, 18)}px ${random.pick(['sans-serif', 'serif'])};background:${dark ? '#1d2024' : '#fff'};color:${dark ? '#dde' : '#222'}}h1{color:${colour(random)}}header{background:${colour(random)};padding:18px}`;
  const parts = paragraphs(random, random.int(12, 24)).map((text, i) =>
    i % 4 === 3
      ? `<h2>${someWords(random, 3)}</h2><p>${text}</p><img src="../Pictures/picture-${random.int(0, 3)}.png" width="${random.int(160, 420)}">`
      : `<p>${text}</p>`,
  );
  // a key that browsers leave free turns to the next page
  const next = `<script>document.onkeydown=(e)=>{if(e.key==='F8')location.href='page-${(n + 1) % 4}.html'}</script>`;
  return `<!doctype html><meta charset="utf-8"><title>${someWords(random, 3)}</title><style>${style}</style>${next}<header><h1>${someWords(random, 4)}</h1></header>${parts.join('\n')}`;
}

/** Lavfi sources that look unlike one another, at the given size; the busy ones cost an encoder much. */
function pictureSource(random: Random, size: string, busy: boolean): string {
  const seed = random.int(1, 9999);
  const kind = random.pick(['linear', 'radial', 'circular', 'spiral']);
  const calm = [
    `gradients=s=${size}:seed=${seed}:n=${random.int(2, 6)}:type=${kind}`,
    `gradients=s=${size}:seed=${seed}:n=2:type=${kind}`,
    `mandelbrot=s=${size}:start_scale=${random.between(0.3, 2).toFixed(4)}`,
    `smptehdbars=s=${size}`,
  ];
  const rich = [`sierpinski=s=${size}:seed=${seed}`, `cellauto=s=${size}:seed=${seed}`, `testsrc2=s=${size}`];
  return random.pick(busy ? [...calm, ...rich] : calm);
}

async function lavfi(source: string, args: readonly string[], file: string): Promise<string> {
  await execute('ffmpeg', ['-loglevel', 'error', '-y', '-f', 'lavfi', '-i', source, ...args, file]);
  return file;
}

/** A picture for the desktop's background. */
export function wallpaper(random: Random, home: string, width: number, height: number): Promise<string> {
  const source = pictureSource(random, `${width}x${height}`, false);
  return lavfi(source, ['-frames:v', '1'], join(home, '.wallpaper.png'));
}

export async function makeAssets(random: Random, home: string): Promise<Assets> {
  for (const folder of ['Pictures', 'Letters', 'Music', 'Web', 'Papers', 'Projects']) mkdirSync(join(home, folder));
  const write = (name: string, text: string): string => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  for (let n = random.int(3, 40); n > 0; n -= 1) {
    const folder = random.pick(['Letters', 'Projects', 'Music', '.']);
    write(join(folder, `${someWords(random, 2)}${random.pick(['.txt', '.md', '.csv', '.log', '.c'])}`), 'x');
  }
  const pictures: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    const size = `${random.int(18, 40) * 20}x${random.int(14, 26) * 20}`;
    pictures.push(
      await lavfi(pictureSource(random, size, true), ['-frames:v', '1'], join(home, 'Pictures', `picture-${n}.png`)),
    );
  }
  // films stand still for 3 s at first, so that a player which starts at once shows two events apart
  const film = random.pick([
    'testsrc2=s=480x270:r=15:d=20',
    'mandelbrot=s=480x270:r=15',
    'life=s=240x136:r=15:mold=10:life_color=#88ffaa:death_color=#aa8833,scale=480:272:flags=neighbor',
  ]);
  const still = [
    '-vf',
    'tpad=start_mode=clone:start_duration=3',
    '-t',
    '12',
    '-pix_fmt',
    'yuv420p',
    '-preset',
    'ultrafast',
  ];
  const films = [await lavfi(film, still, join(home, 'Pictures', 'film.mp4'))];
  return {
    home,
    pictures,
    films,
    texts: [0, 1].map((n) => write(`Letters/letter-${n}.txt`, `${paragraphs(random, 30).join('\n\n')}\n`)),
    pages: [0, 1, 2, 3].map((n) => write(`Web/page-${n}.html`, webPage(random, n))),
    documents: [0, 1].map((n) =>
      write(
        `Papers/paper-${n}.pdf`,
        writePdf(
          Array.from({ length: 6 }, () => ({
            title: someWords(random, 4),
            lines: paragraphs(random, 9),
            accent: colour(random),
          })),
        ),
      ),
    ),
    tables: [0].map((n) =>
      write(
        `Papers/table-${n}.csv`,
        Array.from({ length: 80 }, () =>
          [someWords(random, 2), ...Array.from({ length: 6 }, () => random.int(1, 9999))].join(','),
        ).join('\n'),
      ),
    ),
    folders: ['Pictures', 'Letters', 'Projects', 'Papers', 'Music'].map((folder) => join(home, folder)),
  };
}
