import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { letterbox } from '../capture/ffmpeg-arguments.ts';
import type { FileInput } from '../capture/file-arguments.ts';
import { clockFilters } from '../capture/file-clock.ts';
import type { Size } from '../capture/frame.ts';
import { FfmpegFailed, runFfmpeg } from '../capture/run-ffmpeg.ts';
import { type Stream, videoMap } from '../capture/streams.ts';
import { toneMapping } from '../capture/tone-map.ts';
import { checkVideo } from './check-video.ts';
import type { Cue } from './cues.ts';
import { type Draw, type Drawing, track, undrawn, waysToDraw } from './drawing.ts';

/** What to encode, and where. */
export interface BurnIn {
  /** Path of the ffmpeg to run. */
  readonly ffmpeg: string;
  /** With the video that is taken of it. */
  readonly recording: FileInput;
  readonly audio: Stream | undefined;
  /** Whether its clock jumped, in the part to encode. */
  readonly jumped: boolean;
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
 * The picture at the size that it begins with, whatever it changes to. H.264 in 4:2:0 wants even sides. Subtitles show
 * only where there are frames, and the recording of a still screen may have few: hence the steady rate.
 */
function steady(size: Size | undefined): string {
  if (!size) return 'fps=30,scale=trunc(iw/2)*2:trunc(ih/2)*2';
  const even = (side: number) => Math.max(2, side - (side % 2));
  const frame = { width: even(size.width), height: even(size.height) };
  return `fps=30,${letterbox(frame, { format: 'yuv420p', flags: 'bicubic' })}`;
}

/**
 * Encodes a part of a recording anew with subtitles, and returns the path of the video, which was decoded to its end.
 * @throws FfmpegFailed
 */
export async function burnIn(job: BurnIn): Promise<string> {
  const shift = -Math.round(job.from * 1000);
  const cues = job.cues.map((cue) => ({ ...cue, start: cue.start + shift, end: cue.end + shift }));
  const part = partOf(job);
  const picture = [
    ...part.picture,
    ...toneMapping(job.recording.video?.transfer ?? 'sdr'),
    steady(job.recording.video?.size),
  ].join(',');
  const drawing = (await chooseDrawing(job, cues))(cues, picture);
  if (drawing.warning) job.notify(drawing.warning);
  const said = await encode(job, part, drawing, await codecs(job));
  await checkVideo({ ...job, name: video, said });
  return join(job.folder, video);
}

/** The first way of drawing that draws the first words on a black picture. Its failure is none of the recording's. */
async function chooseDrawing({ ffmpeg, folder }: BurnIn, cues: readonly Cue[]): Promise<Draw> {
  const [first] = cues;
  if (!first) return undrawn;
  const [width, height] = [320, 180];
  await writeFile(join(folder, 'black.raw'), new Uint8Array(width * height));
  const input = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${height}`, '-i', 'black.raw'];
  for (const draw of waysToDraw(await runFfmpeg(ffmpeg, ['-filters'], folder))) {
    const drawing = draw([{ ...first, start: 0, end: 1000 }], 'format=yuv420p');
    await writeFiles(drawing, folder);
    try {
      const said = await runFfmpeg(
        ffmpeg,
        ['-loglevel', 'info', ...input, ...drawing.options, '-f', 'null', '-'],
        folder,
      );
      if (drawing.done?.(said) ?? true) return draw;
    } catch (error) {
      if (!(error instanceof FfmpegFailed) || error.code) throw error;
    }
  }
  return track;
}

async function writeFiles({ files }: Drawing, folder: string): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** How ffmpeg gets at the wanted part: options of the input, filters of the picture, options of the sound. */
interface Part {
  readonly options: readonly string[];
  readonly picture: readonly string[];
  readonly sound: readonly string[];
}

/**
 * ffmpeg jumps to the part where it can. Where the recording's clock jumps, or key frames are guessed, it reads from the
 * start, mends the clock as it was mended when it was watched, and cuts the part out.
 */
function partOf({ recording, jumped, from, to }: BurnIn): Part {
  const { seekable, length = 0, container } = recording;
  if (seekable && !jumped && from < length) {
    const span = ['-ss', `${from}`, ...(to === undefined ? [] : ['-t', `${to - from}`])];
    return { options: span, picture: [], sound: [] };
  }
  const clock = clockFilters(container);
  const cut = `trim=start=${from}${to === undefined ? '' : `:end=${to}`}`;
  return {
    options: ['-reinit_filter:v', '0', '-copyts', '-start_at_zero'],
    picture: [clock.video, cut, `setpts=PTS-${from}/TB`],
    sound: ['-af', `${clock.audio},a${cut},asetpts=PTS-${from}/TB`],
  };
}

async function encode(job: BurnIn, part: Part, drawing: Drawing, codec: readonly string[]): Promise<string> {
  await writeFiles(drawing, job.folder);
  const { recording, audio } = job;
  const inputs = [...part.options, ...recording.options, '-i', recording.url, ...drawing.inputs];
  const sound = audio ? ['-map', `0:${audio.index}`, ...part.sound] : [];
  const streams = ['-map', videoMap(recording.video), ...sound, ...drawing.options];
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
