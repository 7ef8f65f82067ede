import { shortTime } from '../base/clock.ts';
import { OnlookerError } from '../base/errors.ts';
import { say, visibleLine } from '../base/terminal.ts';
import type { FoundMoment } from '../memory/find/find-moments.ts';
import type { Matched, Utterance } from '../memory/find/moments.ts';
import type { Meaning } from '../memory/find/nearest-frames.ts';
import type { Connection } from '../memory/store/connection.ts';
import { filterOf } from '../memory/store/search-filter.ts';
import { parseSearch } from '../memory/store/search-terms.ts';
import { oneLine } from '../output/clean-text.ts';
import { isoMoment } from '../output/iso-moment.ts';
import { localTime } from '../said-times/typed-times.ts';
import { number, parse } from './command.ts';
import { tell } from './report.ts';
import { StandardOutput } from './standard-output.ts';

export const usage = `Usage: onlooker search TEXT [OPTIONS]

Finds moments by words and by meaning. By words: all words of TEXT were narrated; a part of a word is
enough, and "double quotes" keep words together. By meaning: the picture looks like what TEXT describes.

  --by WAY         words, meaning, or both (both)
  --answers        look in questions and answers as well, which say nothing of what was on the screen
  --json           one moment a line, as JSON
  --day DAY        only that day: 2026-05-01, 1 May, yesterday, last Friday
  --app NAME       only near narrations that name this kind of program: "web browser", terminal
  --source TEXT    only sources with TEXT in their name
  --limit N        moments shown, at most (10)
  --memory DIR     folder of the memory (the user's data folder)`;

const ways = ['words', 'meaning', 'both'];

/** `onlooker search`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('search', args, {
    by: { type: 'string', default: 'both' },
    answers: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    day: { type: 'string' },
    app: { type: 'string' },
    source: { type: 'string' },
    limit: { type: 'string' },
    memory: { type: 'string' },
  });
  const text = positionals.join(' ');
  if (text.replaceAll('"', '').trim() === '') {
    throw new OnlookerError('usage', 'What is to be found? Write: onlooker search "build failed".');
  }
  parseSearch(text); // one that is too long is refused at once
  if (!ways.includes(values.by)) {
    throw new OnlookerError('usage', `--by "${values.by}": it must be one of ${ways.join(', ')}.`);
  }
  const limit = number('limit', values.limit, { what: 'a whole number, 1 to 1000', min: 1, max: 1000, whole: true });
  const filter = { ...filterOf({ day: values.day, app: values.app, source: values.source }), limit: limit ?? 10 };

  const { openMemory } = await import('../memory/store/open-memory.ts');
  const { findMoments } = await import('../memory/find/find-moments.ts');
  using memory = await openMemory({ folder: values.memory, onNotice: tell });
  const meaning = values.by === 'words' ? undefined : await meant(memory, text, values.by);
  const stdout = new StandardOutput();
  const moments = findMoments(memory, text, {
    ...filter,
    meaning,
    words: values.by !== 'meaning',
    answers: values.answers,
  });
  for (const moment of moments) await stdout.line(values.json ? JSON.stringify(isoMoment(moment)) : lines(moment));
  if (moments.length === 0 && !values.json) say('Nothing was found.');
  return 0;
}

/** Undefined, with a word on standard error, where words must do. */
async function meant(memory: Connection, text: string, by: string): Promise<Meaning | undefined> {
  const { meaningOf } = await import('../memory/find/search-meaning.ts');
  const { meaning, problem, unknown } = { unknown: undefined, ...(await meaningOf(memory, text)) };
  if (meaning) return meaning;
  const cannot = `Cannot search by meaning: ${problem}.`;
  if (by !== 'meaning') say(`${cannot} Only words are looked for.`);
  else if (unknown) say(cannot);
  else throw new OnlookerError('usage', `${cannot} Search with --by words.`);
  return undefined;
}

function lines({ at, source, from, utterances, matched }: FoundMoment): string {
  const head = `${localTime(at)}  ${visibleLine(source)} at ${shortTime(from)}  (${matched.map(reason).join('; ')})`;
  return [head, ...utterances.map((utterance) => `  ${line(utterance)}`)].join('\n');
}

function line({ t, query, text }: Utterance): string {
  const words = query === undefined ? oneLine(text) : `Q: ${oneLine(query)} / A: ${oneLine(text)}`;
  return `[${shortTime(t)}] ${words}`;
}

/** `"build", "failed" in a narration`, `picture alike 0.61` */
function reason(matched: Matched): string {
  if (matched.in === 'picture') return `picture alike ${matched.likeness.toFixed(2)}`;
  const place = { narration: 'a narration', answer: 'an answer', query: 'a question' }[matched.in];
  return `${matched.words.map((word) => `"${oneLine(word)}"`).join(', ')} in ${place}`;
}
