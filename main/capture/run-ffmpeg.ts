import { FfmpegProcess } from './ffmpeg-process.ts';
import { idleFor, longestIdle } from './idle.ts';

/** Characters of its standard output that are kept, the last ones. */
const keptOutput = 100_000;

/** ffmpeg ended with an error; `message` is the end of what it said. */
export class FfmpegFailed extends Error {
  override readonly name = 'FfmpegFailed';

  /** Why the system took no more of what it wrote, as the system calls it: the disk is full, or the file too large. */
  get code(): 'ENOSPC' | 'EFBIG' | undefined {
    if (/no space left on device/i.test(this.message)) return 'ENOSPC';
    return /file too large|SIGXFSZ/i.test(this.message) ? 'EFBIG' : undefined;
  }
}

/**
 * Runs ffmpeg to its end and returns what it wrote: standard output, then its messages.
 * @param cwd folder that it works in
 * @param idleSeconds for which it may do nothing
 * @throws FfmpegFailed
 */
export async function runFfmpeg(
  path: string,
  args: readonly string[],
  cwd: string,
  idleSeconds = longestIdle,
): Promise<string> {
  await using child = new FfmpegProcess(path, ['-hide_banner', '-nostdin', ...args], { cwd });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-keptOutput);
  });
  const ending = await endingOf(child, idleSeconds);
  const said = `${output}${child.messages}`;
  const failed = (why: string) => new FfmpegFailed(`${said.slice(-2000)}\n${why}`.trim());
  if (!ending) throw failed(`ffmpeg did nothing for ${idleSeconds} s, as if it were stopped`);
  if (ending.failure) throw ending.failure;
  if (ending.signal) throw failed(`ffmpeg ended with ${ending.signal}`);
  if (ending.code !== 0) throw new FfmpegFailed(said.trim().slice(-2000) || `ffmpeg ended with ${ending.code}`);
  return said;
}

/** Undefined when it did nothing for so long. */
async function endingOf({ pid, ended }: FfmpegProcess, idleSeconds: number) {
  if (pid === undefined) return await ended;
  const over = new AbortController();
  try {
    return await Promise.race([ended, idleFor(pid, 1000 * idleSeconds, over.signal).then(() => undefined)]);
  } finally {
    over.abort();
  }
}
