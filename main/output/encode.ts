import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { idleFor, longestIdle } from '../capture/idle.ts';

/** ffmpeg ended with an error; `message` is the end of what it said. */
export class EncodingFailed extends Error {
  override readonly name = 'EncodingFailed';

  /** Why the system took no more of what it wrote, as the system calls it: the disk is full, or the file too large. */
  get code(): 'ENOSPC' | 'EFBIG' | undefined {
    if (/no space left on device/i.test(this.message)) return 'ENOSPC';
    return /file too large|SIGXFSZ/i.test(this.message) ? 'EFBIG' : undefined;
  }
}

/**
 * Runs ffmpeg to its end and returns what it wrote, standard output and standard error together. It is a process
 * group of its own, so that the Ctrl-C that ends a run does not cut its video short; it never outlives this process.
 * @param idleSeconds for which it may do nothing
 * @throws EncodingFailed
 */
export async function runFfmpeg(
  ffmpeg: string,
  args: readonly string[],
  cwd: string,
  idleSeconds = longestIdle,
): Promise<string> {
  const child = spawn(ffmpeg, ['-hide_banner', '-nostdin', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let said = '';
  const listen = (chunk: string) => {
    said = (said + chunk).slice(-100_000);
  };
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  const ended = new AbortController();
  let stopped = false;
  if (child.pid !== undefined) {
    idleFor(child.pid, 1000 * idleSeconds, ended.signal).then(
      () => {
        stopped = true;
        kill();
      },
      () => {}, // it ended by itself
    );
  }
  try {
    const [code, signal] = await once(child, 'close');
    const why = stopped
      ? `ffmpeg did nothing for ${idleSeconds} s, as if it were stopped`
      : `ffmpeg ended with ${signal}`;
    if (signal) throw new EncodingFailed(`${said.slice(-2000)}\n${why}`.trim());
    if (code !== 0) throw new EncodingFailed(said.trim().slice(-2000) || `ffmpeg ended with ${code}`);
    return said;
  } finally {
    ended.abort();
    process.removeListener('exit', kill);
  }
}
