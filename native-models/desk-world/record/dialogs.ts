import type { Random } from '../random.ts';
import type { DialogKind } from '../vocabulary.ts';
import { someWords } from './assets.ts';
import type { Launch } from './director.ts';

export const dialogTools = ['zenity', 'yad'] as const;
export type DialogTool = (typeof dialogTools)[number];

const titles: Readonly<Record<DialogKind, readonly string[]>> = {
  error: ['Error', 'Upload failed', 'Could not save', 'Connection lost', 'Access denied'],
  warning: ['Warning', 'Low disk space', 'Battery is low', 'Unsaved changes', 'Certificate expired'],
  info: ['Information', 'Done', 'Backup complete', 'Update installed', 'About'],
  question: ['Question', 'Delete the file?', 'Save changes?', 'Replace it?', 'Quit now?'],
  file: ['Open', 'Choose a file', 'Save as', 'Select a folder'],
};

export function dialog(random: Random, tool: DialogTool, kind: DialogKind): Launch {
  const about = [`--title=${random.pick(titles[kind])}`];
  if (kind === 'file') return { command: tool, args: [tool === 'yad' ? '--file' : '--file-selection', ...about] };
  const texts = [`${someWords(random, random.int(4, 18))}.`];
  about.push(`--text=${texts[0]}`, `--width=${random.int(260, 520)}`);
  if (tool === 'zenity') return { command: tool, args: [`--${kind}`, ...about], texts };
  const picture = kind === 'info' ? 'dialog-information' : `dialog-${kind}`;
  const buttons = kind === 'question' ? ['--button=No:1', '--button=Yes:0'] : ['--button=OK:0'];
  return { command: tool, args: [`--image=${picture}`, ...about, ...buttons], texts };
}

/** A bar that fills in 4 to 9 s and then goes away by itself. */
export function progress(random: Random, tool: DialogTool): Launch {
  const pause = (random.between(4, 9) / 25).toFixed(2);
  const title = random.pick(['Copying', 'Downloading', 'Installing', 'Exporting', 'Please wait']);
  const width = random.int(260, 520);
  const text = someWords(random, 5);
  const look = `--progress --auto-close --width=${width} --title="${title}" --text="${text}"`;
  const pulse = random.chance(0.2) ? ' --pulsate' : '';
  const steps = `for n in $(seq 0 4 100); do echo $n; sleep ${pause}; done`;
  return { command: 'sh', args: ['-c', `${steps} | ${tool} ${look}${pulse}`], texts: [text] };
}
