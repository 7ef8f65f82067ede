import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDataSet } from '../../main/evaluation/data-set.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-data-set-'));
  await mkdir(join(folder, 'videos'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(...lines: object[]): Promise<void> {
  await writeFile(join(folder, 'annotations.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

const record = (name: string) => writeFile(join(folder, 'videos', name), '');

test('events, in order of time, and questions of every recording', async () => {
  await record('a.mp4');
  await write(
    { video: 'a.mp4', t: 9, kind: 'app-closed', subject: 'mail', text: 'The mail program was closed.' },
    { video: 'a.mp4', t: 4.5, kind: 'menu-opened', subject: null },
    { video: 'a.mp4', t: 6, query: 'What is in front?', answer: 'The mail program is in front.' },
  );
  const [video, ...others] = await readDataSet(folder);
  expect(others).toEqual([]);
  expect(video).toMatchObject({ name: 'a.mp4', path: join(folder, 'videos', 'a.mp4'), instruction: undefined });
  expect(video!.events).toEqual([
    { t: 4.5, kind: 'menu-opened', subject: null },
    { t: 9, kind: 'app-closed', subject: 'mail' },
  ]);
  expect(video!.questions).toEqual([{ t: 6, query: 'What is in front?', answer: 'The mail program is in front.' }]);
});

test('an event about nothing in particular needs no subject', async () => {
  await record('a.mp4');
  await write({ video: 'a.mp4', t: 1, kind: 'menu-opened', text: 'A menu was opened.' });
  expect((await readDataSet(folder))[0]!.events).toEqual([{ t: 1, kind: 'menu-opened', subject: null }]);
});

test('a subject of what happens to nothing in particular is left out', async () => {
  await record('a.mp4');
  await write({ video: 'a.mp4', t: 1, kind: 'video-started', subject: 'browser' });
  expect((await readDataSet(folder))[0]!.events).toEqual([{ t: 1, kind: 'video-started', subject: null }]);
});

test('texts that can be read', async () => {
  await record('a.mp4');
  await write({
    video: 'a.mp4',
    t: 1,
    kind: 'dialog-opened',
    subject: 'error',
    read: ['Disk full', 'Delete some files.'],
  });
  expect((await readDataSet(folder))[0]!.events).toMatchObject([{ read: ['Disk full', 'Delete some files.'] }]);
});

test('a recording without a line is one in which nothing happens', async () => {
  await record('still.webm');
  await write();
  expect(await readDataSet(folder)).toMatchObject([{ name: 'still.webm', events: [] }]);
});

test('a standing instruction leaves the events that it asks for', async () => {
  await record('a.mp4');
  await write(
    { video: 'a.mp4', t: 0, kind: 'instruction', text: 'Only tell me about errors.' },
    { video: 'a.mp4', t: 1, kind: 'dialog-opened', subject: 'error' },
    { video: 'a.mp4', t: 5, kind: 'dialog-opened', subject: 'info' },
  );
  expect((await readDataSet(folder))[0]!.events).toEqual([{ t: 1, kind: 'dialog-opened', subject: 'error' }]);
});

test.each([
  ['an unknown kind', { t: 1, kind: 'app-launched', subject: 'mail' }, 'annotations.jsonl, line 2: kind: '],
  ['an empty list of texts', { t: 1, kind: 'menu-opened', read: [] }, 'annotations.jsonl, line 2: read: '],
  ['a text without a word', { t: 1, kind: 'menu-opened', read: ['...'] }, 'line 2: read.0: it has no letter or digit'],
  ['a time before the beginning', { t: -1, kind: 'menu-opened' }, 'annotations.jsonl, line 2: t: '],
])('%s is named with its line', async (_name, line, problem) => {
  await record('a.mp4');
  await write({ video: 'a.mp4', t: 0, kind: 'menu-opened' }, { video: 'a.mp4', ...line });
  const message = expect.stringContaining(problem);
  await expect(readDataSet(folder)).rejects.toMatchObject({ code: 'source-unreadable', message });
});

test('a line about a recording that is not there', async () => {
  await write({ video: 'gone.mp4', t: 0, kind: 'menu-opened' });
  const message = expect.stringContaining('names gone.mp4');
  await expect(readDataSet(folder)).rejects.toMatchObject({ code: 'source-not-found', message });
});
