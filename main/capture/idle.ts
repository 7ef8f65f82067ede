import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Seconds without any use of the processor after which a process that should work is taken to be stopped. */
export const longestIdle = 60;

/**
 * Resolves once a process has used no processor for `ms` milliseconds: it was stopped, or waits for a disk that does not
 * answer. However slow it is, one that works goes on. Never resolves where the system does not tell (Windows).
 * @param signal ends the watching: it then rejects
 */
export async function idleFor(pid: number, ms: number, signal: AbortSignal): Promise<void> {
  // Most waits are over at once: nothing is looked up for these.
  await sleep(Math.min(1000, ms), undefined, { signal });
  let before = await processorTime(pid);
  while (true) {
    await sleep(ms, undefined, { signal });
    const now = await processorTime(pid);
    if (now !== undefined && now === before) return;
    before = now;
  }
}

/** What a process has used of the processor, in the system's own words; undefined where it does not tell. */
async function processorTime(pid: number): Promise<string | undefined> {
  try {
    if (process.platform !== 'linux') return (await promisify(execFile)('ps', ['-o', 'time=', '-p', `${pid}`])).stdout;
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
    return fields.slice(11, 13).join(' '); // in the program and in the kernel (proc(5))
  } catch {
    return undefined; // it has ended, or there is no such list
  }
}
