import { displaySize } from '../capture/displays.ts';
import { findFfmpeg } from '../capture/ffmpeg-binary.ts';

/**
 * The display that `screen` would watch, in words: ":0, 1920x1080".
 * @throws OnlookerError `source-unreadable` when there is none, `ffmpeg-missing`
 */
export async function display(): Promise<string> {
  const ffmpeg = await findFfmpeg();
  if (process.platform === 'win32' || process.platform === 'darwin') return 'the system display';
  const { width, height } = await displaySize(ffmpeg.path, process.env.DISPLAY);
  return `${process.env.DISPLAY}, ${width}x${height}`;
}
