import { type Kind, kinds, readSentence, type Subject } from './grammar.ts';
import { defaultWindow, matchUtterances, type Pair, type TrueEvent, type Utterance } from './matching.ts';
import { scoreReading } from './reading.ts';
import { scoreSegments } from './segments.ts';
import type { Stillness } from './stillness.ts';

/** One stream as it was narrated, and what was true of it. */
export interface NarratedStream {
  readonly said: readonly Utterance[];
  readonly truth: readonly TrueEvent[];
  /** To the questions asked, in order; `given` is missing when the recording ended before the question. */
  readonly answers?: readonly { readonly expected: string; readonly given: string | undefined }[];
  /** Length in seconds of media time. */
  readonly seconds: number;
  readonly still: Stillness;
}

export interface Score {
  readonly said: number;
  readonly truth: number;
  readonly matched: number;
  /** matched / said and matched / truth; null where there is nothing to divide by. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** How often one subject was named instead of another, in narrations whose kind was right. */
export interface Confusion {
  readonly said: Subject;
  readonly meant: Subject;
  readonly count: number;
}

/** What `onlooker eval --json` prints. Sums run over all streams together, so a long stream counts for more. */
export interface Report extends Score {
  readonly streams: number;
  readonly seconds: number;
  /** Seconds either way in which a narration may match an event. */
  readonly window: number;
  /** 1 - recall and 1 - precision. */
  readonly missingRate: number | null;
  readonly redundantRate: number | null;
  /** F1 when of the matched pairs only those count whose subject is right, too. */
  readonly strictF1: number | null;
  /** Mean |dt| of the matched pairs, seconds. */
  readonly meanAbsDt: number | null;
  /** Share of matched pairs whose subject is right, too. */
  readonly subjectAccuracy: number | null;
  /** Subjects taken for one another in matched pairs, the most frequent first. */
  readonly confused: readonly Confusion[];
  /** Events with texts to read, and the share within 3 s of which a narration holds one of theirs (`holds`). */
  readonly toRead: number;
  readonly readRight: number | null;
  /** Narrations that are no sentence of the grammar. */
  readonly unreadable: number;
  /** Mean |1 - narrations per segment|, and the share of segments with at least one. */
  readonly redundancy: number | null;
  readonly coverage: number | null;
  /** Mean PAUC of the segments, and that of a narrator who never says a word. */
  readonly pauc: number | null;
  readonly silentPauc: number | null;
  /** Narrations an hour while nothing on the screen changes; null when no stream stands still for long enough. */
  readonly stillUtterancesPerHour: number | null;
  readonly stillSeconds: number;
  /** Questions asked, and the share that was answered in the right words; null without questions. */
  readonly questions: number;
  readonly answersRight: number | null;
  /** By kind of event; kinds that were neither said nor true are left out. */
  readonly byKind: Readonly<Partial<Record<Kind, Score>>>;
}

export function evaluate(streams: readonly NarratedStream[], window: number = defaultWindow): Report {
  const matches = streams.map(({ said, truth }) => matchUtterances(said, truth, window));
  const pairs = matches.flat();
  const segments = streams.flatMap(({ said, truth, seconds }) => scoreSegments(said, truth, seconds));
  const exact = pairs.filter(({ similarity }) => similarity === 1).length;
  const reading = streams.flatMap(({ said, truth }) => scoreReading(said, truth));
  const texts = streams.flatMap(({ said }) => said.map(({ text }) => readSentence(text)));
  const answers = streams.flatMap((stream) => stream.answers ?? []);
  const stillSeconds = sum(streams.map(({ still }) => still.seconds));
  const stillUtterances = sum(streams.map(({ still }) => still.utterances));
  const total = score(texts.length, sum(streams.map(({ truth }) => truth.length)), pairs.length);

  const byKind: Partial<Record<Kind, Score>> = {};
  for (const kind of kinds) {
    const truth = sum(streams.map((stream) => stream.truth.filter((event) => event.kind === kind).length));
    const said = texts.filter((meaning) => meaning?.kind === kind).length;
    // A pair is of one kind: sentences of different kinds never match.
    const matched = sum(
      matches.map((found, i) => found.filter((pair) => streams[i]!.truth[pair.truth]!.kind === kind).length),
    );
    if (truth + said > 0) byKind[kind] = score(said, truth, matched);
  }

  return {
    streams: streams.length,
    seconds: sum(streams.map(({ seconds }) => seconds)),
    window,
    ...total,
    missingRate: total.recall === null ? null : 1 - total.recall,
    redundantRate: total.precision === null ? null : 1 - total.precision,
    strictF1: score(total.said, total.truth, exact).f1,
    meanAbsDt: mean(pairs.map(({ dt }) => Math.abs(dt))),
    subjectAccuracy: ratio(exact, pairs.length),
    confused: confusions(streams, matches),
    toRead: reading.length,
    readRight: mean(reading.map((right) => (right ? 1 : 0))),
    unreadable: texts.filter((meaning) => meaning === undefined).length,
    redundancy: mean(segments.map(({ replies }) => Math.abs(1 - replies))),
    coverage: mean(segments.map(({ replies }) => (replies > 0 ? 1 : 0))),
    pauc: mean(segments.map(({ pauc }) => pauc)),
    silentPauc: mean(segments.map(({ silentPauc }) => silentPauc)),
    stillUtterancesPerHour: ratio(stillUtterances * 3600, stillSeconds),
    stillSeconds,
    questions: answers.length,
    answersRight: mean(answers.map(({ expected, given }) => (given?.trim() === expected.trim() ? 1 : 0))),
    byKind,
  };
}

function confusions(streams: readonly NarratedStream[], matches: readonly (readonly Pair[])[]): Confusion[] {
  const mistakes = matches.flatMap((pairs, i) =>
    pairs.flatMap((pair) => {
      const said = readSentence(streams[i]!.said[pair.said]!.text)?.subject;
      const meant = streams[i]!.truth[pair.truth]!.subject;
      return said && meant && said !== meant ? [{ said, meant }] : [];
    }),
  );
  return [...Map.groupBy(mistakes, ({ said, meant }) => `${said} ${meant}`).values()]
    .map((alike) => ({ ...alike[0]!, count: alike.length }))
    .sort((a, b) => b.count - a.count);
}

function score(said: number, truth: number, matched: number): Score {
  return {
    said,
    truth,
    matched,
    precision: ratio(matched, said),
    recall: ratio(matched, truth),
    f1: ratio(2 * matched, said + truth),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number | null {
  return ratio(sum(values), values.length);
}
