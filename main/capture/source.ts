import { OnlookerError } from '../errors.ts';
import { type FfmpegBinary, findFfmpeg } from './ffmpeg-binary.ts';
import type { FrameSource, Sampling } from './frame.ts';
import { addressInput } from './input.ts';
import { briefly, silenceLimit } from './live-arguments.ts';
import { openDisplayed, openLive, streamStart } from './open-live.ts';
import { openFile, openStdin, recording } from './open-recording.ts';
import type { OpenDisplay } from './port-feed.ts';
import { probe } from './probe.ts';
import { parseSource, type SourceDescription, sourceName } from './source-description.ts';

export { parseSource, type SourceDescription } from './source-description.ts';

/** How live sources behave; the defaults are for people, the choice is for tests. */
export interface SourceOptions {
  /** Frames a live source keeps for a slow reader; default 8. */
  readonly queue?: number;
  /** Seconds without a frame after which a live source is restarted; default 4.5, and longer where it is slow itself. */
  readonly stallSeconds?: number;
  /** The same for a source with a pace of its own of which no steady cadence is known; default 60. */
  readonly quietSeconds?: number;
  /** Seconds a live source may take to its first frame; default 15, for streams 60. */
  readonly startSeconds?: number;
  /** Starts in a row without any frame before it is given up; default 8. */
  readonly attempts?: number;
  /** Seconds before the first restart, doubled with each one that fails, up to 10; default 0.5. */
  readonly backoffSeconds?: number;
  /** Captures screens and windows where ffmpeg cannot; default ffmpeg does. */
  readonly displays?: OpenDisplay;
  /** Told what the user should know about the ffmpeg that is used. */
  readonly onNotice?: ((line: string) => void) | undefined;
}

/**
 * Opens a source by what the user calls it (see `parseSource`). Whatever can be known to be wrong is said here; a
 * source that cannot be looked at beforehand says it at its first frame.
 * @throws {OnlookerError} `usage`, `source-*`, `ffmpeg-missing`
 */
export async function openSource(text: string, sampling: Sampling, options: SourceOptions = {}): Promise<FrameSource> {
  const source = parseSource(text);
  const { displays } = options;
  if (displays && (source.kind === 'screen' || source.kind === 'window')) {
    return openDisplayed(text, source, sampling, { ...options, displays });
  }
  const ffmpeg = await findFfmpeg();
  if (ffmpeg.note) options.onNotice?.(ffmpeg.note);
  switch (source.kind) {
    case 'file':
      return openFile(source.path, ffmpeg, sampling);
    case 'stdin':
      return openStdin(ffmpeg, sampling);
    case 'web':
      return openWeb(source, ffmpeg, sampling, options);
    default:
      return openLive(sourceName(text), source, ffmpeg, sampling, options);
  }
}

/** A web address with a known length is a recording; anything else there goes on for ever. */
async function openWeb(
  source: SourceDescription & { kind: 'web' },
  ffmpeg: FfmpegBinary,
  sampling: Sampling,
  options: SourceOptions,
): Promise<FrameSource> {
  const name = sourceName(source.url);
  const { url, options: allowed } = addressInput(ffmpeg, source.url);
  // A live one may be silent for long; of a recording there is always more.
  const network = (limit: string) => [...briefly, ...allowed, '-rw_timeout', limit];
  const seen = await probe(ffmpeg.path, { url, options: network(silenceLimit) }, 1000 * streamStart(sampling));
  if (/\b(404 Not Found|410 Gone)\b/.test(seen.complaint)) {
    throw new OnlookerError('source-not-found', `There is nothing at "${name}". Check the address.`);
  }
  if (seen.video && seen.duration === undefined) {
    return openLive(name, { ...source, container: seen.container }, ffmpeg, sampling, options);
  }
  return recording(name, { url, options: network('5000000') }, seen, ffmpeg, sampling);
}
