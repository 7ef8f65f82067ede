import { quiet } from './ffmpeg-arguments.ts';
import type { FfmpegBinary } from './ffmpeg-binary.ts';
import type { Place, Sampling, Size } from './frame.ts';
import { addressInput } from './input.ts';
import type { Pace } from './live-feed.ts';
import { oneSize, pictureOutputs } from './picture-outputs.ts';
import { isUntimed } from './picture-times.ts';
import type { Probe } from './probe.ts';
import type { VideoStream } from './streams.ts';

/** A rectangle of an X display, or a window of it. */
export interface GrabArea {
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  /** X window id; the grab then follows the window. Needs a modern ffmpeg. */
  readonly window?: string;
}

/** What ffmpeg opens. */
export interface LiveInput {
  readonly options: readonly string[];
  /** Whether it may come faster than wanted, and must be thinned out. */
  readonly thin: boolean;
  /** As for `LiveFeed`; default `ours`. */
  readonly pace?: Pace;
  /** Whether its pictures bear times of its own, which ffmpeg is to tell. */
  readonly timed?: boolean;
  /** As for `LiveFeed`. */
  readonly segmented?: boolean;
  /** Whether ffmpeg gives pictures again that it has given already. */
  readonly repeats?: boolean;
  /** Asked now and then: true when it no longer shows what was wanted and must be looked up anew. */
  readonly outdated?: () => Promise<boolean>;
  /** Which of its videos is taken; undefined: it was not looked at. */
  readonly video?: VideoStream | undefined;
  /** Of its pictures, where that is known beforehand. */
  readonly size?: Size;
  /** As for `LiveFeed`. */
  readonly place?: Place;
}

/**
 * Arguments for a live input. No `fps` filter: it holds each picture back until the next one is there, which costs a
 * whole period. One thread: more of them hold pictures back.
 */
export function liveArguments(ffmpeg: Pick<FfmpegBinary, 'modern'>, input: LiveInput, sampling: Sampling): string[] {
  const select = input.thin ? [thinning(sampling.fps)] : input.repeats ? [eachOnce] : [];
  // The picture's own time, not one that begins at 0 with each start, and a line that tells it before the picture comes.
  const [times, told] = input.timed ? [['-copyts'], ['showinfo=checksum=0']] : [[], []];
  return [
    ...(input.timed ? quiet.with(-1, 'level+info') : quiet),
    ...['-threads', '1', '-flags', 'low_delay', ...(sampling.unscaled ? oneSize : []), ...times, ...input.options],
    ...pictureOutputs(ffmpeg, input.video, select, sampling, told),
  ];
}

/**
 * Takes the first picture in each period of the sampling rate, and every one of a source that is hardly faster than
 * that: with a little jitter, two of its pictures can fall into one period. A clock that is set back is only another
 * period.
 */
function thinning(fps: number): string {
  const [period, previous] = [`floor(t*${fps}+0.01)`, `floor(prev_selected_t*${fps}+0.01)`];
  return `select='not(eq(${period},${previous}))+gt(t-prev_t,${0.6 / fps})'`;
}

/**
 * Takes pictures that are later than all before. ffmpeg's reader of DASH gives segments again when their list was renewed.
 * A step back by a minute is no such repetition: the clock was set.
 */
const eachOnce = "select='isnan(prev_selected_t)+gt(t,prev_selected_t)+lt(t,prev_selected_t-60)'";

/** Grabbers know their format: looking at several pictures first would cost seconds. */
const unprobed = ['-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0'];

/** A stream is looked at for two seconds at most, not five: it goes on meanwhile. */
export const briefly = ['-analyzeduration', '2000000', '-fpsprobesize', '0'];

/** For cameras: what was looked at first is not shown. Elsewhere it may be the only picture for a while. */
const unbuffered = ['-fflags', 'nobuffer'];

