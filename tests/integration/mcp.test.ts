/** The MCP server, as the protocol's own client sees it. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { ChatEndpoint, streamed } from '../support/chat-endpoint.ts';
import { recording } from '../support/command-line.ts';
import { count, frameRow, narrationRow, session, temporaryFolder } from '../support/memory.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

const folder = temporaryFolder();
const memoryFolder = join(folder.path, 'memory');
const bundle = 'tiny';
const now = Date.now();
const jpeg = Uint8Array.from([255, 216, 7, 7, 255, 217]);
const client = new Client({ name: 'test', version: '1' });
const logged: unknown[] = [];
const launcher = fileURLToPath(new URL('../../main/cli/onlooker.js', import.meta.url));

beforeAll(async () => {
  await writeTinyBundle(join(folder.path, 'data', 'onlooker', 'bundles', bundle));
  {
    using memory = await openMemory({ folder: memoryFolder, create: true });
    const before = (seconds: number) => now - 1000 * seconds;
    session(memory, { startedAt: before(600) }).write(
      [
        ...[frameRow(0, before(600)), narrationRow(5, 'A terminal opened.', before(595))],
        ...[frameRow(300, before(300)), narrationRow(300, 'The build failed.', before(300))],
      ],
      [{ t: 5, at: before(595), width: 4, height: 2, jpeg }],
    );
    session(memory, { source: 'camera', startedAt: before(60) }).write([narrationRow(0, 'A cat.', before(60))]);
  }
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    logged.push(params.data);
  });
  const allowed = ['--allow', recording, '--allow', folder.path];
  const args = [launcher, 'mcp', '--memory', memoryFolder, ...allowed];
  const home = { XDG_DATA_HOME: join(folder.path, 'data'), XDG_CONFIG_HOME: join(folder.path, 'config') };
  const env = { ...(process.env as Record<string, string>), ...home };
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
});
afterAll(async () => {
  await client.close();
  folder[Symbol.dispose]();
});

interface Answer {
  readonly content: readonly { type: string; text?: string; data?: string; mimeType?: string }[];
  readonly isError?: boolean;
}
const call = async (name: string, args: Record<string, unknown> = {}) =>
  (await client.callTool({ name, arguments: args })) as unknown as Answer;
const text = async (name: string, args: Record<string, unknown> = {}) => told(await call(name, args))[0]!.text!;

/** What comes behind the notice that the rest is untrusted, where there is one. */
function told({ content, isError }: Answer): Answer['content'] {
  const marked = content[0]?.text?.startsWith('Untrusted data follows:') ?? false;
  return marked && isError !== true ? content.slice(1) : content;
}

test('a chat model that its command line names writes answers and recaps', async () => {
  await using endpoint = await ChatEndpoint.open(streamed('It broke [1].'));
  const writing = new Client({ name: 'test', version: '1' });
  const chat = ['--chat-model', 'scribe', '--chat-url', endpoint.url];
  const args = [launcher, 'mcp', '--memory', memoryFolder, ...chat];
  await writing.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  try {
    const said = async (name: string, input: Record<string, unknown>) =>
      told((await writing.callTool({ name, arguments: input })) as unknown as Answer)[0]!.text;
    expect(await said('ask', { question: 'What about the build?' })).toMatch(
      /^It broke \[1\]\.\n\n\[1\] The build failed\./,
    );
    expect(await said('recap', { since: '1h' })).toContain('It broke [1].');
    expect(endpoint.received).toHaveLength(2);
  } finally {
    await writing.close();
  }
});

test('says what it can do', async () => {
  expect(client.getServerVersion()).toMatchObject({ name: 'onlooker' });
  const { tools } = await client.listTools();
  const names = ['search', 'recap', 'ask', 'moments', 'start_watching', 'watched', 'stop_watching', 'look'];
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

test('search, recap, moments with pictures', async () => {
  expect(JSON.parse(await text('search', { text: 'build' }))).toMatchObject([
    { source: 'screen', from: 300, utterances: [{ text: 'The build failed.' }] },
  ]);
  expect(JSON.parse(await text('search', { text: 'build', source: 'camera' }))).toEqual([]);
  expect(await text('recap', { since: '1h' })).toMatch(/^# Recap\n.*A terminal opened\..*A cat\./s);
  const content = told(await call('moments', { since: new Date(now - 700_000).toISOString(), until: '2099-01-01' }));
  const { moments, next } = JSON.parse(content[0]!.text!);
  expect(moments.map(({ from }: { from: number }) => from)).toEqual([5, 300, 0]);
  expect(next).toBeUndefined();
  expect(content.slice(1)).toEqual([
    { type: 'image', mimeType: 'image/jpeg', data: Buffer.from(jpeg).toString('base64') },
  ]);
  expect(told(await call('moments', { since: '1h', pictures: 0 }))).toHaveLength(1);
});

test('questions about the past', async () => {
  expect(await text('ask', { question: 'Did the build fail in the last hour?' })).toMatch(
    /\n- The build failed\. \[.*\]$/,
  );
  expect(await text('ask', { question: 'Was there a xylophone?' })).toMatch(/^I did not see that\./);
  expect(await text('ask', { question: 'Is the terminal open?' })).toMatch(/^That is about now, .* the tool "look"/);
});

test('sessions are resources', async () => {
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual(['onlooker://session/2', 'onlooker://session/1']);
  const { contents } = await client.readResource({ uri: 'onlooker://session/1' });
  expect(contents).toMatchObject([{ mimeType: 'text/markdown', text: expect.stringContaining('The build failed.') }]);
  expect(JSON.stringify(contents)).not.toContain('A cat.');
  await expect(client.readResource({ uri: 'onlooker://session/77' })).rejects.toThrow(/no session .*77/);
});

test('what went wrong is said, and the server goes on', async () => {
  expect(await call('recap', { since: 'soon' })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringMatching(/since "soon": it must be a time such as/) }],
  });
  const missing = { source: join(folder.path, 'none.mp4'), bundle };
  expect(await call('start_watching', missing)).toMatchObject({ isError: true });
  expect(await call('look', missing)).toMatchObject({ isError: true });
  expect(await text('watched')).toMatch(/^Nothing is being watched/);
});

test('watches in the background, remembers, and ends when told', async () => {
  const options = { source: recording, bundle, instruction: 'Say what opens.', remember: true };
  expect(await text('start_watching', options)).toBe(`Watching ${recording}.`);
  expect(await call('start_watching', options)).toMatchObject({ isError: true });
  expect(await text('ask', { question: 'What is on the screen?' })).not.toContain('nothing is being watched');
  expect(await text('stop_watching')).toMatch(/^(Interrupted after|Watched) /);
  const lines = (await text('watched')).split('\n');
  expect(lines[0]).toBe('Nothing is being watched.');
  expect(logged).toEqual(expect.arrayContaining(lines.slice(1)));
  expect(await text('stop_watching')).toBe('Nothing is being watched.');
  using memory = await openMemory({ folder: memoryFolder });
  expect(memory.all('SELECT instruction FROM sessions ORDER BY id DESC LIMIT 1')).toMatchObject([
    { instruction: 'Say what opens.' },
  ]);
  expect(count(memory, 'frames')).toBeGreaterThan(2);
});

test('looks once', async () => {
  const answer = await call('look', { source: recording, bundle, question: 'What is open?' });
  expect(answer.isError).toBeFalsy();
  expect(told(answer)).toMatchObject([{ type: 'text', text: expect.any(String) }]);
});
