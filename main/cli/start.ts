import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { sampleRecording } from '../assistant/sample.ts';
import { OnlookerError } from '../base/errors.ts';
import { say } from '../base/terminal.ts';
import { withNegativeValues } from './command.ts';
import { display } from './display.ts';
import { runElectron } from './electron.ts';
import { run as narrate } from './narrate.ts';
import { serveArguments, serveOptions } from './serve.ts';

export const usage = `Usage: onlooker start [OPTIONS]

Opens the window: in Electron where its program is installed, else in a browser, with the options of "onlooker serve".
Without a display it also narrates the sample recording that comes with the program, here in the terminal.
With options of "onlooker narrate" it only narrates, the screen or that recording.`;

/** What `npm start` does: the main job at once, on whatever this machine has. */
export async function run(args: readonly string[]): Promise<number> {
  const problem = await displayProblem();
  if (!isForWindow(args)) return narrateHere(args, problem, say);
  const { source, ...options } = serveArguments('start', args);
  // Wayland shows its screens to the desktop program alone, whether there is an X display beside it or not.
  if (args.length === 0 && (problem === undefined || process.env.WAYLAND_DISPLAY)) {
    const code = await runElectron(say);
    if (code !== undefined) return code;
  }
  const { showInBrowser } = await import('./browser-mode.ts');
  if (problem === undefined) return showInBrowser({ ...options, source });
  say(problem);
  if (source === undefined) say(narratingSample());
  return showInBrowser({ ...options, open: false, source: source ?? sampleRecording, narrate: true });
}

/** As it was before there was a window: the terminal is enough for somebody who names how to narrate. */
async function narrateHere(args: readonly string[], problem: string | undefined, say: (line: string) => void) {
  if (problem === undefined) {
    say(`Watching the screen (${await display()}). Ctrl-C ends it.`);
    return narrate(['screen', ...args]);
  }
  say(`${problem}\n${narratingSample()}`);
  return narrate([sampleRecording, ...args]);
}

/** Why there is no display, in words; undefined when there is one. @throws OnlookerError `ffmpeg-missing` */
async function displayProblem(): Promise<string | undefined> {
  try {
    await display();
    return undefined;
  } catch (error) {
    if (!(error instanceof OnlookerError) || error.code === 'ffmpeg-missing') throw error;
    return error.message;
  }
}

function narratingSample(): string {
  return `Narrating the sample recording ${relative(process.cwd(), sampleRecording)} instead.`;
}

/** Whether there are no options but those of `serve`. */
function isForWindow(args: readonly string[]): boolean {
  const { tokens } = parseArgs({
    args: withNegativeValues(args, serveOptions),
    options: serveOptions,
    strict: false,
    tokens: true,
  });
  return tokens.every((token) => token.kind === 'option' && Object.hasOwn(serveOptions, token.name));
}
