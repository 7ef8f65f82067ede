/** A program that forgets ten moments after another of the memory in the folder it is told (traces.ts) until it is killed. */
import { writeSync } from 'node:fs';
import { forget } from '../../main/memory/forget/forget.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { wipe } from '../../main/memory/store/wipe.ts';
import { noon } from './memory.ts';

using memory = await openMemory({ folder: process.argv[2]!, key: 'none' });
for (let moment = Number(process.argv[3]); ; moment += 10) {
  writeSync(1, `${moment}\n`);
  forget(memory, { from: noon + 1000 * moment, to: noon + 1000 * (moment + 10) });
  await wipe(memory);
}
