import { ffmpegMessages, firstComplaint } from './ffmpeg-process.ts';

/** What ffmpeg says about an input without decoding it. */
export interface Probe {
  /** ffmpeg's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`; undefined when it cannot open the input. */
  readonly container: string | undefined;
  /** Seconds; undefined when unknown: live, or a recording that was never finished. */
  readonly duration: number | undefined;
  readonly video: boolean;
  readonly audio: boolean;
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
  const duration = hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const container = /Input #0, (.+), from '/.exec(messages)?.[1];
  const streams = messages.split('\n').filter((line) => /Stream #0:\d+/.test(line));
  return {
    container,
    duration,
    video: streams.some((line) => line.includes('Video: ') && !line.includes('(attached pic)')),
    audio: streams.some((line) => line.includes('Audio: ')),
    complaint: container === undefined ? firstComplaint(messages) : '',
  };
}
