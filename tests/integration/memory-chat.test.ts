/** Answers and recaps written by a chat model: cited or not given, and only where the user said so. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openChatModel } from '../../main/chat/open-chat-model.ts';
import { ask } from '../../main/memory/find/ask.ts';
import { recap } from '../../main/memory/find/recap.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { plainAnswer } from '../../main/output/answer.ts';
import { chatAnswer } from '../../main/output/chat-answer.ts';
import { chatRecap } from '../../main/output/chat-recap.ts';
import { recapMarkdown, writtenRecap } from '../../main/output/recap.ts';
import { ChatEndpoint, streamed, whole } from '../support/chat-endpoint.ts';
import { CommandLine, onlooker } from '../support/command-line.ts';
import { frameRow, narrationRow, session } from '../support/memory.ts';
import { memoryForEachTest } from '../support/memory-for-each-test.ts';

let memory: Connection;
let folder: string;
memoryForEachTest((opened, path) => {
  memory = opened;
  folder = path;
  session(memory).write([
    narrationRow(100, 'The build failed.', at(9)),
    narrationRow(200, '빌드가 끝났다.', at(10)),
    narrationRow(300, 'The build finished.', at(14)),
  ]);
});

const now = new Date(2026, 4, 1, 15, 30);
const at = (hours: number) => new Date(2026, 4, 1, hours).getTime();
const tiny = fileURLToPath(new URL('../fixtures/tiny-llama.gguf', import.meta.url));

/** The answer to a question, and what the user was told beside it. */
async function answered(
  options: { url?: string; model?: string; silentSeconds?: number; key?: string },
  question: string,
) {
  const notices: string[] = [];
  await using model = await openChatModel({ model: 'any', ...options });
  const write = chatAnswer(model, { now, onNotice: (line) => notices.push(line) });
  return { answer: await write(question, ask(memory, question, { now })), notices };
}
const plainly = async (question: string) => plainAnswer(question, ask(memory, question, { now }));

test.each([
  ['whole', whole],
  ['streamed', streamed],
])('%s: the answer ends with its moments, and citations of nothing are dropped', async (_, answer) => {
  await using endpoint = await ChatEndpoint.open(
    answer('<think>[2]?</think>It failed at nine [1, 7] 🪟.\n\nLater it finished [2] [9]. And more [12-14].'),
  );
  const { answer: text, notices } = await answered({ url: endpoint.url, key: 'secret' }, 'What about the build?');
  expect(text).toBe(`It failed at nine [1] 🪟.
Later it finished [2]. And more.

[1] The build failed. [2026-05-01 09:00:00, screen at 01:40.0]
[2] The build finished. [2026-05-01 14:00:00, screen at 05:00.0]`);
  expect(notices).toEqual([
    expect.stringMatching(
      /^The question and the texts found for it are sent to http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions, on this machine\.$/,
    ),
  ]);
  const [{ path, authorization, body }] = endpoint.received as [(typeof endpoint.received)[0]];
  expect([path, authorization, body.model]).toEqual(['/v1/chat/completions', 'Bearer secret', 'any']);
  const [system, user] = body.messages;
  expect(system!.content).toContain('Answer in the language of the user.');
  expect(user!.content).toBe(`It is now 2026-05-01 15:30.
Records:
[1] 2026-05-01 09:00:00, screen: The build failed.
[2] 2026-05-01 14:00:00, screen: The build finished.

Question: What about the build?`);
});

test('a Korean question is asked for in Korean', async () => {
  await using endpoint = await ChatEndpoint.open(whole('10시에 끝났습니다 [1].'));
  const { answer } = await answered({ url: endpoint.url }, '빌드가 언제 끝났어?');
  expect(answer).toMatch(/^10시에 끝났습니다 \[1\]\.\n\n\[1\] 빌드가 끝났다\./);
  expect(endpoint.received[0]!.body.messages[0]!.content).toContain('한국어로 답하세요.');
});

