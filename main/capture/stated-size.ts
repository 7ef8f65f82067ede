import { ffmpegMessages } from './ffmpeg-process.ts';
import type { Input } from './input.ts';

/**
 * True if the server at an address of the web says how many bytes there are: a file, though its container may not state
 * how long it plays. ffmpeg is asked, which shows headers only where it traces all it does; as data, that is not much.
 */
export async function statesSize(path: string, { url, options }: Input, limitMs: number): Promise<boolean> {
  const messages = await ffmpegMessages(path, ['-loglevel', 'trace', ...options, '-f', 'data', '-i', url], limitMs);
  // Behind the last redirection.
  const answer = messages.split("header='HTTP/").at(-1) ?? '';
  const bytes = Number(/header='content-length: *(\d+)'/i.exec(answer)?.[1] ?? 0);
  return bytes > 0 && bytes < Number.MAX_SAFE_INTEGER;
}
