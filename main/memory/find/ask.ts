/** Questions about the past: which moments answer one. Writing the answer is somebody else's work (main/output). */

import { checkText, checkWords } from '../../base/text-limits.ts';
import type { TimeSpan } from '../../base/time-span.ts';
import { readTimes } from '../../said-times/question-times.ts';
import { keepWithinLimits } from '../forget/within-limits.ts';
import type { Connection } from '../store/connection.ts';
import { guarded } from '../store/failures.ts';
import { storeTrigrams } from '../store/trigram-blocks.ts';
import { longest, type Utterance } from './moments.ts';
import { sourceOf } from './picture-hits.ts';
import { framesShowing, type PictureQuestion } from './picture-question.ts';
import { questionWords } from './question-words.ts';
import { searchText } from './search.ts';
import { momentsIn } from './timeline.ts';

/** Something that was said, or a picture that shows what was asked about, and where. */
export interface Seen extends Omit<Utterance, 'kind'> {
  readonly kind: Utterance['kind'] | 'picture';
  readonly session: number;
  readonly source: string;
}

/** What the memory holds for a question. */
export interface Evidence {
  /** Where it was looked; undefined: everywhere. */
  readonly span: TimeSpan | undefined;
  /** What was looked for; empty: everything in the span. */
  readonly words: readonly string[];
  /** In the order of the wall clock; empty: it was not seen. */
  readonly seen: readonly Seen[];
  /** Whether it has all of the words; otherwise it is what comes nearest. */
  readonly exact: boolean;
  /** How much more there would have been. */
  readonly more: number;
  /** How a date was read that can be read in two ways. */
  readonly note?: string;
  /** A time in the question that is none that is understood; then nothing was looked for. */
  readonly unread?: string;
  /** The question is about what is on the screen now; then nothing was looked for. */
  readonly aboutNow?: boolean;
}

export interface AskOptions {
  /** Nothing from before, milliseconds since 1970. */
  readonly since?: number;
  /** What was seen, at most; default 10, the latest. */
  readonly limit?: number;
  /** What pictures are to be looked for as well (picture-question.ts). */
  readonly pictures?: PictureQuestion | undefined;
  /** For tests. */
  readonly now?: Date;
}

/** Moments looked at for each word. */
const momentsPerWord = 200;

/**
 * What was narrated that has most of the question's words, at least half of them, in the time it names; without words, all
 * that was said then; with neither, today. And pictures that show it, if they are to be looked for. @throws OnlookerError
 * `memory-damaged`, `usage` when the question is too long
 */
export function ask(connection: Connection, question: string, options: AskOptions = {}): Evidence {
  const { since, limit = 10, pictures, now = new Date() } = options;
  checkText('The question', question);
  const times = readTimes(question, now);
  if (times.unread !== undefined) {
    return { span: undefined, words: [], seen: [], exact: true, more: 0, unread: times.unread };
  }
  const words = questionWords(times.rest);
  checkWords('The question', words);
  const note = times.note !== undefined && { note: times.note };
  const today = readTimes('today', now).span;
  const named = times.span ?? (words.length === 0 && since === undefined ? today : undefined);
  const span = since === undefined ? named : { before: Number.MAX_SAFE_INTEGER, ...named, from: since };
  keepWithinLimits(connection, storeTrigrams);
  const { all, exact } = guarded(connection.folder, () =>
    words.length > 0 ? withWords(connection, words, span) : { all: inSpan(connection, span!), exact: true },
  );
  all.sort((a, b) => a.at - b.at);
  const shown = pictures ? guarded(connection.folder, () => inPictures(connection, pictures, all, span, limit)) : [];
  const seen = bestOf(all.toReversed(), shown, limit).sort((a, b) => a.at - b.at);
  return { span, words, seen, exact, more: all.length + shown.length - seen.length, ...note };
}

/** Pictures in which it is seen, away from what was said of it. */
function inPictures(
  connection: Connection,
  question: PictureQuestion,
  said: readonly Seen[],
  span: TimeSpan | undefined,
  most: number,
): Seen[] {
  return framesShowing(connection, question, { ...span }, most)
    .filter(({ session, t }) => !said.some((one) => one.session === session && Math.abs(one.t - t) <= longest))
    .map(({ session, t, at }) => {
      return { session, t, at, kind: 'picture', text: question.statement, source: sourceOf(connection, session) };
    });
}

/** So many of both, each best first: by their places, because what is good in one cannot be compared with the other. */
function bestOf(said: readonly Seen[], shown: readonly Seen[], limit: number): Seen[] {
  const places = [said, shown].flatMap((list) => list.map((one, place) => ({ one, place })));
  return places
    .sort((a, b) => a.place - b.place)
    .slice(0, limit)
    .map(({ one }) => one);
}

function withWords(
  connection: Connection,
  words: readonly string[],
  span: TimeSpan | undefined,
): { all: Seen[]; exact: boolean } {
  const found = new Map<string, { readonly seen: Seen; words: number }>();
  for (const word of words) {
    for (const { session, source, utterances } of searchText(connection, `"${word}"`, {
      ...span,
      limit: momentsPerWord,
    })) {
      for (const utterance of utterances.filter(({ text }) => hasWord(text, word))) {
        const key = JSON.stringify([session, utterance.t, utterance.text]);
        const entry = found.get(key) ?? { seen: { ...utterance, session, source }, words: 0 };
        entry.words++;
        found.set(key, entry);
      }
    }
  }
  const entries = [...found.values()];
  const most = Math.max(words.length / 2, ...entries.map((entry) => entry.words));
  const all = entries.filter((entry) => entry.words >= most).map(({ seen }) => seen);
  return { all, exact: most === words.length };
}

/** A word begins where it is found, unless its script puts no spaces between words: "ox" is not in "box". */
function hasWord(text: string, word: string): boolean {
  if (!/^[\p{Script=Latin}\p{N}]/u.test(word)) return true;
  const fold = (letters: string) => letters.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return new RegExp(`(?<![\\p{L}\\p{N}])${fold(word).replaceAll(/[.*+?^${}()|[\]\\-]/g, '\\$&')}`, 'u').test(
    fold(text),
  );
}

function inSpan(connection: Connection, span: TimeSpan): Seen[] {
  const all: Seen[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = momentsIn(connection, span, after);
    for (const { session, source, utterances } of page.moments) {
      const narrated = utterances.filter(({ kind }) => kind === 'narration');
      all.push(...narrated.map((utterance) => ({ ...utterance, session, source })));
    }
    after = page.next;
  }
  return all;
}
