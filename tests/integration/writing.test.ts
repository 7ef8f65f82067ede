/** Answers and recaps in the window and for other programs, written by the chat model that the settings name, or by nobody. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { BridgeClient, browserMode, type TestedMode } from '../support/browser-mode.ts';
import { ChatEndpoint, streamed } from '../support/chat-endpoint.ts';
import { narrationRow, session } from '../support/memory.ts';

let mode: TestedMode;
let client: BridgeClient;
let endpoint: ChatEndpoint;
const question = { text: 'What happened with the build yesterday?' };
const yesterday = new Date(new Date().setHours(0, 0, 0, 0) - 12 * 3_600_000).getTime();
const span = { from: yesterday - 3_600_000, before: yesterday + 3_600_000 };
const notices = () => client.news.flatMap((news) => (news.type === 'notice' ? [news.code] : []));

beforeAll(async () => {
  mode = await browserMode();
  client = await BridgeClient.open(mode);
  endpoint = await ChatEndpoint.open(streamed('It broke in the morning [1].'));
  using memory = await openMemory({ folder: mode.memory, create: true });
  session(memory, { startedAt: yesterday }).write([narrationRow(60, 'The build failed.', yesterday)]);
});
afterAll(async () => {
  await endpoint[Symbol.asyncDispose]();
  client[Symbol.dispose]();
  await mode[Symbol.asyncDispose]();
});

test('without a model nothing is sent, and what was said is told as it was said', async () => {
  const answer = await client.value('ask', question);
  expect(answer.text).toMatch(/^This is what I saw of "build"/);
  expect(answer.moments).toHaveLength(1);
  expect(await client.value('recap', span)).not.toContain('It broke');
  expect(endpoint.received).toEqual([]);
});

test('a model that is chosen writes from the next question on; where texts go is told once', async () => {
  await client.value('settings', { change: { chat: { model: 'scribe', url: endpoint.url } } });
  expect(endpoint.received).toEqual([]);
  const answer = await client.value('ask', question);
  expect(answer.text).toMatch(/^It broke in the morning \[1\]\.\n\n\[1\] The build failed\. \[/);
  expect(answer.moments).toHaveLength(1);
  expect(await client.value('recap', span)).toContain('It broke in the morning [1].');
  expect(endpoint.received.map(({ body }) => body.model)).toEqual(['scribe', 'scribe']);
  expect(notices()).toEqual(['chat-sent']);
});

test('of what was not seen it is not asked', async () => {
  const { text } = await client.value('ask', { text: 'What happened with the giraffe yesterday?' });
  expect(text).toMatch(/^I did not see that\./);
  expect(endpoint.received).toHaveLength(2);
});

test.each([
  ['that cannot be reached', { model: 'scribe', url: 'http://127.0.0.1:9/v1' }, ['chat-sent', 'chat-failed']],
  ['whose file is not there', { model: '/nowhere/model.gguf', url: null }, ['chat-failed']],
])('one %s: that is said, and the answer is given without it', async (_, chat, told) => {
  const before = notices().length;
  await client.value('settings', { change: { chat } });
  expect((await client.value('ask', question)).text).toMatch(/^This is what I saw of "build"/);
  expect(notices().slice(before)).toEqual(told);
});

test('switched off, nothing is sent any more', async () => {
  await client.value('settings', { change: { chat: null } });
  expect((await client.value('ask', question)).text).toMatch(/^This is what I saw of "build"/);
  expect(endpoint.received).toHaveLength(2);
});