test('nothing is sent when nothing was seen', async () => {
  await using endpoint = await ChatEndpoint.open(whole('A cat [1].'));
  const { answer, notices } = await answered({ url: endpoint.url }, 'Was there a cat?');
  expect(answer).toMatch(/^I did not see that\./);
  expect([notices, endpoint.received]).toEqual([[], []]);
});

describe('a model that fails: the plain answer, and why', () => {
  test.each<[string, (response: import('node:http').ServerResponse) => void, string]>([
    ['without citations', whole('It failed.'), 'The chat model named none of the moments it was given.'],
    ['of others', streamed('It failed [8].'), 'The chat model named none of the moments it was given.'],
    ['empty', whole(''), 'named none of the moments'],
    [
      '401',
      (response) => response.writeHead(401).end(),
      'it refuses the key (401); put the right one into ONLOOKER_CHAT_KEY.',
    ],
    ['500', (response) => response.writeHead(500).end('out of\nmemory'), 'it answers 500: out of memory.'],
    [
      'elsewhere',
      (response) => response.writeHead(302, { location: 'http://127.0.0.2:9/' }).end(),
      'it sends elsewhere (302), which is not followed.',
    ],
    ['not JSON', (response) => response.end('<html>'), 'its answer is not JSON.'],
    ['other JSON', (response) => response.end('{"choices":[]}'), 'its answer is not one of chat completions.'],
    [
      'an error in JSON',
      (response) => response.end('{"error":{"message":"no such model"}}'),
      'it says: no such model.',
    ],
    [
      'a bad part',
      (response) => response.setHeader('content-type', 'text/event-stream').end('data: {"cho\n\n'),
      'its answer is not JSON.',
    ],
    [
      'cut off',
      (response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{');
        response.destroy();
      },
      'it cannot be reached',
    ],
    ['silent', () => {}, 'it has been silent for 0.2 s.'],
    [
      'silent in the midst of it',
      (response) => void response.writeHead(200).write('{'),
      'it has been silent for 0.2 s.',
    ],
    ['without end', (response) => void response.writeHead(200).end(' '.repeat(2e6)), 'its answer has no end.'],
  ])('%s', async (_, respond, why) => {
    await using endpoint = await ChatEndpoint.open(respond);
    const silent = why.includes('silent') ? { silentSeconds: 0.2 } : {};
    const { answer, notices } = await answered({ url: endpoint.url, ...silent }, 'How did the build go?');
    expect(answer).toBe(await plainly('How did the build go?'));
    expect(notices).toEqual([expect.stringContaining('are sent to'), expect.stringContaining(why)]);
    expect(notices[1]).toMatch(/This is told without it\.$/);
  });

  test('nobody there', async () => {
    const endpoint = await ChatEndpoint.open(() => {});
    const { url } = endpoint;
    await endpoint[Symbol.asyncDispose]();
    const { answer, notices } = await answered({ url }, 'How did the build go?');
    expect(answer).toBe(await plainly('How did the build go?'));
    expect(notices[1]).toContain('it cannot be reached (ECONNREFUSED)');
  });

  test('a GGUF file whose model has no room for the prompt', async () => {
    const { answer, notices } = await answered({ model: tiny }, 'How did the build go?');
    expect(answer).toBe(await plainly('How did the build go?'));
    expect(notices).toEqual([expect.stringMatching(/^The chat model did not answer: .* does not run/)]);
  });

  test('a file that is no model', async () => {
    const { answer, notices } = await answered({ model: fileURLToPath(import.meta.url) }, 'How did the build go?');
    expect(answer).toBe(await plainly('How did the build go?'));
    expect(notices).toEqual([expect.stringContaining('does not run')]);
  });
});

/** A model of random weights, with room for a prompt: what it writes means nothing, but its form is that of an answer. */
function localModel(): string {
  const bytes = readFileSync(tiny);
  const key = 'llama.context_length';
  // The key, the type of the value, the value.
  bytes.writeUInt32LE(8192, bytes.indexOf(key) + key.length + 4);
  const path = join(folder, 'model.gguf');
  writeFileSync(path, bytes);
  return path;
}

test('a local model writes the answer, and cites whatever it knows', async () => {
  const { answer, notices } = await answered({ model: localModel() }, 'How did the build go?');
  expect(notices).toEqual([]);
  const [written, moments] = answer.split('\n\n');
  expect(written).toMatch(/^[^[]{3,} \[[12]\]/);
  expect(moments).toMatch(/^\[[12]\] The build f(ailed|inished)\. \[2026-05-01 /);
  expect(answer).not.toContain(await plainly('How did the build go?'));
});

test('a recap is told, and its activities bear the numbers', async () => {
  const activities = recap(memory, { from: at(0), before: at(24) });
  await using endpoint = await ChatEndpoint.open(streamed('*The* build failed [1] [5].'));
  await using model = await openChatModel({ url: endpoint.url, model: 'any' });
  const text = await chatRecap(model, writtenRecap(activities));
  expect(text).toMatch(/activit.*\n\n\\\*The\\\* build failed \[1\]\.\n\n## 2026-05-01\n\n### \[1\] 09:00/);
  expect(endpoint.received[0]!.body.messages[1]!.content).toMatch(
    /^Records:\n\[1\] 2026-05-01 09:00 to .*The build failed\./,
  );
  await using bad = await ChatEndpoint.open(whole('Nothing.'));
  await using other = await openChatModel({ url: bad.url, model: 'any' });
  const written = writtenRecap(activities);
  expect(await chatRecap(other, written)).toBe(recapMarkdown(written));
});

describe('on the command line', () => {
  test('a local model writes answers and recaps', async () => {
    session(memory).write([frameRow(1, Date.now() - 1000), narrationRow(1, 'A door opened.', Date.now() - 1000)]);
    const options = ['--memory', folder, '--chat-model', localModel()];
    const asked = await onlooker('ask', 'what about the door?', ...options);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toMatch(/ \[1\].*\n\n\[1\] A door opened\. \[/s);
    const told = await onlooker('recap', '--since', '1h', ...options);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/^# Recap\n\n.*\n\n.* \[1\].*\n\n## .*\n\n### \[1\] /s);
  });

  test('an endpoint, its key from the environment, and the line that says where texts go', async () => {
    session(memory).write([narrationRow(1, 'A door opened.', Date.now() - 1000)]);
    await using endpoint = await ChatEndpoint.open(streamed('It opened [1].'));
    const args = ['ask', 'what about the door?', '--memory', folder, '--chat-url', endpoint.url, '--chat-model', 'm'];
    const ended = await new CommandLine(args, { env: { ONLOOKER_CHAT_KEY: 'k' } }).ended;
    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^The question and .* on this machine\.\n$/),
    });
    expect(ended.stdout).toMatch(/^It opened \[1\]\.\n\n\[1\] A door opened\. \[/);
    expect(endpoint.received[0]!.authorization).toBe('Bearer k');
    const recapped = await onlooker('recap', '--memory', folder, '--chat-url', endpoint.url, '--chat-model', 'm');
    expect(recapped.stdout).toContain('It opened [1].');
  });

  test.each([
    [['--chat-url', 'http://127.0.0.1:1/v1'], '--chat-model NAME'],
    [['--chat-url', 'file:///etc/passwd', '--chat-model', 'm'], 'no address of an endpoint'],
    [['--chat-url', 'http://a:b@c/v1', '--chat-model', 'm'], 'ONLOOKER_CHAT_KEY'],
    [['--chat-model', 'gone.gguf'], 'there is no such file'],
    [['--chat-model', tiny, '--chat-timeout', '0'], '--chat-timeout'],
  ])('%j is refused', async (args, why) => {
    expect(await onlooker('ask', 'the build', '--memory', folder, ...args)).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining(why) },
    });
  });
});
