import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Input } from '../capture/input.ts';
import { checkVideo } from './check-video.ts';
import type { Cue } from './cues.ts';
import { type Drawing, drawingsFor } from './drawing.ts';
import { EncodingFailed, runFfmpeg } from './encode.ts';

/** What to encode, and where. */
export interface BurnIn {
  /** Path of the ffmpeg to run. */
  readonly ffmpeg: string;
  readonly recording: Input;
  /** An empty folder; receives the video and the files needed on the way. */
  readonly folder: string;
  /** Times count from the start of the recording. */
  readonly cues: readonly Cue[];
  /** Part to encode, seconds of the recording; `to` undefined: its end. */
  readonly from: number;
  readonly to: number | undefined;
  /** Seconds that the video must last at least. */
  readonly seconds: number;
  readonly notify: (line: string) => void;
}

const video = 'video.mp4';

/**
 * Encodes a part of a recording anew with subtitles, and returns the path of the video, which was decoded to its end.
 * @throws EncodingFailed
 */
export async function burnIn(job: BurnIn): Promise<string> {
  const shift = -Math.round(job.from * 1000);
  const cues = job.cues.map((cue) => ({ ...cue, start: cue.start + shift, end: cue.end + shift }));
  const drawings = drawingsFor(cues, await runFfmpeg(job.ffmpeg, ['-filters'], job.folder));
  const codec = await codecs(job);
  let failure: unknown;
  for (const drawing of drawings) {
    if (drawing.warning) job.notify(drawing.warning);
    try {
      const said = await encode(job, drawing, codec);
      if (!drawing.done(said)) continue;
      await checkVideo({ ...job, name: video, said });
      return join(job.folder, video);
    } catch (error) {
      if (!(error instanceof EncodingFailed) || error.diskFull) throw error;
      failure = error; // a filter may be there and yet not work, for want of a font
    }
  }
  throw failure;
}

async function encode(job: BurnIn, drawing: Drawing, codec: readonly string[]): Promise<string> {
  for (const [name, text] of Object.entries(drawing.files)) await writeFile(join(job.folder, name), text);
  const part = ['-ss', `${job.from}`, ...(job.to === undefined ? [] : ['-t', `${job.to - job.from}`])];
  const inputs = [...part, ...job.recording.options, '-i', job.recording.url, ...drawing.inputs];
  const streams = ['-map', '0:v:0', '-map', '0:a?', ...drawing.options];
  const args = ['-y', '-nostats', '-loglevel', 'info', ...inputs, ...streams, ...codec, video];
  return runFfmpeg(job.ffmpeg, args, job.folder);
}

/** H.264 where the build has it, else the older MPEG-4 that every build has. */
async function codecs(job: BurnIn): Promise<string[]> {
  const encoders = await runFfmpeg(job.ffmpeg, ['-encoders'], job.folder);
  const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20'];
  const picture = / libx264 /.test(encoders) ? h264 : ['-c:v', 'mpeg4', '-q:v', '3'];
  return [...picture, '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-movflags', '+faststart'];
}
