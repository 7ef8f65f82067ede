import { type RefusedContainer, refusedContainer } from './containers.ts';
import { ffmpegMessages, firstComplaint } from './ffmpeg-process.ts';
import type { Size } from './frame.ts';

/** What ffmpeg says about an input without decoding it. */
export interface Probe {
  /** ffmpeg's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`; undefined when it cannot open the input. */
  readonly container: string | undefined;
  /** Seconds, as the container states them; undefined when it states none or 0: live, or never finished. */
  readonly duration: number | undefined;
  readonly video: boolean;
  readonly audio: boolean;
  /** Of the first video, as it is shown: turned where the recording says so. */
  readonly size: Size | undefined;
  /** A container that it was not allowed to open. */
  readonly refused?: RefusedContainer;
  /** ffmpeg's own words when it cannot open the input. */
  readonly complaint: string;
}

/** Asks ffmpeg about an input; ffprobe may be missing. */
export async function probe(path: string, url: string, options: readonly string[], limitMs: number): Promise<Probe> {
  return parseProbe(await ffmpegMessages(path, ['-loglevel', 'level+info', ...options, '-i', url], limitMs));
}

/** Reads the messages of `ffmpeg -loglevel level+info -i INPUT`. */
export function parseProbe(messages: string): Probe {
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/.exec(messages) ?? [];
  const stated = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const container = /Input #0, (.+), from '/.exec(messages)?.[1];
  const streams = messages.split('\n').filter((line) => /Stream #0:\d+/.test(line));
  const video = streams.find((line) => line.includes('Video: ') && !line.includes('(attached pic)'));
  const [, width, height] = /, (\d+)x(\d+)[, [\]]/.exec(`${video},`) ?? [];
  const refused = refusedContainer(messages);
  const upright = /rotation of -?90\.00 degrees/.test(messages);
  return {
    container,
    duration: stated > 0 ? stated : undefined,
    video: video !== undefined,
    size: width && height ? turned({ width: Number(width), height: Number(height) }, upright) : undefined,
    audio: streams.some((line) => line.includes('Audio: ')),
    ...(refused && { refused }),
    complaint: container === undefined ? firstComplaint(messages) : '',
  };
}

function turned({ width, height }: Size, upright: boolean): Size {
  return upright ? { width: height, height: width } : { width, height };
}
