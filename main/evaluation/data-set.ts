import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { OnlookerError } from '../errors.ts';
import { type Kind, kinds, type Subject } from './grammar.ts';
import type { TrueEvent } from './matching.ts';

/** A recording and what happens in it. */
export interface AnnotatedVideo {
  readonly name: string;
  readonly path: string;
  /** In order of time. */
  readonly events: readonly TrueEvent[];
}

/** A line of `annotations.jsonl`. */
const line = z.object({
  /** File name of the recording. */
  video: z.string().min(1),
  /** Media time of the first frame that shows it, seconds. */
  t: z.number().min(0),
  kind: z.enum(kinds as [Kind, ...Kind[]]),
  subject: z.string().nullable(),
});

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
  const events = await readAnnotations(found.isDirectory() ? join(path, 'annotations.jsonl') : path);
  const names = new Set([...events.keys(), ...(found.isDirectory() ? await recordingsIn(join(path, 'videos')) : [])]);
  return [...names].sort().map((name) => {
    const place = [join(folder, 'videos', name), join(folder, name)].find(existsSync);
    if (place === undefined) {
      throw new OnlookerError('source-not-found', `${path} names ${name}, but there is no such recording beside it.`);
    }
    return { name, path: place, events: (events.get(name) ?? []).toSorted((a, b) => a.t - b.t) };
  });
}

async function readAnnotations(path: string): Promise<Map<string, TrueEvent[]>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new OnlookerError('source-not-found', `${path} cannot be read. Give a folder with annotations.jsonl.`, {
      cause,
    });
  });
  const events = new Map<string, TrueEvent[]>();
  for (const [i, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    const { video, t, kind, subject } = readLine(row, `${path}, line ${i + 1}`);
    const known = events.get(video) ?? [];
    events.set(video, [...known, { t, kind, subject: subject as Subject | null }]);
  }
  return events;
}

function readLine(row: string, place: string): z.infer<typeof line> {
  try {
    return line.parse(JSON.parse(row));
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const problem = issue ? `${issue.path.join('.') || 'the line'}: ${issue.message}` : 'it is not valid JSON';
    throw new OnlookerError('source-unreadable', `${place}: ${problem}.`, { cause });
  }
}

async function recordingsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []); // none: the recordings lie beside the annotations
  return names.filter((name) => /\.(mp4|mkv|webm|mov|avi)$/i.test(name));
}
