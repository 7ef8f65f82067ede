import { type RefusedContainer, refusedContainer } from './containers.ts';
import { ffmpegMessages, firstComplaint } from './ffmpeg-process.ts';
import type { Input } from './input.ts';
import { firstDecodable, parseStreams, type Stream, type VideoStream } from './streams.ts';

/** What ffmpeg says about an input without decoding it. */
export interface Probe {
  /** ffmpeg's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`; undefined when it cannot open the input. */
  readonly container: string | undefined;
  /** Seconds, as the container states them; undefined when it states none or 0: live, or never finished. */
  readonly duration: number | undefined;
  /** What is taken of it (see `streams.ts`); undefined where there is none. */
  readonly video: VideoStream | undefined;
  /** Best first. */
  readonly audio: readonly Stream[];
  /** True if there is a video, and ffmpeg does not know its codec. */
  readonly unknownVideo: boolean;
  /** A container that it was not allowed to open. */
  readonly refused?: RefusedContainer;
  /** True if the pictures lie before the place reached, or behind the end: ffmpeg could not go there. */
  readonly partial: boolean;
  /** ffmpeg's own words when it cannot open the input. */
  readonly complaint: string;
}

/** Asks ffmpeg about an input; ffprobe may be missing. */
export async function probe(path: string, input: Input, limitMs: number): Promise<Probe> {
  const args = ['-loglevel', 'level+info', ...input.options, '-i', input.url];
  const messages = await ffmpegMessages(path, args, limitMs, input.head);
  const seen = parseProbe(messages);
  const { video } = parseStreams(messages);
  return video.length < 2
    ? seen
    : { ...seen, video: (await firstDecodable(path, input, video, limitMs)) ?? seen.video };
}

/** Reads the messages of `ffmpeg -loglevel level+info -i INPUT`. */
export function parseProbe(messages: string): Probe {
  // Texts of the recording itself, its title for one, never stand at the beginning of a line.
  const line = (words: string) => new RegExp(`^(?:\\[info\\] *)? *${words}`, 'm');
  const [, hours, minutes, seconds] = line('Duration: (\\d+):(\\d+):([\\d.]+)').exec(messages) ?? [];
  const stated = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const container = line("Input #0, (.+), from '").exec(messages)?.[1];
  const { video, audio } = parseStreams(messages);
  const refused = refusedContainer(messages);
  return {
    container,
    duration: stated > 0 ? stated : undefined,
    video: video[0],
    audio,
    unknownVideo: line('Stream #0:\\d.*: Video: none').test(messages),
    partial: /\bpartial file\b/.test(messages),
    ...(refused && { refused }),
    complaint: container === undefined ? firstComplaint(messages) : '',
  };
}
