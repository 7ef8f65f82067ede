import { buffer } from 'node:stream/consumers';
import { OnlookerError } from '../base/errors.ts';
import { startTimer } from '../base/timer.ts';
import { quiet } from './ffmpeg-arguments.ts';
import { type FfmpegBinary, findFfmpeg } from './ffmpeg-binary.ts';
import { FfmpegProcess } from './ffmpeg-process.ts';
import type { FrameSource, Sampling } from './frame.ts';
import { addressInput } from './input.ts';
import { briefly, silenceLimit } from './live-arguments.ts';
import { indexIsLast } from './mp4-index.ts';
import { openDisplayed, openLive, streamStart } from './open-live.ts';
import { indexUnreachable, openFile, openStdin, recording, tellNotDone } from './open-recording.ts';
import { probe } from './probe.ts';
import { parseSource, type SourceDescription, sourceName } from './source-description.ts';
import type { SourceOptions } from './source-options.ts';
import { statesSize } from './stated-size.ts';

export { parseSource, type SourceDescription } from './source-description.ts';

/**
 * Opens a source by what the user calls it (see `parseSource`). Whatever can be known to be wrong is said here; a
 * source that cannot be looked at beforehand says it at its first frame.
 * @throws {OnlookerError} `usage`, `source-*`, `ffmpeg-missing`
 */
export async function openSource(text: string, sampling: Sampling, options: SourceOptions): Promise<FrameSource> {
  const source = parseSource(text);
  const { displays } = options;
  if (displays && (source.kind === 'screen' || source.kind === 'window')) {
    return openDisplayed(text, source, sampling, { ...options, displays });
  }
  const ffmpeg = await findFfmpeg();
  if (ffmpeg.note) options.onNotice?.(ffmpeg.note, 'ffmpeg-outdated');
  switch (source.kind) {
    case 'file':
      return openFile(source.path, ffmpeg, sampling, options);
    case 'stdin':
      return openStdin(ffmpeg, sampling, options);
    case 'web':
      return openWeb(source, ffmpeg, sampling, options);
    default:
      return openLive(sourceName(text), source, ffmpeg, sampling, options);
  }
}

/** What a system says of a server that does not answer. */
const unreachable =
  /Connection (refused|timed out|reset)|No route to host|Network is unreachable|Name or service not known|Failed to resolve|Temporary failure in name resolution|nodename nor servname/i;

/** A web address with a known length, in seconds or in bytes, is a recording; anything else there goes on for ever. */
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
  if (seen.partial && indexIsLast(await firstBytes(ffmpeg.path, url, allowed))) {
    throw indexUnreachable(name, 'the server sends it from the beginning only (without Range). Download it');
  }
  if (/\b(404 Not Found|410 Gone)\b/.test(seen.complaint)) {
    throw new OnlookerError('source-not-found', `There is nothing at "${name}". Check the address.`);
  }
  if (unreachable.test(seen.complaint)) {
    throw new OnlookerError(
      'source-unreadable',
      `"${name}" cannot be reached (${seen.complaint.replace(/^.*: (?=[A-Z])/, '')}). Check the address, the connection, and that its server runs.`,
    );
  }
  const recorded = { url, options: network('5000000') };
  const playlist = /\b(hls|dash)\b/.test(seen.container ?? '');
  const endless = async () => playlist || !(await statesSize(ffmpeg.path, recorded, 20_000));
  if (seen.video && seen.duration === undefined && (await endless())) {
    tellNotDone(name, seen.video, options);
    return openLive(name, { ...source, seen }, ffmpeg, sampling, options);
  }
  return recording(name, recorded, seen, ffmpeg, sampling, options);
}

/** The first bytes at an address, as ffmpeg gets them; none if it does not. */
async function firstBytes(ffmpeg: string, url: string, allowed: readonly string[]): Promise<Uint8Array> {
  const protocols = allowed.slice(0, 2); // what they are is not looked at: no container opens anything
  const copy = ['-f', 'data', '-i', url, '-map', '0', '-c', 'copy', '-fs', '1000000', '-f', 'data', 'pipe:1'];
  await using child = new FfmpegProcess(ffmpeg, [...quiet, ...protocols, '-rw_timeout', '5000000', ...copy]);
  using timer = startTimer(10_000, () => child.stdout.destroy());
  void timer;
  return await buffer(child.stdout).catch(() => new Uint8Array());
}
