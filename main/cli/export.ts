import { resolve } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import { say } from '../base/terminal.ts';
import { parse, refuseWords } from './command.ts';
import { Interrupt, interrupted } from './interrupt.ts';
import { print } from './standard-output.ts';

export const usage = `Usage: onlooker export --out DIR [--memory DIR]

Writes all of the memory into a new folder: JSON Lines files and pictures, to be read by other programs, kept as a backup,
or imported elsewhere with "onlooker import". What is in it is not encrypted.

  --out DIR        the folder, new or empty
  --memory DIR     folder of the memory (the user's data folder)`;

/** `onlooker export`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('export', args, { out: { type: 'string' }, memory: { type: 'string' } });
  const { out, memory: folder } = values;
  refuseWords(positionals, 'onlooker export --out DIR');
  if (out === undefined || out.trim() === '') {
    throw new OnlookerError('usage', 'Where to? Write: onlooker export --out DIR.');
  }

  const { openMemory } = await import('../memory/store/open-memory.ts');
  const { exportMemory } = await import('../memory/transfer/export.ts');
  using interrupt = new Interrupt();
  using memory = await openMemory({ folder });
  try {
    const { sessions, frames, utterances, thumbnails } = await exportMemory(memory, out, { signal: interrupt.signal });
    await print(
      `Exported to ${resolve(out)}: ${sessions} sessions, ${frames} frames, ${utterances} texts, ${thumbnails} pictures.`,
    );
    say('It is not encrypted: whoever gets the folder can read it.');
    return 0;
  } catch (error) {
    if (interrupt.byUser) return interrupted;
    throw error;
  }
}
