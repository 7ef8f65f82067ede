import { letterbox, quiet, rawPictures } from './ffmpeg-arguments.ts';
import type { FfmpegBinary } from './ffmpeg-binary.ts';
import type { Sampling, Size } from './frame.ts';
import { addressInput } from './input.ts';

/** A rectangle of an X display, or a window of it. */
export interface GrabArea {
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  /** X window id; the grab then follows the window. Needs a modern ffmpeg. */
  readonly window?: string;
}

/** What ffmpeg opens: input options and, when it comes faster than wanted, that it must be thinned out. */
export interface LiveInput {
  readonly options: readonly string[];
  readonly thin: boolean;
  /** Asked now and then: true when it no longer shows what was wanted and must be looked up anew. */
  readonly outdated?: () => Promise<boolean>;
  /** Of its pictures, where that is known beforehand. */
  readonly size?: Size;
}

/**
 * Arguments for a live input. No `fps` filter: it holds each picture back until the next one is there, which costs a
 * whole period. Thinning takes the first picture in each period instead. One thread: more of them hold pictures back.
 */
export function liveArguments(ffmpeg: Pick<FfmpegBinary, 'modern'>, input: LiveInput, sampling: Sampling): string[] {
  const period = `floor(t*${sampling.fps}+0.01)`;
  const previous = `floor(prev_selected_t*${sampling.fps}+0.01)`;
  const thin = input.thin ? [`select='isnan(prev_selected_t)+gt(${period},${previous})'`] : [];
  return [
    ...quiet,
    ...['-threads', '1', '-flags', 'low_delay', ...input.options],
    ...['-map', '0:V:0', '-vf', [...thin, letterbox(sampling)].join(',')],
    ...rawPictures(ffmpeg),
  ];
}

/** Grabbers know their format: looking at several pictures first would cost seconds. */
const unprobed = ['-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0'];

/** A stream is looked at for two seconds at most, not five: it goes on meanwhile. */
export const briefly = ['-analyzeduration', '2000000'];

/** For what comes at its own pace. Not for grabbers, which would throw their first picture away. */
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
  if (platform === 'win32') return { options: [...unbuffered, '-f', 'dshow', '-i', `video=${device}`], thin: true };
  if (platform === 'darwin') {
    // AVFoundation refuses a camera when the rate is not one of its own; 30 is what all of them have.
    return { options: [...unbuffered, '-f', 'avfoundation', '-framerate', '30', '-i', `${device}:none`], thin: true };
  }
  return { options: [...unbuffered, '-f', 'v4l2', '-i', device], thin: true };
}

/** A stream from the network; a dead connection ends by itself, so that no ffmpeg outlives us. */
export function streamInput(ffmpeg: Pick<FfmpegBinary, 'modern' | 'outdated'>, address: string): LiveInput {
  const { url, options } = addressInput(ffmpeg, address);
  const limit = '5000000'; // microseconds
  const scheme = /^[a-z]+/i.exec(url)?.[0].toLowerCase() ?? '';
  if (scheme === 'rtsp' || scheme === 'rtsps') {
    const timeout = ffmpeg.modern ? '-timeout' : '-stimeout';
    const transport = ['-rtsp_transport', 'tcp', timeout, limit];
    return { options: [...unbuffered, ...briefly, ...options, ...transport, '-i', url], thin: true };
  }
  return { options: [...unbuffered, ...briefly, ...options, '-rw_timeout', limit, '-i', url], thin: true };
}
