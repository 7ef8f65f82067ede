/**
 * Which of a recording's streams are taken, wherever one is read: of those that can be decoded, the one that is marked as
 * the default, then the largest picture, then the first. A cover picture is no video.
 */
import { text } from 'node:stream/consumers';
import { startTimer } from '../base/timer.ts';
import { quiet } from './ffmpeg-arguments.ts';
import { FfmpegProcess } from './ffmpeg-process.ts';
import type { Size } from './frame.ts';
import type { Input } from './input.ts';
import type { Transfer } from './tone-map.ts';

/** A stream as ffmpeg describes it. */
export interface Stream {
  readonly kind: 'video' | 'audio';
  /** Its number in the recording, from 0, all kinds counted. */
  readonly index: number;
}

export interface VideoStream extends Stream {
  /** As it is shown: turned where the recording says so, and with square pixels. Undefined if unknown. */
  readonly size: Size | undefined;
  readonly transfer: Transfer;
  /** Whether its colours will be wrong: those of Dolby Vision's profile 5 are a matter of its own, which ffmpeg leaves as they are. */
  readonly wrongColours?: true;
}

/**
 * Reads the streams from the messages of `ffmpeg -loglevel level+info -i INPUT`, best first; those whose codec ffmpeg
 * does not know are left out.
 */
export function parseStreams(messages: string): { readonly video: VideoStream[]; readonly audio: Stream[] } {
  // A stream's line and what follows it. Texts of the recording itself never stand at the beginning of a line.
  const parts = messages.split(/^(?:\[info\])? +(?=Stream #0:\d)/m).slice(1);
  const streams = parts.map(parseStream).filter((stream) => stream !== undefined);
  streams.sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || b.area - a.area);
  return {
    video: streams.filter(({ kind }) => kind === 'video'),
    audio: streams.filter(({ kind }) => kind === 'audio'),
  };
}

function parseStream(text: string): (VideoStream & { readonly isDefault: boolean; readonly area: number }) | undefined {
  const [line = ''] = text.split('\n');
  const [, index, kind, codec] = /^Stream #0:(\d+).*?: (Video|Audio): (\w+)/.exec(line) ?? [];
  if (index === undefined || codec === 'none' || line.includes('(attached pic)')) return undefined;
  const [, width = 0, height = 0] = (/, (\d+)x(\d+)(?=[, [\]]|$)/.exec(line) ?? []).map(Number);
  // Where the container knows better than the picture, ffmpeg tells both.
  const [, left = 1, right = 1] = (/, SAR (\d+):(\d+)/.exec(line) ?? /\[SAR (\d+):(\d+)/.exec(line) ?? []).map(Number);
  const shape = left > 0 && right > 0 ? left / right : 1;
  return {
    kind: kind === 'Audio' ? 'audio' : 'video',
    index: Number(index),
    size: width > 0 && height > 0 ? shownSize(width * shape, height, text) : undefined,
    transfer: transfer(line, text),
    ...(/DOVI configuration record.* profile: 5\b/.test(text) && { wrongColours: true }),
    isDefault: line.includes('(default)'),
    area: width * height,
  };
}

/** The value of `-map` that takes a stream; without one the first that is no cover picture (`V`, not `v`). */
export function videoMap(stream: VideoStream | undefined): string {
  return stream ? `0:${stream.index}` : '0:V:0';
}

/**
 * The first of some streams of which ffmpeg decodes anything; undefined if it decodes none.
 * @param limitMs for each try
 */
export async function firstDecodable<T extends Stream>(
  ffmpeg: string,
  { url, options, head }: Input,
  streams: readonly T[],
  limitMs: number,
): Promise<T | undefined> {
  for (const stream of streams) {
    const frames = stream.kind === 'video' ? '-frames:v' : '-frames:a';
    const one = ['-map', `0:${stream.index}`, frames, '1', '-f', 'framecrc', 'pipe:1'];
    const stdin = head ? 'pipe' : 'ignore';
    await using child = new FfmpegProcess(ffmpeg, [...quiet, ...options, '-i', url, ...one], { stdin });
    child.stdin?.end(head);
    using timer = startTimer(limitMs, () => child.stdout.destroy());
    void timer;
    // Comments begin with "#"; what follows them is a line a frame.
    const lines = await text(child.stdout).catch(() => '');
    if (/^[^#\n]/m.test(lines)) return stream;
  }
  return undefined;
}

function shownSize(width: number, height: number, text: string): Size {
  const shown = { width: Math.max(1, Math.round(width)), height };
  const upright = /rotation of -?90\.00 degrees/.test(text);
  return upright ? { width: shown.height, height: shown.width } : shown;
}

/** Dolby Vision lies over a picture that is HDR by itself, in a way that its record tells where nothing else does. */
function transfer(line: string, text: string): Transfer {
  if (/\([^)]*\bsmpte2084\b/.test(line)) return 'pq';
  if (/\([^)]*\barib-std-b67\b/.test(line)) return 'hlg';
  const [, base] = /DOVI configuration record.*compatibility id: (\d)/.exec(text) ?? [];
  return base === undefined || base === '2' ? 'sdr' : base === '4' ? 'hlg' : 'pq';
}

/**
 * What is not done for a stream that is watched, for the user to know.
 * @param watched undefined: it was not chosen, but is the first there is @param all best first
 */
export function notDone(name: string, watched: VideoStream | undefined, all: readonly VideoStream[]): string[] {
  const [best] = all;
  const first = watched ?? all.toSorted((a, b) => a.index - b.index)[0];
  const said: string[] = [];
  if (first?.wrongColours) {
    said.push(
      `"${name}" is Dolby Vision of profile 5: its colours are shown wrong. A version in HDR10 or SDR is shown right.`,
    );
  } else if (!watched && first && first.transfer !== 'sdr') {
    said.push(`"${name}" is HDR, and is watched as it comes: its pictures look pale. Send it in the standard range.`);
  }
  if (!watched && best && first !== best) {
    said.push(
      `"${name}" has ${all.length} videos: the first is watched, not the default one. Send only the one you mean.`,
    );
  }
  return said;
}
