import { fstatSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { type BytePath, meantPath, TextPath } from '../base/byte-names.ts';
import { OnlookerError } from '../base/errors.ts';
import { namesPlaylist } from './containers.ts';
import type { FfmpegBinary } from './ffmpeg-binary.ts';
import { fileArguments, lookedAt } from './file-arguments.ts';
import { type FileRun, FileSource } from './file-source.ts';
import type { Sampling } from './frame.ts';
import { fileInput, type Input, stdinInput } from './input.ts';
import { firstBlockTime } from './matroska.ts';
import { indexIsLast } from './mp4-index.ts';
import { lookAhead } from './piped-recording.ts';
import { type Probe, probe } from './probe.ts';
import { lookInto } from './read-at.ts';
import { isSinglePicture } from './single-picture.ts';
import type { SourceOptions } from './source-options.ts';
import { notDone, type VideoStream } from './streams.ts';

type Told = Pick<SourceOptions, 'onNotice'>;

/** Milliseconds for a look at a local file; generous, because disks sleep. */
const localLimit = 30_000;

/**
 * Opens a local file.
 * @throws {OnlookerError} `source-not-found`, `source-unreadable`
 */
export async function openFile(
  path: string,
  ffmpeg: FfmpegBinary,
  sampling: Sampling,
  told: Told = {},
): Promise<FileSource> {
  const meant = meantPath(path);
  await checkFile(path, meant);
  await using opened = new AsyncDisposableStack();
  const at = opened.use(await TextPath.of(meant));
  const input = fileInput(ffmpeg, path, at.text);
  const seen = await probe(ffmpeg.path, input, localLimit);
  if (await isSinglePicture(ffmpeg.path, input, seen.container, localLimit)) throw notVideo(path, 'a picture');
  const begins = /\bmatroska\b/.test(seen.container ?? '') ? await lookInto(meant, firstBlockTime) : undefined;
  const source = recording(path, input, seen, ffmpeg, sampling, told, { file: meant, at, begins });
  opened.move(); // the source closes it
  return source;
}

/** A recording that has been looked at already, here or on the web. */
export function recording(
  name: string,
  input: Input,
  seen: Probe,
  ffmpeg: FfmpegBinary,
  sampling: Sampling,
  told: Told,
  local: Pick<FileRun, 'file' | 'at' | 'begins'> = {},
): FileSource {
  checkProbe(name, seen);
  tellNotDone(name, seen.video, told);
  const args = fileArguments(ffmpeg, lookedAt(input, seen), sampling);
  const { duration: length, video } = seen;
  return new FileSource({ name, ffmpeg: ffmpeg.path, args, sampling, length, size: video?.size, ...local });
}

/**
 * Opens a recording that is piped into us.
 * @throws {OnlookerError} `source-unreadable`
 */
export async function openStdin(ffmpeg: FfmpegBinary, sampling: Sampling, told: Told = {}): Promise<FileSource> {
  if (fstatSync(0).isCharacterDevice()) {
    throw new OnlookerError(
      'source-unreadable',
      'Nothing is piped into standard input. Write for instance: cat recording.mkv | onlooker narrate -',
    );
  }
  using opened = new DisposableStack();
  const piped = opened.use(await lookAhead(process.stdin));
  if (indexIsLast(piped.head)) throw indexUnreachable('-', 'a pipe cannot be read backwards. Name the file itself');
  const input = { ...stdinInput(ffmpeg), head: piped.head };
  const seen = await probe(ffmpeg.path, input, localLimit);
  if (seen.refused) checkProbe('-', seen);
  tellNotDone('-', seen.video, told);
  const unknown = { container: undefined, length: undefined };
  const args = fileArguments(ffmpeg, { ...input, seekable: false, ...unknown, video: seen.video }, sampling);
  opened.move(); // the source closes it
  return new FileSource({ name: '-', ffmpeg: ffmpeg.path, args, sampling, ...unknown, size: seen.video?.size, piped });
}

/** Tells what is not done for the video that is watched. */
export function tellNotDone(name: string, video: VideoStream | undefined, { onNotice }: Told): void {
  if (video) for (const line of notDone(name, video, [video])) onNotice?.(line, 'picture-unconverted');
}

/** @param why it cannot be reached, and what else to do */
export function indexUnreachable(name: string, why: string): OnlookerError {
  return new OnlookerError(
    'source-unreadable',
    `The index of "${name}" is at its end, and ${why}, or move the index: ffmpeg -i IN.mp4 -c copy -movflags +faststart OUT.mp4`,
  );
}

/** What can be said about a file without ffmpeg. */
async function checkFile(path: string, meant: BytePath): Promise<void> {
  const fail = (message: string, cause?: unknown) => new OnlookerError('source-unreadable', message, { cause });
  const status = await stat(meant).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
      throw new OnlookerError('source-not-found', `There is no file "${path}". Check its name and folder.`, { cause });
    }
    if (cause.code === 'ERR_INVALID_ARG_VALUE') {
      throw new OnlookerError('source-not-found', `No file can be called "${path}". Correct the name.`, { cause });
    }
    throw fail(`"${path}" cannot be reached (${cause.code ?? cause.message}). Check its permissions.`, cause);
  });
  if (status.isDirectory()) throw fail(`"${path}" is a folder. Name one recording in it.`);
  if (!status.isFile()) {
    throw fail(`"${path}" is a device or a pipe. Write "camera:${path}" for a camera, or pipe it in and write "-".`);
  }
  if (status.size === 0) throw fail(`"${path}" is empty (0 bytes). Record or copy it again.`);
  const handle = await open(meant).catch((cause: NodeJS.ErrnoException) => {
    throw fail(`"${path}" cannot be opened (${cause.code ?? cause.message}). Check its permissions.`, cause);
  });
  await handle.close();
}

function notVideo(name: string, words: string): OnlookerError {
  return new OnlookerError('source-unreadable', `"${name}" is ${words}, not a video. Name a recording.`);
}

function checkProbe(name: string, seen: Probe): void {
  if (seen.refused) {
    const { words, playlist } = seen.refused;
    if (!playlist) throw notVideo(name, words);
    const why =
      namesPlaylist(name) || name === '-'
        ? 'opened neither from within another one, nor from a pipe, nor with an outdated ffmpeg. Name a recording.'
        : 'and not named as one: it would open other files or addresses. Name a recording, or give it its extension.';
    throw new OnlookerError('source-unreadable', `"${name}" is ${words}, ${why}`);
  }
  if (seen.container === undefined) {
    const reason = seen.complaint.replace(/^.*?: (?=[A-Z])/, '') || 'no answer';
    throw new OnlookerError(
      'source-unreadable',
      `"${name}" is not a video that ffmpeg can read (${reason}). Check that it is one, and complete.`,
    );
  }
  if (!seen.video && seen.unknownVideo) {
    const message = `"${name}" has a video of a kind that this ffmpeg does not know. Convert it, or install another ffmpeg.`;
    throw new OnlookerError('source-unreadable', message);
  }
  if (!seen.video && seen.audio.length > 0) {
    throw new OnlookerError('source-unreadable', `"${name}" has sound but no picture. Name a recording with video.`);
  }
  if (!seen.video) {
    throw new OnlookerError('source-unreadable', `"${name}" holds no video. Name a recording with video.`);
  }
}
