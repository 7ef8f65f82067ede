/** A span of the memory as a file: subtitles, or a log to read. */
import type { Requests, Span } from '../../preload/contract.ts';
import { localClock, localDay } from '../base/clock.ts';
import type { LiveEvent } from '../live/events.ts';
import type { Utterance } from '../memory/find/moments.ts';
import { momentsIn } from '../memory/find/timeline.ts';
import { type Connection, utf8 } from '../memory/store/connection.ts';
import type { Format } from '../output/format.ts';
import { markdown } from '../output/markdown.ts';
import { subRip, webVtt } from '../output/subtitles.ts';

type FormatName = Requests['export']['input']['format'];
export type Exported = Requests['export']['output'];

interface SessionPart {
  readonly session: number;
  readonly utterances: readonly Utterance[];
}

/**
 * What was said in the span. Subtitles of one session bear its media time, so that they fit the recording; those of
 * several, the seconds since the first text. Markdown has a part for each session.
 */
export function exportSpan(connection: Connection, span: Span, name: FormatName): Exported {
  const parts = sessionsIn(connection, span);
  const file = fileName(parts[0]?.utterances[0]?.at ?? span.from, name);
  if (name === 'md') return { name: file, text: parts.map((part) => log(connection, part)).join('\n') };
  const [only] = parts.length === 1 ? parts : [];
  const end = only && lastFrameOfRecording(connection, only.session);
  const format = name === 'srt' ? subRip(end) : webVtt(end);
  const start = Math.min(...parts.flatMap(({ utterances }) => utterances.map(({ at }) => at)));
  const texts = parts.flatMap(({ utterances }) =>
    utterances.map((utterance) => ({ ...utterance, t: only ? utterance.t : (utterance.at - start) / 1000 })),
  );
  return { name: file, text: written(format, texts.sort((a, b) => a.t - b.t).map(event)) };
}

/** What there is to export of a memory that does not exist. */
export function nothingExported(span: Span, name: FormatName): Exported {
  return { name: fileName(span.from, name), text: name === 'vtt' ? 'WEBVTT\n\n' : '' };
}

/** Media time of a recording's last frame, seconds: where it ended, if not a little later. None of a live source. */
function lastFrameOfRecording(connection: Connection, session: number): number | undefined {
  const row = connection.get<{ t: number | null }>(
    `SELECT (SELECT max(t) FROM frames WHERE session_id = sessions.id) AS t
     FROM sessions JOIN sources ON sources.id = source_id WHERE sessions.id = ? AND kind IN ('file', 'stdin')`,
    session,
  );
  return row?.t ?? undefined;
}

function sessionsIn(connection: Connection, span: Span): SessionPart[] {
  const sessions = new Map<number, Utterance[]>();
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = momentsIn(connection, span, after);
    for (const { session, utterances } of page.moments) {
      sessions.set(session, [...(sessions.get(session) ?? []), ...utterances]);
    }
    after = page.next;
  }
  return [...sessions]
    .sort(([a], [b]) => a - b)
    .map(([session, utterances]) => ({ session, utterances: utterances.sort((a, b) => a.t - b.t) }));
}

function log(connection: Connection, { session, utterances }: SessionPart): string {
  const row = connection.get<{ source: Uint8Array; bundle: Uint8Array; fps: number; startedAt: number }>(
    `SELECT CAST(name AS BLOB) AS source, CAST(bundle AS BLOB) AS bundle, fps, started_at AS startedAt
     FROM sessions JOIN sources ON sources.id = source_id WHERE sessions.id = ?`,
    session,
  );
  if (!row) return ''; // forgotten meanwhile
  const { fps, startedAt } = row;
  const started = {
    type: 'started',
    source: utf8(row.source),
    bundle: utf8(row.bundle),
    fps,
    tokensPerFrame: 0,
  } as const;
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
function fileName(at: number, format: FormatName): string {
  const wall = Math.min(at, Date.now());
  return `onlooker-${localDay(wall)}-${localClock(wall).replace(':', '')}.${format}`;
}
