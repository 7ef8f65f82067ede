import type { Cue } from './cues.ts';
import { subRipCues } from './subtitles.ts';

/** One way to bring subtitles into a video with ffmpeg. */
export interface Drawing {
  /** Files ffmpeg finds in its working folder, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Further inputs. */
  readonly inputs: readonly string[];
  /** Options of the output. */
  readonly options: readonly string[];
  /** Whether words really are drawn, from what ffmpeg said at log level info; undefined: certainly, if it ends well. */
  readonly done?: (said: string) => boolean;
  /** What the user must know when it comes to this one. */
  readonly warning?: string;
}

/** Makes a `Drawing` of some cues, with filters that come before the words. */
export type Draw = (cues: readonly Cue[], picture: string) => Drawing;

/**
 * The ways of drawing that a build of ffmpeg may have, from what `ffmpeg -filters` prints, best first: libass sets any
 * script well, drawtext sets plain text. Either may be there and yet not work, for want of a font.
 */
export function waysToDraw(filters: string): Draw[] {
  const has = (name: string) => new RegExp(`^ *\\S+ +${name} `, 'm').test(filters);
  return [...(has('subtitles') ? [libass] : []), ...(has('drawtext') ? [drawtext] : [])];
}

/** For no words at all. */
export function undrawn(_: readonly Cue[], picture: string): Drawing {
  return { files: {}, inputs: [], options: ['-vf', picture] };
}

function libass(cues: readonly Cue[], picture: string): Drawing {
  return {
    files: { 'subtitles.srt': subRipCues(cues, libassText) },
    inputs: [],
    options: ['-vf', `${picture},subtitles=subtitles.srt`],
    // Without any font it draws nothing and is content; with one it names it.
    done: (said) => /fontselect: \(.*\) -> /.test(said),
  };
}

function drawtext(cues: readonly Cue[], picture: string): Drawing {
  const draw = (cue: Cue) =>
    [
      `drawtext=text=${twiceEscaped(cue.lines.join('\n'))}`,
      'expansion=none:fontsize=h/22:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=8',
      'x=max(8\\,(w-text_w)/2):y=h-text_h-h/18',
      `enable=between(t\\,${cue.start / 1000}\\,${cue.end / 1000})`,
    ].join(':');
  const script = [picture, ...cues.map(draw)].join(',\n');
  return {
    files: { 'filters.txt': script },
    inputs: [],
    options: ['-filter_script:v', 'filters.txt'],
  };
}

/** A text track, drawn by the player if asked to. */
export function track(cues: readonly Cue[], picture: string): Drawing {
  return {
    files: { 'subtitles.srt': subRipCues(cues) },
    inputs: ['-i', 'subtitles.srt'],
    options: ['-vf', picture, '-map', '1:s', '-c:s', 'mov_text'],
    warning:
      'This ffmpeg cannot draw text (no filter or no font for it): the video gets a subtitle track instead, to be switched on in the player.',
  };
}

/** One line for a SubRip file that libass draws: its override blocks and escapes must show as text. */
export function libassText(line: string): string {
  // U+2060 (word joiner) is drawn as nothing and keeps a backslash from joining the letter after it.
  return line
    .replaceAll('-->', '→')
    .replace(/<(?=[/!\p{L}])/gu, '‹')
    .replaceAll('\\', '\\\u2060')
    .replaceAll('{', '\\{\u2060')
    .replaceAll('}', '\\}');
}

/** An option value is unescaped twice: by the filter graph, then by the filter's options. */
function twiceEscaped(text: string): string {
  return text.replace(/[\\':]/g, '\\$&').replace(/[\\'[\],;]/g, '\\$&');
}
