import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** ffmpeg ended with an error; `message` is the end of what it said. */
export class EncodingFailed extends Error {
  override readonly name = 'EncodingFailed';

  /** Whether it ended because the disk is full. */
  get diskFull(): boolean {
    return /no space left on device/i.test(this.message);
  }
}

/**
 * Runs ffmpeg to its end and returns what it wrote, standard output and standard error together. It is a process
 * group of its own, so that the Ctrl-C that ends a run does not cut its video short; it never outlives this process.
 * @throws EncodingFailed
 */
export async function runFfmpeg(ffmpeg: string, args: readonly string[], cwd: string): Promise<string> {
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
  try {
    const [code, signal] = await once(child, 'close');
    if (code !== 0) throw new EncodingFailed(said.trim().slice(-2000) || `ffmpeg ended with ${signal ?? code}`);
    return said;
  } finally {
    process.removeListener('exit', kill);
  }
}
