/** What the benchmarks run on: a five-minute screen recording, its frames, and the tokens the encoder makes of them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bundle } from '../../main/bundle/bundle.ts';
import { ChangeGate } from '../../main/capture/change-gate.ts';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import type { Captured } from '../../main/capture/frame.ts';
import { openSource } from '../../main/capture/source.ts';
import type { SessionFrame } from '../../main/live/session-types.ts';
import { VisionStage } from '../../main/live/vision-stage.ts';
import { openVisionEncoder } from '../../main/vision/open-encoder.ts';

/** The committed screen recording. */
export const sampleRecording = fileURLToPath(new URL('../fixtures/desk.mp4', import.meta.url));

/** The sample recording played over and over for `seconds`, as a file of its own in `folder`. */
export async function longRecording(folder: string, seconds: number): Promise<string> {
  const path = join(folder, 'recording.mp4');
  const { path: ffmpeg } = await findFfmpeg();
  const copy = ['-v', 'error', '-stream_loop', '-1', '-i', sampleRecording, '-t', `${seconds}`, '-c', 'copy', path];
  const { status, stderr } = spawnSync(ffmpeg, copy, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ffmpeg could not make the recording: ${stderr}`);
  return path;
}

/** All frames of a recording, in memory. */
export async function framesOf(path: string, { manifest }: Bundle): Promise<Captured[]> {
  await using source = await openSource(path, { fps: manifest.fps, ...manifest.frame }, { hiding: 'none' });
  return await Array.fromAsync(source.frames()); // before the source is closed
}

/** The frames of a recording as the session takes them; still ones beyond the gate are left out. */
export async function tokensOf(captured: readonly Captured[], bundle: Bundle): Promise<SessionFrame[]> {
  await using encoder = await openVisionEncoder(bundle);
  const vision = new VisionStage(encoder, new ChangeGate({ ...bundle.manifest.frame, ...bundle.manifest.gate }));
  const seen = await vision.look(captured);
  return seen.flatMap((item) =>
    item.type === 'frame' && item.tokens ? [{ index: item.index, t: item.t, tokens: item.tokens }] : [],
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** To four significant digits. */
export function short(value: number): number {
  return Number(value.toPrecision(4));
}
