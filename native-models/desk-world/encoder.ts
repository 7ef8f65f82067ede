/** One ffmpeg that cuts a stream of JPEG pictures into tiles and encodes each tile as a video of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Target {
  x: number;
  y: number;
  width: number;
  height: number;
  /** x264's rate factor: higher is coarser. */
  crf: number;
  path: string;
}

export interface Encoder extends AsyncDisposable {
  write(jpeg: Buffer): Promise<void>;
  /** Waits until all videos are complete; throws if one is not. */
  finish(): Promise<void>;
}

export function encodeTiles(targets: readonly Target[], fps: number): Encoder {
  const split = `[0:v]split=${targets.length}${targets.map((_, i) => `[s${i}]`).join('')}`;
  const crops = targets.map((t, i) => `[s${i}]crop=${t.width}:${t.height}:${t.x}:${t.y},format=yuv420p[v${i}]`);
  const outputs = targets.flatMap((t, i) => [
    ...['-map', `[v${i}]`, '-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1'],
    ...['-crf', String(t.crf), '-g', '250', '-movflags', '+faststart', '-f', 'mp4', t.path],
  ]);
  const input = ['-f', 'image2pipe', '-c:v', 'mjpeg', '-framerate', String(fps), '-i', 'pipe:0'];
  const args = ['-v', 'error', '-y', ...input, '-filter_complex', [split, ...crops].join(';'), ...outputs];
  const child = spawn(process.env.FFMPEG_PATH ?? 'ffmpeg', args, { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let broken: Error | null = null;
  // A failed start or a closed pipe is reported by the next write or by finish().
  ended.catch((error: Error) => (broken = error));
  child.stdin.on('error', (error) => (broken = error));
  return {
    async write(jpeg) {
      if (broken) throw broken;
      if (!child.stdin.write(jpeg)) await Promise.race([once(child.stdin, 'drain'), ended]);
    },
    async finish() {
      child.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(`ffmpeg ended with ${code}`, { cause: broken });
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.pid !== undefined) {
        child.kill('SIGKILL');
        await ended.catch(() => {}); // it is gone either way
      }
    },
  };
}
