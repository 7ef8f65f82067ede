import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OnlookerError } from '../errors.ts';
import { display } from './display.ts';
import { run as narrate } from './narrate.ts';

export const usage = `Usage: onlooker start [OPTIONS]

Narrates the screen; where there is none, the sample recording that comes with the program. Takes the options of
"onlooker narrate".`;

/** What `npm start` does: the main job at once, on whatever this machine has. */
export async function run(args: readonly string[]): Promise<number> {
  const source = await chooseSource();
  return narrate([source, ...args]);
}

async function chooseSource(): Promise<string> {
  try {
    process.stderr.write(`Watching the screen (${await display()}). Ctrl-C ends it.\n`);
    return 'screen';
  } catch (error) {
    if (!(error instanceof OnlookerError) || error.code === 'ffmpeg-missing') throw error;
    const sample = relative(process.cwd(), fileURLToPath(new URL('../../tests/fixtures/desk.mp4', import.meta.url)));
    process.stderr.write(`${error.message}\nNarrating the sample recording ${sample} instead.\n`);
    return sample;
  }
}
