import { gridSpan, quiet } from './ffmpeg-arguments.ts';
import type { FfmpegBinary } from './ffmpeg-binary.ts';
import { clockFilter } from './file-clock.ts';
import type { Sampling } from './frame.ts';
import type { Input } from './input.ts';
import { oneSize, pictureOutputs } from './picture-outputs.ts';
import type { Probe } from './probe.ts';
import type { VideoStream } from './streams.ts';

/**
 * Seconds by which time stamps are moved forward before sampling. Containers round them (Matroska to the millisecond),
 * and a picture recorded for a grid point must not miss it by such a rounding.
 */
export const rounding = 0.002;

/** Seconds before `from` at which reading starts: the key frame found there precedes every picture needed. */
const lead = 2;

/** What ffmpeg opens. */
export interface FileInput extends Input {
  /** Whether ffmpeg can jump in it to a key frame exactly. */
  readonly seekable: boolean;
  /** As ffmpeg calls it; undefined: not known before it is read. */
  readonly container: string | undefined;
  /** Seconds that the container states; undefined when it states none. */
  readonly length: number | undefined;
  /** What is taken of it; undefined: not known before it is read. */
  readonly video?: VideoStream | undefined;
}

/** How a recording that was looked at is opened. */
export function lookedAt({ url, options }: Input, { container, duration: length, video }: Probe): FileInput {
  const mp4 = /\bmp4\b/.test(container ?? '');
  // A header of zeros states no length; its edit list would leave nothing of the recording.
  const whole = length === undefined && mp4 ? ['-ignore_editlist', '1'] : [];
  // Other containers find key frames by guessing: they are read from the start instead.
  const seekable = length !== undefined && (mp4 || /\bmatroska\b/.test(container ?? ''));
  return { url, options: [...options, ...whole], seekable, container, length, video };
}

/**
 * Arguments that sample a recording on the absolute grid t = index / fps of its own clock (mended where it jumps, see
 * `clockFilter`), whose zero is the start of the recording. At each grid point: the last picture shown by then.
 *
 * `fps` counts from time 0 even after a seek (it repeats the first picture it gets, which costs references, not copies)
 * and `trim` then cuts by number. So a run from the middle gives exactly the frames that a run from the start gives.
 */
export function fileArguments(ffmpeg: Pick<FfmpegBinary, 'modern'>, input: FileInput, sampling: Sampling): string[] {
  const { fps, from = 0 } = sampling;
  const { first, end } = gridSpan(sampling);
  const start = from - lead - 1 / fps;
  const seek = input.seekable && start > 0 ? ['-ss', start.toFixed(3), '-noaccurate_seek'] : [];
  const trim = `trim=start_frame=${first}${end === undefined ? '' : `:end_frame=${end}`}`;
  const clock = clockFilter({ ...input, fps, first });
  const sample = `fps=${fps}:start_time=0:round=up`;
  return [
    ...(input.url === 'pipe:0' ? quiet.filter((option) => option !== '-nostdin') : quiet),
    ...['-threads', '2', ...input.options, ...seek],
    // Filters built anew for a picture of another size would count from time 0 again.
    ...[...oneSize, '-copyts', '-start_at_zero', '-itsoffset', `-${rounding}`, '-i', input.url],
    ...pictureOutputs(ffmpeg, input.video, [clock, sample, trim], sampling),
  ];
}
