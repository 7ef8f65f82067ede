import { OnlookerError } from '../errors.ts';
import { chooseCamera, listCameras } from './cameras.ts';
import { findMonitor } from './displays.ts';
import type { FfmpegBinary } from './ffmpeg-binary.ts';
import { ffmpegMessages } from './ffmpeg-process.ts';
import type { Sampling } from './frame.ts';
import {
  cameraInput,
  type LiveInput,
  liveArguments,
  macScreenInput,
  streamInput,
  windowsScreenInput,
  windowsWindowInput,
  x11Input,
} from './live-arguments.ts';
import { LiveSource, type LiveStart } from './live-source.ts';
import type { SourceOptions } from './source.ts';
import type { SourceDescription } from './source-description.ts';
import { findWindow } from './windows.ts';

type LiveDescription = Extract<SourceDescription, { kind: 'screen' | 'window' | 'camera' | 'stream' | 'web' }>;

/**
 * Opens a live source. What can be looked up - display, monitor, window, camera - is looked up once here, so that a
 * mistake is told before the first frame, and again at each restart.
 * @throws {OnlookerError} `source-unreadable`, `source-unsupported`, `usage`
 */
export async function openLive(
  name: string,
  source: LiveDescription,
  ffmpeg: FfmpegBinary,
  sampling: Sampling,
  options: SourceOptions,
): Promise<LiveSource> {
  if (sampling.from && !sampling.goOn) {
    throw new OnlookerError(
      'usage',
      `"${name}" is live: it has no second ${sampling.from} to start from. Leave --from out.`,
    );
  }
  const look = async (): Promise<LiveStart> => {
    const input = await findInput(source, ffmpeg, sampling.fps);
    return { args: liveArguments(ffmpeg, input, sampling), outdated: input.outdated, size: input.size };
  };
  let first: LiveStart | undefined = await look();
  const prepare = async () => {
    const start = first ?? (await look());
    first = undefined;
    return start;
  };
  const { queue = 8, stallSeconds = 4.5, startSeconds = 15, attempts = 8, backoffSeconds = 0.5 } = options;
  const run = { name, ffmpeg: ffmpeg.path, sampling, prepare };
  return new LiveSource({ ...run, queue, stallSeconds, startSeconds, attempts, backoffSeconds });
}

async function findInput(source: LiveDescription, ffmpeg: FfmpegBinary, fps: number): Promise<LiveInput> {
  const { platform } = process;
  const display = process.env.DISPLAY;
  switch (source.kind) {
    case 'screen':
      if (platform === 'darwin') return macScreenInput(source.monitor ?? 0, fps);
      if (platform === 'win32') return windowsScreenInput(await hasDuplication(ffmpeg), source.monitor ?? 0, fps);
      return x11Input(display ?? '', await findMonitor(ffmpeg.path, display, source.monitor), fps);
    case 'window':
      if (platform === 'win32') return windowsWindowInput(source.title, fps);
      if (platform === 'darwin') {
        throw new OnlookerError(
          'source-unsupported',
          'Single windows cannot be captured on macOS. Watch "screen" instead.',
        );
      }
      return x11Window(display ?? '', source.title, ffmpeg, fps);
    case 'camera':
      return cameraInput(platform, chooseCamera(await listCameras(ffmpeg.path, platform), source.device));
    case 'stream':
    case 'web':
      return streamInput(ffmpeg, source.url);
  }
}

async function x11Window(display: string, title: string, ffmpeg: FfmpegBinary, fps: number): Promise<LiveInput> {
  const { area, outdated } = await findWindow(ffmpeg.path, display, title, ffmpeg.modern);
  return { ...x11Input(display, area, fps), outdated };
}

/** Whether this ffmpeg has Desktop Duplication, which sees what GDI does not. */
async function hasDuplication(ffmpeg: FfmpegBinary): Promise<boolean> {
  return !/unknown filter/i.test(
    await ffmpegMessages(ffmpeg.path, ['-loglevel', 'error', '-h', 'filter=ddagrab'], 10_000),
  );
}
