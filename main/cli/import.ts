import { OnlookerError } from '../base/errors.ts';
import { parse } from './command.ts';
import { Interrupt, interrupted } from './interrupt.ts';
import { print } from './standard-output.ts';

export const usage = `Usage: onlooker import DIR [--memory DIR]

Adds an exported memory to this one, all of it or nothing. What is there stays as it is: a session that the memory has
already is left out.

  --memory DIR     folder of the memory (the user's data folder); made where there is none`;

/** `onlooker import`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('import', args, { memory: { type: 'string' } });
  const [from, extra] = positionals;
  if (from === undefined || extra !== undefined) {
    throw new OnlookerError('usage', 'Which folder? Write: onlooker import DIR, with one that "onlooker export" made.');
  }
  const { importMemory } = await import('../memory/transfer/import.ts');
  using interrupt = new Interrupt();
  try {
    const { rows, known } = await importMemory(from, { folder: values.memory, signal: interrupt.signal });
    const { sessions, frames, utterances, thumbnails } = rows;
    await print(
      `Imported: ${sessions} sessions, ${frames} frames, ${utterances} texts, ${thumbnails} pictures.${
        known > 0 ? ` Sessions that were there already: ${known}.` : ''
      }`,
    );
    return 0;
  } catch (error) {
    if (interrupt.byUser) return interrupted;
    throw error;
  }
}
