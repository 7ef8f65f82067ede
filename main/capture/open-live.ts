import { OnlookerError } from '../base/errors.ts';
import { chooseCamera, listCameras } from './cameras.ts';
import { MonitorFinder } from './displays.ts';
import type { FfmpegBinary } from './ffmpeg-binary.ts';
import { FfmpegFeed, type FfmpegStart } from './ffmpeg-feed.ts';
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
import { LiveSource } from './live-source.ts';
import { type KnownDisplay, type OpenDisplay, PortFeed, type WantedDisplay } from './port-feed.ts';
import { guardScreen } from './screen-guard.ts';
import type { SourceDescription } from './source-description.ts';
import type { SourceOptions } from './source-options.ts';
import { notDone, type VideoStream } from './streams.ts';
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
  refuseSeeking(name, sampling);
  const find = inputFinder(source, ffmpeg, sampling.fps);
  const look = async (): Promise<FfmpegStart> => {
    const input = await find();
    return { ...input, args: liveArguments(ffmpeg, input, sampling) };
  };
  // Such an address may have one reader only, and so is not looked at beforehand: what it sends is known when it comes.
  const told = (streams: readonly VideoStream[]) => {
    for (const line of notDone(name, undefined, streams)) options.onNotice?.(line, 'picture-unconverted');
  };
  let first: FfmpegStart | undefined = await look();
  let onStreams = source.kind === 'stream' ? told : undefined;
  const open = async () => {
    const start = first ?? (await look());
    first = undefined;
    const feed = new FfmpegFeed(ffmpeg.path, pictureBytes(sampling), start, onStreams);
    onStreams = undefined;
    return feed;
  };
  const startSeconds = ['stream', 'web'].includes(source.kind) ? streamStart(sampling) : patience.startSeconds;
  const guard = guardScreen(source.kind, options.hiding, options.onFiltering);
  return new LiveSource({ ...patience, startSeconds, ...options, name, sampling, open, guard });
}

/** Opens a screen or a window that a page of the program captures. @throws {OnlookerError} `usage` */
export function openDisplayed(
  name: string,
  of: WantedDisplay['of'],
  sampling: Sampling,
  { displays, ...options }: SourceOptions & { readonly displays: OpenDisplay },
): LiveSource {
  refuseSeeking(name, sampling);
  const { fps, width, height } = sampling;
  let known: KnownDisplay | undefined;
  const openPort = async () => {
    const port = await displays({ fps, width, height, of, ...(known && { known }) });
    known ??= port.known;
    return port;
  };
  const open = async () => new PortFeed(openPort, pictureBytes(sampling));
  // The system may ask the user first, in a dialog that nobody hurries to answer.
  const guard = guardScreen(of.kind, options.hiding, options.onFiltering);
  return new LiveSource({ ...patience, startSeconds: 120, ...options, name, sampling, open, guard });
}

/** Seconds that a stream may take to its first picture: one that is slow by itself has a minute, if there is that much. */
export function streamStart({ duration = Number.POSITIVE_INFINITY }: Sampling): number {
  return Math.min(60, Math.max(patience.startSeconds, duration));
}

const patience = { queue: 8, stallSeconds: 4.5, quietSeconds: 60, startSeconds: 15, attempts: 8, backoffSeconds: 0.5 };

function pictureBytes({ width, height }: Sampling): number {
  return width * height * 3;
}

function refuseSeeking(name: string, { from, goOn }: Sampling): void {
  if (!from || goOn) return;
  const message = `"${name}" is live: it has no second ${from} to start from. Leave --from out.`;
  throw new OnlookerError('usage', message);
}

/** What looks the source up, each time it is opened: after the first time, the same monitor or window. */
function inputFinder(source: LiveDescription, ffmpeg: FfmpegBinary, fps: number): () => Promise<LiveInput> {
  const { platform } = process;
  switch (source.kind) {
    case 'screen':
      if (platform === 'darwin') return async () => macScreenInput(source.monitor ?? 0, fps);
      if (platform === 'win32') {
        return async () => windowsScreenInput(await hasDuplication(ffmpeg), source.monitor ?? 0, fps);
      }
      return x11Monitor(source.monitor, ffmpeg, fps);
    case 'window':
      if (platform === 'win32') return async () => windowsWindowInput(source.title, fps);
      if (platform === 'darwin') {
        throw new OnlookerError(
          'source-unsupported',
          'Single windows cannot be captured on macOS. Watch "screen" instead.',
        );
      }
      return x11Window(source.title, ffmpeg, fps);
    case 'camera':
      return async () => cameraInput(platform, chooseCamera(await listCameras(ffmpeg.path, platform), source.device));
    case 'stream':
      return async () => streamInput(ffmpeg, source.url);
    case 'web':
      return async () => streamInput(ffmpeg, source.url, source.seen);
  }
}

function x11Monitor(wanted: number | undefined, ffmpeg: FfmpegBinary, fps: number): () => Promise<LiveInput> {
  const display = process.env.DISPLAY;
  const monitor = new MonitorFinder(ffmpeg.path, display, wanted);
  return async () => {
    const area = await monitor.find();
    return { ...x11Input(display ?? '', area, fps), outdated: () => monitor.moved(area) };
  };
}

function x11Window(title: string, ffmpeg: FfmpegBinary, fps: number): () => Promise<LiveInput> {
  const display = process.env.DISPLAY;
  let known: string | undefined;
  return async () => {
    const { id, area, outdated } = await findWindow(ffmpeg.path, display, title, ffmpeg.modern, known);
    known = id;
    return { ...x11Input(display ?? '', area, fps), outdated };
  };
}

/** Whether this ffmpeg has Desktop Duplication, which sees what GDI does not. */
async function hasDuplication(ffmpeg: FfmpegBinary): Promise<boolean> {
  return !/unknown filter/i.test(
    await ffmpegMessages(ffmpeg.path, ['-loglevel', 'error', '-h', 'filter=ddagrab'], 10_000),
  );
}
