import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { OnlookerError } from './errors.ts';

/** Files that a command has open at the same time, at most, beyond those of Node itself: libraries, threads, ffmpeg. */
export const filesOfCommand = 40;
/** Files that opening a memory takes. */
export const filesOfMemory = 12;

/**
 * Tries whether so many more files can be opened. Native code must not be the first to find out: libsql ends the whole
 * process when there are none left.
 * @throws OnlookerError `runtime-mismatch`
 */
export function needFiles(count: number): void {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EMFILE' && code !== 'ENFILE') return; // no such device here: whoever opens files will see
    const whose = code === 'EMFILE' ? 'This process' : 'This machine';
    const message = `${whose} may have only ${opened.length} more files open, and ${count} are needed. Allow more ("ulimit -n 1024"), or close other programs.`;
    throw new OnlookerError('runtime-mismatch', message, { cause });
  } finally {
    for (const file of opened) closeSync(file);
  }
}
