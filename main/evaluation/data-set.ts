import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { OnlookerError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { readWhole } from '../base/read-whole.ts';
import { hasSubject, type Kind, kinds, type Subject } from './grammar.ts';
import { scopeOf } from './instructions.ts';
import type { TrueEvent } from './matching.ts';
import { comparable } from './reading.ts';

/** A recording and what happens in it. */
export interface AnnotatedVideo {
  readonly name: string;
  readonly path: string;
  /** Standing instruction; undefined: the bundle's own. */
  readonly instruction: string | undefined;
  /** What the instruction asks for, in order of time. */
  readonly events: readonly TrueEvent[];
  readonly questions: readonly AnsweredQuestion[];
}

export interface AnsweredQuestion {
  readonly t: number;
  readonly query: string;
  /** The right answer. */
  readonly answer: string;
}

/** File name of the recording, and media time in seconds: for an event, of the first frame that shows it. */
const place = { video: z.string().min(1), t: z.number().min(0) };
/** Most bytes of an annotations file: a million lines. */
const mostBytes = 2 ** 27;
const readable = z.string().refine((text) => comparable(text) !== '', 'it has no letter or digit');
/** A line of `annotations.jsonl`. */
const line = z.union([
  z.object({ ...place, query: z.string().min(1), answer: z.string().min(1) }),
  z.object({ ...place, kind: z.literal('instruction'), text: z.string().min(1) }),
  z.object({
    ...place,
    kind: z.enum(kinds as [Kind, ...Kind[]]),
    subject: z.string().nullable().default(null),
    read: z.array(readable).min(1).optional(),
  }),
]);
type Line = z.infer<typeof line>;

/**
 * Reads a folder in the Desk World format (`annotations.jsonl`, its recordings in `videos/` or beside it; a recording
 * without a line is one in which nothing happens), or a lone events file beside the recordings it names.
 */
export async function readDataSet(path: string): Promise<AnnotatedVideo[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new OnlookerError('source-not-found', `There is no ${path}. Give a folder with annotations.jsonl.`, {
      cause,
    });
  });
  const folder = found.isDirectory() ? path : dirname(path);
  const lines = await readAnnotations(found.isDirectory() ? join(path, 'annotations.jsonl') : path);
  const names = new Set([...lines.keys(), ...(found.isDirectory() ? await recordingsIn(join(path, 'videos')) : [])]);
  return [...names].sort().map((name) => {
    const file = [join(folder, 'videos', name), join(folder, name)].find(existsSync);
    if (file === undefined) {
      throw new OnlookerError('source-not-found', `${path} names ${name}, but there is no such recording beside it.`);
    }
    return { name, path: file, ...annotationsOf((lines.get(name) ?? []).toSorted((a, b) => a.t - b.t)) };
  });
}

function annotationsOf(lines: readonly Line[]): Pick<AnnotatedVideo, 'instruction' | 'events' | 'questions'> {
  const instruction = lines.flatMap((one) => ('kind' in one && one.kind === 'instruction' ? [one.text] : [])).at(0);
  const events = lines.flatMap((one) => ('kind' in one && one.kind !== 'instruction' ? [eventOf(one)] : []));
  const questions = lines.flatMap((one) =>
    'query' in one ? [{ t: one.t, query: one.query, answer: one.answer }] : [],
  );
  return {
    instruction,
    events: instruction === undefined ? events : events.filter(scopeOf(instruction)),
    questions,
  };
}

/** No narration can name a subject where the kind has none, so one that is annotated there does not count. */
function eventOf({ t, kind, subject, read }: Extract<Line, { kind: Kind }>): TrueEvent {
  return { t, kind, subject: hasSubject(kind) ? (subject as Subject | null) : null, ...(read && { read }) };
}

async function readAnnotations(path: string): Promise<Map<string, Line[]>> {
  const bytes = await readWhole(path, mostBytes).catch((cause: unknown) => {
    throw new OnlookerError('source-not-found', `${path} cannot be read. Give a folder with annotations.jsonl.`, {
      cause,
    });
  });
  const lines = bytes
    .toString('utf8')
    .split('\n')
    .flatMap((row, i) => (row.trim() === '' ? [] : [readLine(row, `${path}, line ${i + 1}`)]));
  return Map.groupBy(lines, ({ video }) => video);
}

function readLine(row: string, where: string): Line {
  try {
    return line.parse(parseJson(row));
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? firstIssue(cause) : undefined;
    const problem = issue ? `${issue.path.join('.') || 'the line'}: ${issue.message}` : 'it is not valid JSON';
    throw new OnlookerError('source-unreadable', `${where}: ${problem}.`, { cause });
  }
}

/** What is wrong with the line as an event, which most lines are. */
function firstIssue({ issues: [issue] }: z.ZodError): z.core.$ZodIssue | undefined {
  return issue?.code === 'invalid_union' ? issue.errors.at(-1)?.[0] : issue;
}

async function recordingsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []); // none: the recordings lie beside the annotations
  return names.filter((name) => /\.(mp4|mkv|webm|mov|avi)$/i.test(name));
}
