import { complained, firstComplaint } from '../capture/ffmpeg-process.ts';
import { parseProbe } from '../capture/probe.ts';
import { FfmpegFailed, runFfmpeg } from '../capture/run-ffmpeg.ts';

/** What a video must have to be whole. */
export interface WholeVideo {
  /** Path of the ffmpeg to check with. */
  readonly ffmpeg: string;
  /** Folder and name of the video. */
  readonly folder: string;
  readonly name: string;
  /** Seconds that it must last at least. */
  readonly seconds: number;
  /** What ffmpeg said when it made it: the cause may stand there. */
  readonly said: string;
}

/** Seconds that the last picture may end too early: a picture's length, and what rounding takes. */
const tolerance = 0.5;

/**
 * Decodes a video from beginning to end. ffmpeg ends with 0 even when the disk is full before the index is written, or
 * when the last pictures are cut off.
 * @throws FfmpegFailed when it cannot be opened, is damaged anywhere, or ends too early
 */
export async function checkVideo({ ffmpeg, folder, name, seconds, said }: WholeVideo): Promise<void> {
  const failed = (why: string) => new FfmpegFailed(`${said.slice(-2000)}\n${why}`);
  const decode = ['-loglevel', 'level+info', '-xerror', '-i', name, '-f', 'null', '-progress', 'pipe:1', '-'];
  let seen: string;
  try {
    seen = await runFfmpeg(ffmpeg, decode, folder);
  } catch (error) {
    if (!(error instanceof FfmpegFailed)) throw error;
    throw failed(firstComplaint(error.message));
  }
  if (complained(seen)) throw failed(firstComplaint(seen));
  const { duration = 0 } = parseProbe(seen);
  const ends = Math.min(duration, decodedSeconds(seen));
  if (ends < seconds - tolerance) throw failed(`the video ends after ${ends.toFixed(1)} s of ${seconds.toFixed(1)} s`);
}

/** How far ffmpeg got, from the reports of `-progress`. */
function decodedSeconds(reports: string): number {
  const [, hours, minutes, rest] = /.*^out_time=(\d+):(\d+):([\d.]+)$/ms.exec(reports) ?? [];
  return hours === undefined ? 0 : Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}
