/**
 * Which containers ffmpeg may open. A container that names other files or addresses is a playlist: ffmpeg recognises it
 * by its content, whatever its name, and opens what it names. So containers are allowed by name, and playlists only
 * where the user named one.
 */
import { extname } from 'node:path';
import type { FfmpegBinary } from './ffmpeg-binary.ts';

/** ffmpeg's names (`ffmpeg -demuxers`) of containers that hold all they need. None of them opens anything else. */
const selfContained = [
  ...['mov', 'matroska', 'avi', 'mpegts', 'mpeg', 'flv', 'asf', 'ogg', 'nut', 'mxf', 'gxf', 'dv', 'wtv', 'rm'],
  ...['mpegvideo', 'm4v', 'h264', 'hevc', 'vvc', 'av1', 'obu', 'ivf', 'vc1', 'dirac', 'dnxhd', 'yuv4mpegpipe'],
  ...['mjpeg', 'mpjpeg', 'gif', 'apng', 'png_pipe', 'jpeg_pipe', 'bmp_pipe', 'webp_pipe', 'tiff_pipe'],
  // Without a picture: they are opened so that this can be said.
  ...['mp3', 'wav', 'flac', 'aac', 'ac3', 'eac3'],
];

/** What an ffmpeg without security updates may open: the commonest, whose readers were attacked and mended longest. */
const bestTried = ['mov', 'matroska', 'avi', 'mpegts'];

/** Playlists by the extension that names one, with what ffmpeg calls them. */
const playlists: Readonly<Record<string, { readonly demuxers: readonly string[]; readonly words: string }>> = {
  '.m3u8': { demuxers: ['hls', 'webvtt'], words: 'a playlist (HLS)' },
  '.m3u': { demuxers: ['hls', 'webvtt'], words: 'a playlist (HLS)' },
  '.mpd': { demuxers: ['dash'], words: 'a playlist (DASH)' },
  '.ffconcat': { demuxers: ['concat'], words: 'a list of files (ffconcat)' },
};

/**
 * The extension by which a path, or an address on the web, says what it is. Where the path of an address does not name a
 * playlist, its fragment may: `https://host/watch?v=1#.m3u8`.
 */
function extension(name: string): string {
  const [, path = name, fragment = ''] = /^https?:\/\/([^?#]*)[^#]*(?:#(.*))?$/is.exec(name) ?? [];
  const last = extname(`name${fragment}`).toLowerCase();
  return Object.hasOwn(playlists, last) ? last : extname(path).toLowerCase();
}

/** True if a path or an address names a playlist. */
export function namesPlaylist(name: string): boolean {
  return Object.hasOwn(playlists, extension(name));
}

/** Input options that let ffmpeg open recordings, and a playlist only where `name` is the name of one. */
export function allowedContainers({ outdated }: Pick<FfmpegBinary, 'outdated'>, name: string): string[] {
  const named = playlists[extension(name)]?.demuxers ?? [];
  return ['-format_whitelist', (outdated ? bestTried : [...selfContained, ...named]).join(',')];
}

/** A container that ffmpeg found and was not allowed to open. */
export interface RefusedContainer {
  /** What it is, to follow "is". */
  readonly words: string;
  /** True if it names other files or addresses. */
  readonly playlist: boolean;
}

/**
 * The container that ffmpeg found and was not allowed to open; undefined when it was none.
 * @param messages of an ffmpeg at log level `level+error` or lower
 */
export function refusedContainer(messages: string): RefusedContainer | undefined {
  const [, names] = /\[(\S+) @ \w+\] \[error\] Format not on whitelist/.exec(messages) ?? [];
  if (names === undefined) return undefined;
  const [known] = Object.values(playlists).filter(({ demuxers }) => names.split(',').includes(demuxers[0]!));
  if (known) return { words: known.words, playlist: true };
  if (/^image2$|_pipe$/.test(names)) return { words: 'a picture', playlist: false };
  return { words: names === 'tty' ? 'text' : `of the kind "${names}"`, playlist: false };
}
