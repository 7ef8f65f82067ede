import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OnlookerError } from '../../main/base/errors.ts';
import { visible, visibleLine } from '../../main/base/terminal.ts';
import { describe as failure } from '../../main/cli/report.ts';
import { jsonLines } from '../../main/output/format.ts';
import { markdown } from '../../main/output/markdown.ts';

/** ESC [ 2 J in both of its codings, a bell, a line that overwrites, text turned around, a half character. */
const hostile = 'a\u001b[2J\u009b2J\u0007\rb\u202egpj.exe\u2028\ud800';
const started = { type: 'started', source: hostile, bundle: 'b', fps: 2, tokensPerFrame: 10 } as const;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const raw = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

test('what a terminal would obey is written out; lines, tabs and letters stay', () => {
  expect(visible(hostile)).toBe('a\\u001b[2J\\u009b2J\\u0007\\u000db\\u202egpj.exe\\u2028\\ud800');
  expect(visible('a\n\tb é 한 שלום 😀')).toBe('a\n\tb é 한 שלום 😀');
  expect(visibleLine(' a\n b\u001bc ')).toBe('a b\\u001bc');
});

test('JSON stays the same JSON', () => {
  expect(JSON.parse(visible(JSON.stringify({ name: hostile })))).toEqual({ name: hostile });
});

test('failures, events and logs show the name of a file as it is', () => {
  expect(failure(new OnlookerError('source-not-found', `There is no file "${hostile}".`)).message).not.toMatch(raw);
  expect(failure(new Error(hostile)).message).toContain('\\u001b[2J\\u009b2J');
  const line = jsonLines().on(started);
  expect(line).not.toMatch(raw);
  expect(JSON.parse(line).source).toBe(hostile);
  expect(markdown().on(started)).toContain('a\\\\u001b');
});

test('nothing else writes to standard output and standard error', () => {
  const writing = globSync('main/**/*.ts', { cwd: new URL('../../', import.meta.url).pathname }).filter((path) =>
    /process\.std(out|err)\.write|console\./.test(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')),
  );
  // The report of `eval` and the progress lines go through `visible` too.
  expect(writing.sort()).toEqual([
    'main/base/terminal.ts',
    'main/cli/eval.ts',
    'main/cli/progress.ts',
    'main/cli/standard-output.ts',
  ]);
});
