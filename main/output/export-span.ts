/** A span of the memory as a file: subtitles, or a log to read. */
import { localClock, localDay } from '../base/clock.ts';
import type { TimeSpan } from '../base/time-span.ts';
import type { LiveEvent } from '../live/events.ts';
import type { Utterance } from '../memory/find/moments.ts';
import type { SpokenSession } from '../memory/find/spoken-sessions.ts';
import type { Format } from './format.ts';
import { markdown } from './markdown.ts';
import { subRip, webVtt } from './subtitles.ts';

export type ExportFormat = 'srt' | 'vtt' | 'md';

/** A file: how it may be called, and what is in it. */
export interface Exported {
  readonly name: string;
  readonly text: string;
}

/**
 * What was said in the span. Subtitles of one session bear its media time, so that they fit the recording; those of
 * several, the seconds since the first text. Markdown has a part for each session.
 */
export function exportSpan(parts: readonly SpokenSession[], span: TimeSpan, name: ExportFormat): Exported {
  const file = fileName(parts[0]?.utterances[0]?.at ?? span.from, name);
  if (name === 'md') return { name: file, text: parts.map(log).join('\n') };
  const [only] = parts.length === 1 ? parts : [];
  const format = name === 'srt' ? subRip(only?.end) : webVtt(only?.end);
  const said = parts.flatMap(({ utterances }) => utterances);
  // Not as arguments of Math.min: there may be a year of them.
  const start = said.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const texts = said.map((utterance) => ({ ...utterance, t: only ? utterance.t : (utterance.at - start) / 1000 }));
  return { name: file, text: written(format, texts.sort((a, b) => a.t - b.t).map(event)) };
}

/** What there is to export of a memory that does not exist. */
export function nothingExported(span: TimeSpan, name: ExportFormat): Exported {
  return { name: fileName(span.from, name), text: name === 'vtt' ? 'WEBVTT\n\n' : '' };
}

function log({ source, bundle, fps, startedAt, utterances }: SpokenSession): string {
  const started = { type: 'started', source, bundle, fps, tokensPerFrame: 0 } as const;
  return written(markdown(new Date(startedAt)), [started, ...utterances.map(event)]);
}

function event({ t, kind, query = '', text }: Utterance): LiveEvent {
  return kind === 'answer'
    ? { type: 'answer', t, query, text, latencyMs: 0 }
    : { type: 'narration', t, text, pSilent: 0, latencyMs: 0 };
}

function written(format: Format, events: readonly LiveEvent[]): string {
  // A format writes its heading with the first event, even when that has no text.
  const all = events.length > 0 ? events : [{ type: 'gap', from: 0, to: 0, reason: '', dropped: 0 } as const];
  const text = all.map((one) => format.on(one)).join('');
  return text + format.end();
}

/** "onlooker-2026-05-01-1305.srt" */
function fileName(at: number, format: ExportFormat): string {
  const wall = Math.min(at, Date.now());
  return `onlooker-${localDay(wall)}-${localClock(wall).replace(':', '')}.${format}`;
}
