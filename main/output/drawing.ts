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
  /** Whether the words really were drawn, from what ffmpeg said at log level info. */
  readonly done: (said: string) => boolean;
  /** What the user must know when it comes to this one. */
  readonly warning?: string;
}

/**
 * Subtitles show only where there are frames, and the recording of a still screen may have few: hence the steady rate.
 * H.264 in 4:2:0 wants even sides.
 */
const picture = 'fps=30,scale=trunc(iw/2)*2:trunc(ih/2)*2';

/**
 * The ways open to a build of ffmpeg, best first, from what `ffmpeg -filters` prints: libass sets any script well,
 * drawtext sets plain text, and a text track, drawn by the player if asked to, needs neither.
 */
export function drawingsFor(cues: readonly Cue[], filters: string): Drawing[] {
  if (cues.length === 0) return [{ files: {}, inputs: [], options: ['-vf', picture], done: () => true }];
  const has = (name: string) => new RegExp(`^ *\\S+ +${name} `, 'm').test(filters);
  return [...(has('subtitles') ? [libass(cues)] : []), ...(has('drawtext') ? [drawtext(cues)] : []), track(cues)];
}

function libass(cues: readonly Cue[]): Drawing {
  return {
    files: { 'subtitles.srt': subRipCues(cues, libassText) },
    inputs: [],
    options: ['-vf', `${picture},subtitles=subtitles.srt`],
    // Without any font it draws nothing and is content; with one it names it.
    done: (said) => /fontselect: \(.*\) -> /.test(said),
  };
}

function drawtext(cues: readonly Cue[]): Drawing {
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
    done: () => true,
  };
}

function track(cues: readonly Cue[]): Drawing {
  return {
    files: { 'subtitles.srt': subRipCues(cues) },
    inputs: ['-i', 'subtitles.srt'],
    options: ['-vf', picture, '-map', '1:s', '-c:s', 'mov_text'],
    done: () => true,
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
