import { cueTime } from '../base/clock.ts';
import { srtText, vttText } from './clean-text.ts';
import { type Cue, CueTrack } from './cues.ts';
import type { Format } from './format.ts';

/** SubRip. @param end media time at which the recording ends, seconds, if it is known already */
export function subRip(end?: number): Format {
  const track = new CueTrack(end);
  let written = 0;
  const write = (cues: readonly Cue[]) => {
    const text = subRipCues(cues, srtText, written);
    written += cues.length;
    return text;
  };
  return { on: (event) => write(track.on(event)), end: () => write(track.end()) };
}

/** SubRip cues, numbered on from `before`; `text` makes one line of a cue safe for whoever reads the file. */
export function subRipCues(cues: readonly Cue[], text: (line: string) => string = srtText, before = 0): string {
  const write = (cue: Cue, index: number) =>
    `${before + index + 1}\n${cueTime(cue.start, ',')} --> ${cueTime(cue.end, ',')}\n${cue.lines.map(text).join('\n')}\n\n`;
  return cues.map(write).join('');
}

/** WebVTT, as `subRip`. The header comes with the first event, so that a run without a word is a valid file too. */
export function webVtt(end?: number): Format {
  const track = new CueTrack(end);
  let header = 'WEBVTT\n\n';
  const write = (cue: Cue) =>
    `${cueTime(cue.start, '.')} --> ${cueTime(cue.end, '.')}\n${cue.lines.map(vttText).join('\n')}\n\n`;
  const opened = (cues: readonly Cue[]) => {
    const text = header + cues.map(write).join('');
    header = '';
    return text;
  };
  return { on: (event) => opened(track.on(event)), end: () => opened(track.end()) };
}
