import { readdirSync, readFileSync } from 'node:fs';

/** Command lines of running ffmpeg processes that mention `mark`: what a run must not leave behind. Linux only. */
export function ffmpegProcesses(mark: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return /ffmpeg/.test(command) && command.includes(mark) ? [command] : [];
      } catch {
        return []; // it ended meanwhile
      }
    });
}

/** What a process has in memory, shared pages included, in MB. Linux only. */
export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
