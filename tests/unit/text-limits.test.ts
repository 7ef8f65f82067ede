import { expect, test } from 'vitest';
import { checkCommandLine, longestText } from '../../main/base/text-limits.ts';
import { narrateArguments } from '../../main/cli/narrate.ts';
import { NarrationControl } from '../../main/live/control.ts';
import { narrate } from '../../main/live/narrate.ts';
import { likePattern, parseSearch } from '../../main/memory/store/search-terms.ts';

const long = 'a '.repeat(longestText);

test('a search has so many words, and a word counts once', () => {
  const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ');
  expect(parseSearch(words(100)).words).toHaveLength(100);
  expect(parseSearch('ab '.repeat(1200)).words).toEqual(['ab']);
  expect(() => parseSearch(words(101))).toThrow(/has 101 words, and at most 100/);
  expect(() => parseSearch(long)).toThrow(/has 8000 characters, and at most 4000/);
  expect(() => likePattern(long)).toThrow(/at most 4000/);
});

test('an instruction and a question have so many characters, whoever gives them', async () => {
  const usage = expect.objectContaining({ code: 'usage' });
  expect(() => narrateArguments(['screen', '--ask', long])).toThrow(usage);
  expect(() => narrateArguments(['screen', '--ask-at', `1=${long}`])).toThrow(usage);
  const first = (options: Parameters<typeof narrate>[0]) => narrate(options).next();
  await expect(first({ hiding: 'none', source: 'screen', instruction: long })).rejects.toThrow(usage);
  await expect(first({ hiding: 'none', source: 'screen', questions: [{ t: 1, text: long }] })).rejects.toThrow(usage);
  const control = new NarrationControl();
  await expect(control.ask(long)).rejects.toThrow(usage);
  await expect(control.change({ instruction: long })).rejects.toThrow(usage);
});

test('a command line has so many bytes', () => {
  checkCommandLine(['node', 'onlooker', 'x'.repeat(29_000)]);
  expect(() => checkCommandLine(['node', 'onlooker', '가'.repeat(10_000)])).toThrow(/has 30015 bytes/);
});