/** Linux: an area of an X display. */
export function x11Input(display: string, area: GrabArea, fps: number): LiveInput {
  const where = area.window === undefined ? `${display}+${area.x},${area.y}` : display;
  const window = area.window === undefined ? [] : ['-window_id', String(Number(area.window))];
  const size = ['-video_size', `${area.width}x${area.height}`];
  return {
    options: [
      ...unprobed,
      '-f',
      'x11grab',
      '-framerate',
      String(fps),
      '-draw_mouse',
      '1',
      ...size,
      ...window,
      '-i',
      where,
    ],
    thin: false,
    size: area,
    place: area.window === undefined ? area : { window: area.window },
  };
}

/** Windows: a monitor, by Desktop Duplication where ffmpeg has it, else the whole desktop by GDI. */
export function windowsScreenInput(duplication: boolean, monitor: number, fps: number): LiveInput {
  if (!duplication) return gdiInput('desktop', fps);
  const grab = `ddagrab=output_idx=${monitor}:framerate=${fps}:draw_mouse=1,hwdownload,format=bgra`;
  return { options: [...unprobed, '-f', 'lavfi', '-i', grab], thin: false };
}

/** Windows: a window by its exact title. */
export function windowsWindowInput(title: string, fps: number): LiveInput {
  return gdiInput(`title=${title}`, fps);
}

function gdiInput(target: string, fps: number): LiveInput {
  return {
    options: [...unprobed, '-f', 'gdigrab', '-framerate', String(fps), '-draw_mouse', '1', '-i', target],
    thin: false,
  };
}

/** macOS: a monitor. */
export function macScreenInput(monitor: number, fps: number): LiveInput {
  const options = ['-f', 'avfoundation', '-framerate', String(fps), '-capture_cursor', '1'];
  return { options: [...options, '-i', `Capture screen ${monitor}:none`], thin: true };
}

/** A camera: its own rate, thinned out, because few cameras can be as slow as we are. */
export function cameraInput(platform: NodeJS.Platform, device: string): LiveInput {
  const pace = { thin: true, pace: 'own' } as const;
  if (platform === 'win32') return { options: [...unbuffered, '-f', 'dshow', '-i', `video=${device}`], ...pace };
  if (platform === 'darwin') {
    // AVFoundation refuses a camera when the rate is not one of its own; 30 is what all of them have.
    return { options: [...unbuffered, '-f', 'avfoundation', '-framerate', '30', '-i', `${device}:none`], ...pace };
  }
  return { options: [...unbuffered, '-f', 'v4l2', '-i', device], ...pace };
}

/** Microseconds of silence on a connection after which ffmpeg ends by itself, should nobody be there to end it. */
export const silenceLimit = '600000000';

/**
 * A stream from the network.
 * @param seen what a look at it has shown: ffmpeg's name of its format, and the video that is taken. Only where it can be
 * opened twice: a look at a sender that has one reader would take its place
 */
export function streamInput(
  ffmpeg: Pick<FfmpegBinary, 'modern' | 'outdated'>,
  address: string,
  { container = '', video }: Partial<Pick<Probe, 'container' | 'video'>> = {},
): LiveInput {
  const { url, options } = addressInput(ffmpeg, address);
  const scheme = /^[a-z]+/i.exec(url)?.[0].toLowerCase() ?? '';
  // All pictures: the last one before a silence may be any of them.
  const pace = { thin: false, pace: 'own', timed: true } as const;
  if (scheme === 'rtsp' || scheme === 'rtsps') {
    const timeout = ffmpeg.modern ? '-timeout' : '-stimeout';
    const transport = ['-rtsp_transport', 'tcp', timeout, silenceLimit];
    return { options: [...briefly, ...options, ...transport, '-i', url], ...pace };
  }
  // A playlist names its last segments: what came before the newest one is no news.
  const segmented = /\b(hls|dash)\b/.test(container);
  const newest = container.includes('hls') ? ['-live_start_index', '-1'] : [];
  // Else a slow one would be looked at for the time in which it gives 25 times as many pictures as it has.
  const arrival = isUntimed(container) ? ['-use_wallclock_as_timestamps', '1'] : [];
  return {
    options: [...briefly, ...options, '-rw_timeout', silenceLimit, ...newest, ...arrival, '-i', url],
    ...pace,
    video,
    segmented,
    repeats: /\bdash\b/.test(container),
  };
}
