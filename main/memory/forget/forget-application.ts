import type { Connection, Value } from '../store/connection.ts';
import { guarded } from '../store/failures.ts';
import { nearNarration } from '../store/search-filter.ts';
import { likePattern } from '../store/search-terms.ts';
import { type Forgetting, type Forgotten, forget } from './forget.ts';

interface Mention {
  readonly at: number;
  readonly source: number;
  readonly kind: string;
}

/**
 * Forgets what was seen of a kind of program, named as narrations name it ("web browser"; a part will do): all that lies
 * near a narration that names it, as `search --app` finds it, and every question and answer that does. Within `what`,
 * if that is given. `wipe` is still to be called.
 * @throws OnlookerError like `forget`
 */
export function forgetApplication(connection: Connection, app: string, what: Forgetting = {}): Forgotten {
  const all: Forgotten[] = spansOf(mentions(connection, app, what)).map((span) => forget(connection, span));
  const sum = (of: keyof Forgotten) => all.reduce((total, forgotten) => total + forgotten[of], 0);
  return { frames: sum('frames'), utterances: sum('utterances'), thumbnails: sum('thumbnails') };
}

function mentions(connection: Connection, app: string, { from, to, source }: Forgetting): Mention[] {
  const pattern = likePattern(app);
  const span: Value[] = [from ?? Number.MIN_SAFE_INTEGER, to ?? Number.MAX_SAFE_INTEGER];
  return guarded(connection.folder, () =>
    connection.all<{ at: number; source: number; kind: string }>(
      `SELECT at, source_id AS source, utterances.kind AS kind FROM utterances JOIN sessions ON sessions.id = session_id
       WHERE (text LIKE ? ESCAPE '\\' OR query LIKE ? ESCAPE '\\') AND at BETWEEN ? AND ? ${source === undefined ? '' : 'AND source_id = ?'}
       ORDER BY source_id, at`,
      ...[pattern, pattern, ...span, ...(source === undefined ? [] : [source])],
    ),
  );
}

/** Spans of one source around its mentions; those that touch are one, so that each row is counted once. */
function spansOf(sorted: readonly Mention[]): Forgetting[] {
  const spans: { from: number; to: number; source: number }[] = [];
  for (const { at, source, kind } of sorted) {
    const { before, after } = kind === 'narration' ? nearNarration : { before: 0, after: 0 };
    const [from, to] = [at - 1000 * before, at + 1000 * after];
    const last = spans.at(-1);
    if (last?.source === source && from <= last.to + 1) last.to = Math.max(last.to, to);
    else spans.push({ from, to, source });
  }
  return spans;
}
