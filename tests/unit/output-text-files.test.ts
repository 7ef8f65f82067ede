import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ObsTextFile } from '../../main/output/obs-text-file.ts';
import { TextFiles } from '../../main/output/text-files.ts';
import { temporaryFolder } from '../support/memory.ts';

let folder: ReturnType<typeof temporaryFolder>;
let files: TextFiles;
const place = (name: string) => join(folder.path, name);

beforeEach(() => {
  folder = temporaryFolder();
  files = new TextFiles(place('config/text-files.json'));
});
afterEach(() => folder[Symbol.dispose]());

/** Shows a text in a file, and returns what was told of problems. */
async function show(path: string, text = 'A terminal opened.', by = files): Promise<string[]> {
  const problems: string[] = [];
  const file = new ObsTextFile(path, by, ({ message }) => problems.push(message));
  file.show(text, false);
  await file[Symbol.asyncDispose]();
  return problems;
}

test('a file that is made is ours, at later starts as well', async () => {
  const path = place('said.txt');
  expect(await show(path)).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe('');
  expect(statSync(path).mode & 0o077).toBe(0);
  writeFileSync(path, 'A program was killed while it showed this.\n');
  expect(await show(path, 'Again.', new TextFiles(place('config/text-files.json')))).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe('');
  expect(readdirSync(folder.path).sort()).toEqual(['config', 'said.txt']);
});

test.each([
  ['of the user', 'notes.txt', () => writeFileSync(place('notes.txt'), 'mine')],
  ['of the user, empty', 'notes.txt', () => writeFileSync(place('notes.txt'), '')],
  ['that a shell runs', '.bashrc', () => writeFileSync(place('.bashrc'), 'echo hello')],
  ['that a shell would run', '.bash_profile', () => {}],
  ['that opens the door', 'authorized_keys', () => {}],
  ['that a desktop would start', 'x.desktop', () => {}],
  [
    'behind a link',
    'link.txt',
    () => {
      writeFileSync(place('notes'), 'mine');
      symlinkSync(place('notes'), place('link.txt'));
    },
  ],
  ['that is not there, behind a link', 'link.txt', () => symlinkSync(place('.profile'), place('link.txt'))],
  [
    'with a second name',
    'hard.txt',
    () => {
      writeFileSync(place('notes'), 'mine');
      linkSync(place('notes'), place('hard.txt'));
    },
  ],
  ['that is a folder', 'folder.txt', () => mkdirSync(place('folder.txt'))],
])('a file %s is left alone', async (_, name, prepare) => {
  prepare();
  const before = readdirSync(folder.path).map((each) => [each, contentOf(place(each))]);
  expect(await show(place(name))).toEqual([expect.stringMatching(/is not written: .*Name /)]);
  await expect(files.claim(place(name))).rejects.toMatchObject({ code: 'output-unwritable' });
  expect(readdirSync(folder.path).map((each) => [each, contentOf(place(each))])).toEqual(before);
});

test.each(['narration.txt', '../narration.txt', '//server/share/x.txt', '\\\\server\\share\\x.txt', '/dev/null'])(
  'the place %s is refused',
  async (path) => {
    await expect(files.claim(path)).rejects.toMatchObject({ code: 'output-unwritable' });
  },
);

test('what takes the place of ours, while it is shown or later, is left alone', async () => {
  const path = place('said.txt');
  const problems: string[] = [];
  const file = new ObsTextFile(path, files, ({ message }) => problems.push(message));
  file.show('One.', false);
  await expect.poll(() => contentOf(path)).toBe('One.\n');
  writeFileSync(place('theirs'), 'mine');
  const { renameSync } = await import('node:fs');
  renameSync(place('theirs'), path);
  file.show('Two.', false);
  await expect.poll(() => problems).toEqual([expect.stringContaining('another file has taken its place')]);
  await file[Symbol.asyncDispose]();
  expect(contentOf(path)).toBe('mine');
  writeFileSync(path, 'A diary.\nOf two lines.\n');
  expect(await show(path)).toEqual([expect.stringContaining('Onlooker did not make it')]);
});

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
