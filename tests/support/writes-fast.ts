/**
 * A program that writes to the memory in the folder it is told with the recorder's own writer, batch after batch without
 * a pause, until it is killed. Before each batch it prints "batch FROM TO", behind it "written TO": row 2 n is frame n,
 * row 2 n + 1 its narration, "Event n".
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { WritingDesk } from '../../main/memory/record/writing-desk.ts';
import { locateMemory } from '../../main/memory/store/location.ts';
import { frameRow, narrationRow } from './memory.ts';

// It will be killed, and would compile everything anew each time.
flushCompileCache();
const location = await locateMemory({ folder: process.argv[2]!, create: true });
const desk = new WritingDesk({
  ...{ location, ffmpeg: undefined, retention: { keepDays: 100_000 }, checkFirstBytes: 0 },
});
desk.begin({
  source: 'screen',
  kind: 'screen',
  bundle: 'desk-nano',
  fps: 2,
  instruction: undefined,
  startedAt: Date.now(),
});
for (let n = 0, frames = 1; ; n += frames) {
  frames = 1 + ((frames * 7) % 61); // from a pause's rows to those of half a minute
  const numbers: number[] = Array.from({ length: frames }, (_, i) => n + i);
  writeSync(1, `batch ${2 * n} ${2 * (n + frames)}\n`);
  desk.write(numbers.flatMap((number) => [frameRow(number / 2), narrationRow(number / 2, `Event ${number}`)]));
  writeSync(1, `written ${2 * (n + frames)}\n`);
}
