/** Answers about the past: only what was seen, each with its time, and an honest no. */
import { expect, test } from 'vitest';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { ask } from '../../main/memory/find/ask.ts';
import { evidenceFor } from '../../main/memory/find/evidence.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { plainAnswer } from '../../main/output/answer.ts';
import { openTextTower } from '../../main/vision/text-tower.ts';
import { onlooker } from '../support/command-line.ts';
import { narrationRow, session } from '../support/memory.ts';
import { memoryForEachTest } from '../support/memory-for-each-test.ts';

let memory: Connection;
let folder: string;
memoryForEachTest((opened, path) => {
  memory = opened;
  folder = path;
});

const now = new Date(2026, 4, 1, 15, 30);
const at = (hours: number, minutes = 0) => new Date(2026, 4, 1, hours, minutes).getTime();

function fill(): void {
  session(memory).write([
    narrationRow(100, 'The build failed in the terminal.', at(9, 30)),
    narrationRow(200, '터미널에서 빌드가 실패했다.', at(10)),
    narrationRow(300, 'A terminal opened.', at(13, 30)),
    narrationRow(400, 'The build finished.', at(14)),
    { type: 'answer', t: 500, at: at(15), query: 'Did the build finish?', text: 'The build finished with a walrus.' },
  ]);
}

const seen = (question: string, options = {}) =>
  ask(memory, question, { now, ...options }).seen.map(({ text }) => text);

test('by words, by times, by both', () => {
  fill();
  expect(seen('When did the build fail?')).toEqual(['The build failed in the terminal.']);
  expect(seen('what did I do before lunch?')).toEqual([
    'The build failed in the terminal.',
    '터미널에서 빌드가 실패했다.',
  ]);
  expect(seen('what about the build after lunch?')).toEqual(['The build finished.']);
  expect(seen('빌드가 언제 실패했어?')).toEqual(['터미널에서 빌드가 실패했다.']);
  expect(seen('점심 이후에 터미널')).toEqual([]);
  expect(seen('what happened in the last 2 hours')).toEqual(['A terminal opened.', 'The build finished.']);
  expect(seen('what did I do?')).toHaveLength(4); // today
  expect(seen('what did I do?', { since: at(14) })).toEqual(['The build finished.']);
  expect(seen('what happened yesterday?')).toEqual([]);
  expect(ask(memory, 'what did I do?', { now, limit: 2 })).toMatchObject({ more: 2 });
});

test('words that were not seen, and parts of words, find nothing', () => {
  fill();
  for (const question of ["what's the weather?", "Isn't there an ox?", 'did I see a minal', "What’s Bob's score?"]) {
    expect(seen(question), question).toEqual([]);
    expect(plainAnswer(question, ask(memory, question, { now })), question).toMatch(/^I did not see that\. /);
  }
  expect(seen("what's the terminal's state?")).toHaveLength(2);
});

test('a date as people write it; one that there is not is told', () => {
  fill();
  for (const question of ['on May 1', '1.5.2026', '5月1日', '5월 1일에 뭐 했어?', 'at 9:30 on 1 May', '午前9時30分']) {
    expect(seen(question), question).toContain('The build failed in the terminal.');
  }
  const answer = (question: string) => plainAnswer(question, ask(memory, question, { now }));
  expect(answer('the build on 5/1/2026')).toMatch(/^I read 5\/1 as /);
  expect(answer('on 31.2.2026')).toBe(
    'I do not understand the time "on 31.2.2026". Write it as 2026-05-01, 1 May, 15:21, yesterday or last Friday.',
  );
  expect(answer('2月31日は何をした')).toMatch(/^「2月31日」がいつのことか/);
});

