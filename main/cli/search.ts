import { OnlookerError } from '../errors.ts';
import type { Matched, Moment, Utterance } from '../memory/moments.ts';
import type { ThumbnailReference } from '../memory/thumbnails.ts';
import { oneLine } from '../output/clean-text.ts';
import { shortTime } from '../output/clock.ts';
import { number, parse } from './command.ts';
import { StandardOutput } from './standard-output.ts';
import { localTime, parseDay } from './times.ts';

export const usage = `Usage: onlooker search TEXT [OPTIONS]

Finds moments in which all words of TEXT were narrated, asked or answered. A part of a word is enough; "double quotes"
keep words together.

  --json           one moment a line, as JSON
  --day DAY        only that day: 2026-05-01, today, yesterday
  --source TEXT    only sources with TEXT in their name
  --limit N        moments shown, at most (10)
  --memory DIR     folder of the memory (the user's data folder)`;

/** `onlooker search`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('search', args, {
    json: { type: 'boolean', default: false },
    day: { type: 'string' },
    source: { type: 'string' },
    limit: { type: 'string' },
    memory: { type: 'string' },
  });
  const text = positionals.join(' ');
  if (text.replaceAll('"', '').trim() === '') {
    throw new OnlookerError('usage', 'What is to be found? Write: onlooker search "build failed".');
  }
  const limit = number('limit', values.limit, { what: 'a whole number, 1 to 1000', min: 1, max: 1000, whole: true });
  const filter = {
    ...(values.day !== undefined && parseDay('day', values.day)),
    ...(values.source !== undefined && { source: values.source }),
    limit: limit ?? 10,
  };

  const { openMemory } = await import('../memory/open-memory.ts');
  const { findMoments } = await import('../memory/find-moments.ts');
  using memory = await openMemory({ folder: values.memory });
  const stdout = new StandardOutput();
  const moments = findMoments(memory, text, filter);
  for (const moment of moments) await stdout.line(values.json ? json(moment) : lines(moment));
  if (moments.length === 0 && !values.json) process.stderr.write('Nothing was found.\n');
  return 0;
}

type Found = Moment & { readonly thumbnail?: ThumbnailReference };

function lines({ at, source, from, utterances, matched }: Found): string {
  const head = `${localTime(at)}  ${oneLine(source)} at ${shortTime(from)}  (${matched.map(reason).join('; ')})`;
  return [head, ...utterances.map((utterance) => `  ${line(utterance)}`)].join('\n');
}

function line({ t, query, text }: Utterance): string {
  const words = query === undefined ? oneLine(text) : `Q: ${oneLine(query)} / A: ${oneLine(text)}`;
  return `[${shortTime(t)}] ${words}`;
}

/** `"build", "failed" in a narration` */
function reason(matched: Matched): string {
  const place = { narration: 'a narration', answer: 'an answer', query: 'a question' }[matched.in];
  return `${matched.words.map((word) => `"${oneLine(word)}"`).join(', ')} in ${place}`;
}

/** Wall-clock times as ISO 8601. */
function json(moment: Found): string {
  const utterances = moment.utterances.map((utterance) => ({ ...utterance, at: iso(utterance.at) }));
  return JSON.stringify({ ...moment, at: iso(moment.at), utterances });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
