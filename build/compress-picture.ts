import { spawnSync } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { findFfmpeg } from '../main/capture/ffmpeg-binary.ts';

/** Writes a PNG anew with a palette of its own: a window has few colours, and this halves its size and more. */
export async function compressPicture(path: string): Promise<void> {
  const ffmpeg = await findFfmpeg();
  const smaller = `${path}.smaller.png`;
  const palette = 'split[a][b];[a]palettegen=max_colors=200:stats_mode=full[p];[b][p]paletteuse=dither=none';
  const args = ['-loglevel', 'error', '-y', '-i', path, '-vf', palette, '-compression_level', '100', smaller];
  const { status, stderr } = spawnSync(ffmpeg.path, args, { encoding: 'utf8' });
  if (status === 0) return rename(smaller, path);
  await rm(smaller, { force: true });
  throw new Error(`${path} could not be compressed: ${stderr}`);
}