test('an answer is in the language of its question', () => {
  fill();
  const answer = (question: string) => plainAnswer(question, ask(memory, question, { now, limit: 2 }));
  expect(answer('빌드가 언제 실패했어?')).toMatch(/^"빌드".*에 관해 본 것:\n- 터미널에서 빌드가 실패했다\. \[/);
  expect(answer('오늘 고양이를 봤어?')).toMatch(
    /^그것은 보지 못했습니다\. 찾아본 것: "고양이", 2026-05-01 00:00부터 24:00까지\.$/,
  );
  expect(answer('猫はいましたか')).toMatch(/^それは見ていません。/);
  expect(answer('有没有猫')).toMatch(/^没有看到。/);
});

test('what it answered before is no evidence', () => {
  fill();
  expect(seen('did the build finish with a walrus')).toEqual(['The build finished.']);
  expect(seen('a walrus')).toEqual([]);
  expect(seen('what happened between 14:30 and 15:30')).toEqual([]);
});

test('of many things it saw, half of the words are not too few, and fewer are', () => {
  fill();
  expect(seen('did the build of the browser fail')).toEqual(['The build failed in the terminal.']);
  expect(seen('was the cat on the browser or in the terminal')).toEqual([]);
});

test('every statement has its time and place, and what was not seen is not made up', async () => {
  fill();
  const answer = async (question: string) => plainAnswer(question, ask(memory, question, { now, limit: 2 }));
  expect(await answer('the build after lunch')).toBe(`This is what I saw of "build" between 2026-05-01 13:00 and 24:00:
- The build finished. [2026-05-01 14:00:00, screen at 06:40.0]`);
  expect(await answer('the build')).toMatch(
    /^This is what I saw of "build":\n- The build failed.*\n- The build finished.*$/,
  );
  expect(await answer('the build in the browser before 9:45')).toMatch(
    /^I did not see all of it\. This comes nearest: what I saw of "build", "browser" between .*:\n- The build failed/,
  );
  expect(await answer('is there a cat today?')).toBe(
    'I did not see that. I looked for anything of "cat" between 2026-05-01 00:00 and 24:00.',
  );
  expect(await answer('what happened yesterday')).toBe(
    'I did not see that. I looked for anything at all between 2026-04-30 00:00 and 24:00.',
  );
});

test('what nobody said is found in its pictures, if they show it and nothing else', async () => {
  const bundle = await openBundle();
  await using tower = (await openTextTower(bundle))!;
  const like = async (text: string) => tower.embed(`a computer screen: ${text}`);
  const browser = await like('a web browser');
  const frames = (from: number, embedding: Float32Array) =>
    Array.from({ length: 20 }, (_, i) => ({
      ...({ type: 'frame', t: from + i, at: at(13) + 1000 * (from + i), pSilent: 0.9, changed: 1, embedding } as const),
    }));
  session(memory, { encoder: bundle.manifest.files.vision.sha256 }).write([
    ...[...frames(0, browser), ...frames(100, await like('a terminal'))],
    narrationRow(300, 'A mail program opened.', at(14)),
  ]);
  const asked = async (question: string) => plainAnswer(question, await evidenceFor(memory, question, { now }));
  expect(await asked('was there a web browser?')).toMatch(
    /^I did not see all of it\..*\n- A picture looks like a web browser\. \[2026-05-01 13:00:\d\d, screen at 00:\d\d\.0\]$/,
  );
  expect(await asked('브라우저를 봤어?')).toMatch(
    /^모두 보지는 못했습니다\. "브라우저".*에 관해 가장 가까운 것:\n- "브라우저"처럼 보이는 그림이 있습니다\. \[/,
  );
  expect(await asked('did I have a spreadsheet?')).toMatch(/^I did not see that\./);
  expect(await asked('a cat?')).toMatch(/^I did not see that\./);
  expect(await asked('the terminal before 1 pm')).toMatch(/^I did not see that\./);
  expect(await asked('the mail program')).toMatch(/^This is what I saw of .*\n- A mail program opened\. .*$/);
});

test('a question about now is not answered from the past, unless a time is given', async () => {
  fill();
  session(memory).write([
    narrationRow(600, 'Two windows are open on the screen. 화면에 창이 열려 있다. 屏幕上有窗口。', at(15)),
  ]);
  const asked = async (question: string, options = {}) =>
    plainAnswer(question, await evidenceFor(memory, question, { now, ...options }));
  expect(await asked('What is on the screen?')).toMatch(/^That is about now, and nothing is being watched/);
  expect(await asked('How many windows are open?')).toMatch(/^That is about now, .* "onlooker narrate screen"/);
  expect(await asked('화면에 뭐가 있어?')).toMatch(/^지금에 관한 질문인데/);
  expect(await asked('画面に何がありますか？')).toMatch(/^今についての質問ですが/);
  expect(await asked('屏幕上有什么？')).toMatch(/^这个问题问的是现在/);
  expect(await asked('What is on the screen?', { since: at(9) })).toContain('Two windows are open');
  expect(await asked('What was on the screen?')).toContain('Two windows are open');
  const answer = await onlooker('ask', 'What is on the screen?', '--memory', folder);
  expect(answer).toMatchObject({ code: 0, stdout: expect.stringMatching(/^That is about now/) });
});

test('on the command line', async () => {
  session(memory).write([narrationRow(1, 'The build failed.', Date.now() - 1000)]);
  const options = ['--memory', folder];
  const answer = await onlooker('ask', 'what', 'happened', 'in the last hour?', ...options);
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  const [, cited] = /- The build failed\. \[([\d :-]+), screen at 00:01\.0\]\n$/.exec(answer.stdout) ?? [];
  expect((await onlooker('recap', '--since', cited!, ...options)).stdout).toContain('The build failed.');
  expect(await onlooker('ask', 'Did a cat appear?', ...options)).toMatchObject({
    ...{ code: 0, stdout: expect.stringMatching(/^I did not see that\. .*"cat", "appear"/) },
  });
  expect(await onlooker('ask', ...options)).toMatchObject({ code: 2, stderr: expect.stringContaining('onlooker ask') });
});
