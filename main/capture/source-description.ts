import { fileURLToPath } from 'node:url';
import { OnlookerError } from '../base/errors.ts';
import { shownAddress } from '../base/secrets.ts';
import type { Probe } from './probe.ts';

/** What a SOURCE on the command line means. */
export type SourceDescription =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  /** `http` and `https`, which may turn out to be a recording or live. `seen`: once it was looked at. */
  | { readonly kind: 'web'; readonly url: string; readonly seen?: Pick<Probe, 'container' | 'video'> }
  /** Always live. */
  | { readonly kind: 'stream'; readonly url: string; readonly scheme: string }
  /** A monitor by its place in the system's list when the watching begins, from 0; undefined = the primary one. */
  | { readonly kind: 'screen'; readonly monitor: number | undefined }
  /** A window by its title or a part of it. */
  | { readonly kind: 'window'; readonly title: string }
  /** A camera by path, number or a part of its name; undefined = the first one. */
  | { readonly kind: 'camera'; readonly device: string | undefined };

const webSchemes = ['http', 'https'];
const streamSchemes = ['rtsp', 'rtsps', 'rtmp', 'rtmps', 'rtp', 'udp', 'tcp', 'srt'];

/**
 * Understands a SOURCE: a file, a URL, `screen`, `screen:1`, `window:TITLE`, `camera`, `camera:DEVICE`, `-`. A file
 * that bears such a name is reached as `./screen`.
 * @throws {OnlookerError} `usage`, `source-unsupported`
 */
export function parseSource(text: string): SourceDescription {
  if (text === '') throw new OnlookerError('usage', 'The source is empty. Name a file, a URL, "screen" or "camera".');
  if (text === '-') return { kind: 'stdin' };
  if (text === 'screen') return { kind: 'screen', monitor: undefined };
  if (text === 'camera') return { kind: 'camera', device: undefined };
  const [, head, rest = ''] = /^(screen|window|camera):(.*)$/s.exec(text) ?? [];
  if (head === 'screen') {
    if (/^\d+$/.test(rest)) return { kind: 'screen', monitor: Number(rest) };
    throw new OnlookerError(
      'usage',
      `"${text}" names no monitor. Write "screen:0" for the first, "screen:1" for the next.`,
    );
  }
  if (head === 'window' && rest.trim() !== '') return { kind: 'window', title: rest };
  if (head === 'window') throw new OnlookerError('usage', 'Which window? Write "window:" and a part of its title.');
  if (head === 'camera') return { kind: 'camera', device: rest === '' ? undefined : rest };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'file', path: text };
  if (scheme === 'file') return { kind: 'file', path: localPath(text) };
  if (webSchemes.includes(scheme)) return { kind: 'web', url: text };
  if (streamSchemes.includes(scheme)) return { kind: 'stream', url: text, scheme };
  const known = ['file', ...webSchemes, ...streamSchemes].join(', ');
  throw new OnlookerError('source-unsupported', `"${scheme}://" is not a kind of source. Known are ${known}.`);
}

/** Whether it shows what lies on this desktop, where windows may be that nobody is to see. */
export function showsDesktop(kind: SourceDescription['kind']): kind is 'screen' | 'window' {
  return kind === 'screen' || kind === 'window';
}

/** What a source is called wherever it is shown, stored or sent: as it was typed, without secrets of its address. */
export function sourceName(text: string): string {
  const { kind } = parseSource(text);
  return kind === 'web' || kind === 'stream' ? shownAddress(text) : text;
}

/**
 * As `parseSource`, for whoever has no standard input to give: a window, a program that speaks through it, the settings.
 * @throws {OnlookerError} `usage` for "-" as well
 */
export function parseWatchable(text: string): Exclude<SourceDescription, { readonly kind: 'stdin' }> {
  const source = parseSource(text);
  if (source.kind !== 'stdin') return source;
  throw new OnlookerError('usage', 'Standard input cannot be watched here. Name a file, or use "onlooker narrate -".');
}

function localPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new OnlookerError('usage', `"${url}" names no file here. Write file:///path/to/file or the plain path.`, {
      cause,
    });
  }
}
