/**
 * Records `tests/fixtures/desk.mp4`: a minute and a quarter at a desk, the same small story each time.
 *
 *   node native-models/desk-world/record/story.ts FOLDER
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../random.ts';
import { Director } from './director.ts';
import { ScreenRecording } from './screen-recording.ts';
import { VirtualDisplay } from './virtual-display.ts';

const folder = process.argv[2];
if (!folder) throw new Error('Usage: node native-models/desk-world/record/story.ts FOLDER');
mkdirSync(folder, { recursive: true });

await using display = await VirtualDisplay.start({ windowManager: 'openbox', openboxTheme: 'Clearlooks', bus: true });
const home = display.home;
mkdirSync(join(home, 'Letters'));
mkdirSync(join(home, 'Pictures'));
for (const name of ['Notes.txt', 'Shopping.txt', 'report.csv']) writeFileSync(join(home, name), 'a line\n');
execFileSync('ffmpeg', [
  ...['-loglevel', 'error', '-f', 'lavfi', '-i', 'mandelbrot=s=640x420', '-frames:v', '1'],
  join(home, 'Pictures', 'mandelbrot.png'),
]);
const build = [
  'for part in parser linker server client themes icons; do',
  '  for step in 1 2 3; do echo "compiling $part, unit $step"; sleep 0.33; done',
  'done',
  'echo "build finished"; touch built',
];
writeFileSync(join(home, 'build.sh'), `${build.join('\n')}\n`);
await display.run('xsetroot', ['-solid', '#31566b']);

{
  const random = new Random(1);
  await using screen = new ScreenRecording(display, join(folder, 'desk.mp4'), 24);
  const desk = new Director(display, screen, 'desk.mp4', random);
  await screen.reach(25);

  const terminal = (await desk.open(
    {
      command: 'xterm',
      args: [
        '-fa',
        'DejaVu Sans Mono',
        '-fs',
        '12',
        '-bg',
        '#10161c',
        '-fg',
        '#d8e2e8',
        '-geometry',
        '96x26+40+50',
        '-e',
        'sh',
      ],
    },
    'terminal',
  ))!;
  await screen.wait(1.5);
  await desk.command(terminal, 'sh build.sh', () => existsSync(join(home, 'built')), 'build finished');
  await screen.wait(2.5);

  const error = (await desk.openDialog(
    {
      command: 'zenity',
      args: [
        '--error',
        '--width=380',
        '--title=Upload failed',
        '--text=The server did not answer. The new build was not uploaded.',
      ],
    },
    'error',
  ))!;
  await screen.wait(2.5);
  await desk.closeDialog(error);
  await screen.wait(2);

  const editor = (await desk.open({ command: 'mousepad', args: [join(home, 'Letters', 'Letter.txt')] }, 'editor'))!;
  await screen.wait(2);
  await desk.type(editor, 'Dear all,\n\nthe server was away this morning.\nI shall upload the build after lunch.', 75);
  // nothing happens for a while
  await screen.wait(14);

  const picture = (await desk.open(
    { command: 'feh', args: ['--geometry', '640x420+560+230', join(home, 'Pictures', 'mandelbrot.png')] },
    'image',
  ))!;
  await screen.wait(4);
  await desk.close(picture);
  await screen.wait(1.5);
  await screen.wait(1);
  const steps =
    'for n in $(seq 0 5 100); do echo $n; sleep 0.28; done | zenity --progress --auto-close --width=420 --title="Copying" --text="Copying pictures to the archive"';
  await desk.progress({ command: 'sh', args: ['-c', steps] });
  await screen.wait(2);
  await desk.switchTo(terminal);
  await screen.wait(3);
  await desk.open({ command: 'pcmanfm', args: ['--no-desktop', home] }, 'files');
  await screen.wait(2.5);
  writeFileSync(join(folder, 'desk.events.jsonl'), desk.notes.map((note) => `${JSON.stringify(note)}\n`).join(''));
}
