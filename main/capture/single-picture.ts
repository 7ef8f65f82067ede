import { ffmpegMessages } from './ffmpeg-process.ts';
import type { Input } from './input.ts';

/**
 * True for a picture: ffmpeg takes it for a sequence of pictures (JPEG, PNG, ...), and there is no second one in it.
 * @param container as ffmpeg calls it
 */
export async function isSinglePicture(
  path: string,
  { url, options }: Input,
  container: string | undefined,
  limitMs: number,
): Promise<boolean> {
  if (!container?.endsWith('_pipe')) return false;
  const two = ['-map', '0:v:0', '-frames:v', '2', '-f', 'null', '-'];
  const messages = await ffmpegMessages(path, [...options, '-i', url, ...two], limitMs);
  return /.*\bframe= *(\d+)/s.exec(messages)?.[1] === '1';
}
