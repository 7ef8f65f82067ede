/** Browser mode among strangers: each is refused, it is logged, and nothing else happens. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RawData, WebSocket } from 'ws';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { answerTo, BridgeClient, browserMode, type TestedMode, until } from '../support/browser-mode.ts';

let mode: TestedMode;
let loggedBefore = 0;
let before: unknown;
const state = () => ({ status: mode.assistant.status, settings: mode.assistant.settings });
const logged = () => mode.log.slice(loggedBefore);

beforeAll(async () => {
  mode = await browserMode();
});
afterAll(() => mode[Symbol.asyncDispose]());
beforeEach(() => {
  loggedBefore = mode.log.length;
  before = state();
});

/** Nothing has changed, one line tells of it, and others are served as ever. */
async function expectNothingElse(line: RegExp): Promise<void> {
  await until(() => logged().length > 0);
  expect(logged()).toEqual([expect.stringMatching(line)]);
  expect(state()).toEqual(before);
  using client = await BridgeClient.open(mode);
  expect(await client.request('hello', {})).toMatchObject({ ok: true });
}

interface Knock {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly path?: string;
}

/** The status with which a WebSocket is refused; 101 when it is let in. */
function knock({ token = mode.server.token, headers = {}, path = '/bridge' }: Knock): Promise<number> {
  const { port } = mode.server;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, ['onlooker', token], {
    headers: { origin: `http://127.0.0.1:${port}`, ...headers },
  });
  return answerTo(socket);
}

/** A request exactly as written: `fetch` would tidy the path and the host. */
async function raw(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  const { port, token } = mode.server;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...options.headers };
  const request = httpRequest({ host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers });
  request.on('error', () => {}); // a server that has read enough closes while more is sent
  request.end(options.body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const part of response) text += part;
  return { status: response.statusCode as number, text, headers: response.headers };
}

test('a search or a question of more words than anybody types is refused', async () => {
  {
    using _ = await openMemory({ folder: mode.memory, create: true });
  }
  const text = Array.from({ length: 1200 }, (_, i) => (36 * 36 + i).toString(36).slice(1)).join(' ');
  const words = async (path: string, input: object) => {
    const { status, text: body } = await raw(path, { method: 'POST', body: JSON.stringify(input) });
    return [status, JSON.parse(body)];
  };
  const refused = [400, expect.objectContaining({ ok: false, code: 'usage' })];
  expect(await words('/api/search', { text, limit: 5 })).toEqual(refused);
  expect(await words('/api/ask', { text: text.replaceAll(' ', 'x ').slice(0, 4000) })).toEqual(refused);
  expect(await words('/api/ask', { text: 'a'.repeat(4001) })).toEqual(refused);
});

test('lets its own window in', async () => {
  expect(await knock({})).toBe(101);
  expect(logged()).toEqual([]);
});

test.each([
  ['a wrong token', { token: 'A'.repeat(43) }, /token/],
  ['no token', { token: 'x' }, /token/],
  ['a foreign origin', { headers: { origin: 'https://example.com' } }, /origin "https:\/\/example\.com"/],
  ['another port as origin', { headers: { origin: 'http://127.0.0.1:1' } }, /origin/],
  ['the origin of a local file', { headers: { origin: 'null' } }, /origin "null"/],
  ['a name that was bound to this machine', { headers: { host: 'evil.example' } }, /host "evil\.example"/],
  ['another place', { path: '/elsewhere' }, /no such place/],
])('a WebSocket with %s', async (_, how, line) => {
  expect(await knock(how)).toBe(403);
  await expectNothingElse(line);
});

/** Both halves of a session, as a page has them. */
async function openSession(): Promise<{ readonly key: string; readonly cookie: string }> {
  const { port } = mode.server;
  const ticket = new URL(mode.server.address()).searchParams.get('ticket');
  const headers = { origin: `http://127.0.0.1:${port}` };
  const answer = await raw('/session', { method: 'POST', headers, body: JSON.stringify({ ticket }) });
  const [cookie] = answer.headers['set-cookie'] ?? [];
  return { key: JSON.parse(answer.text).value.key, cookie: cookie!.split(';')[0]! };
}

test('a page with both halves of a session, and with one alone', async () => {
  const { key, cookie } = await openSession();
  const other = await openSession();
  expect(await knock({ token: key, headers: { cookie } })).toBe(101);
  expect(await knock({ token: key, headers: {} })).toBe(403);
  expect(await knock({ token: 'none', headers: { cookie } })).toBe(403);
  expect(await knock({ token: other.key, headers: { cookie } })).toBe(403);
  const asProgram = { method: 'POST', headers: { authorization: `Bearer ${key}`, cookie } };
  expect((await raw('/api/hello', asProgram)).status).toBe(401);
});

test.each([
  ['of a foreign page', 403, { origin: 'https://example.com' }, {}, /origin/],
  ['of no page', 403, { origin: undefined }, {}, /names no origin/],
  ['with a form', 415, { 'content-type': 'text/plain' }, {}, /content type/],
  ['without a ticket', 400, {}, { body: '{}' }, /no ticket/],
  ['with a ticket of another start', 403, {}, { body: `{"ticket":"${'A'.repeat(43)}"}` }, /not of this start/],
  ['to be shown', 405, {}, { method: 'GET' }, /GET/],
])('a request for a session %s', async (_, status, headers, other, line) => {
  const ticket = new URL(mode.server.address()).searchParams.get('ticket');
  const request = { method: 'POST', body: JSON.stringify({ ticket }), ...other };
  const ours = { origin: `http://127.0.0.1:${mode.server.port}` };
  const answer = await raw('/session', { ...request, headers: defined({ ...ours, ...headers }) });
  expect(answer.status).toBe(status);
  expect(answer.headers['set-cookie']).toBeUndefined();
  await expectNothingElse(line);
});

function defined(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}

test('a WebSocket without an origin', async () => {
  const { port, token } = mode.server;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/bridge`, ['onlooker', token]);
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toContain('403');
  await expectNothingElse(/names no origin/);
});

test('a page and a request under a name that was bound to this machine', async () => {
  expect((await raw('/', { headers: { host: 'evil.example' } })).status).toBe(403);
  await expectNothingElse(/host "evil\.example"/);
});

test.each([
  ['no token', { authorization: '' }, 401, /token/],
  ['a wrong token', { authorization: 'Bearer AAAA' }, 401, /token/],
  ['a foreign origin', { origin: 'https://example.com' }, 403, /origin/],
  ['a form', { 'content-type': 'text/plain' }, 415, /content type/],
])('a request of a program with %s', async (_, headers, status, line) => {
  const outcome = await raw('/api/pause', { method: 'POST', headers, body: '{"until":null}' });
  expect(outcome.status).toBe(status);
  expect(JSON.parse(outcome.text)).toMatchObject({ ok: false, code: 'refused' });
  await expectNothingElse(line);
});

test('a program that sends a megabyte, or no JSON', async () => {
  const long = { method: 'POST', body: JSON.stringify({ text: 'x'.repeat(1e6) }) };
  expect((await raw('/api/ask', long)).status).toBe(413);
  await expectNothingElse(/longer than 65536/);
  loggedBefore = mode.log.length;
  expect((await raw('/api/ask', { method: 'POST', body: '{"text":' })).status).toBe(400);
  await expectNothingElse(/not JSON/);
});

test('a message of a megabyte closes its connection with 1009', async () => {
  using client = await BridgeClient.open(mode);
  const closed = once(client.socket, 'close');
  client.socket.send(JSON.stringify({ id: 1, name: 'ask', input: { text: 'x'.repeat(1e6) } }));
  expect((await closed)[0]).toBe(1009);
  await expectNothingElse(/Max payload size exceeded/);
});

test.each([
  ['malformed JSON', '{"id":1,'],
  ['something else', '[1,2,3]'],
  ['a request without a number', '{"name":"stop","input":{}}'],
  ['bytes', Buffer.from([0, 255, 1])],
])('a message that is %s', async (_, text) => {
  using client = await BridgeClient.open(mode);
  const heard: RawData[] = [];
  client.socket.on('message', (data) => heard.push(data));
  client.socket.send(text);
  await until(() => logged().length > 0);
  expect(heard).toEqual([]);
  expect(await client.request('hello', {})).toMatchObject({ ok: true });
  await expectNothingElse(/not a request in JSON/);
});

test.each([
  ['unknown', 'reboot', {}],
  ['of every object', 'constructor', {}],
  ['without its input', 'ask', {}],
  ['of the wrong type', 'watch', { source: 7 }],
  ['with more than it takes', 'stop', { now: true }],
  ['with a number out of range', 'settings', { change: { theta: 7 } }],
  ['for a setting that does not exist', 'settings', { change: { __proto__x: 1 } }],
  ['with an address that is none', 'settings', { change: { obs: { url: 'file:///etc/passwd', password: '' } } }],
  ['for a span of no time', 'forget', { from: 'a', before: 'b' }],
  ['for a source that is none', 'watch', { source: 'gopher://x' }],
  ['for standard input', 'watch', { source: '-' }],
  ['for standard input as a setting', 'settings', { change: { source: '-' } }],
])('a request that is %s', async (_, name, input) => {
  using client = await BridgeClient.open(mode);
  const settings = await readFile(mode.settingsPath, 'utf8');
  const outcome = await client.ask(name, input);
  expect(outcome).toMatchObject({ ok: false, code: expect.stringMatching(/^(usage|source-unsupported)$/) });
  expect(state()).toEqual(before);
  expect(await readFile(mode.settingsPath, 'utf8')).toBe(settings);
});

test.each([
  '/../package.json',
  '/assets/../../package.json',
  '/assets/..%2f..%2fpackage.json',
  '/%2e%2e/package.json',
  '/assets/..\\..\\package.json',
  '/assets/%00',
])('the path %s', async (path) => {
  const { status, text } = await raw(path);
  expect(status).toBe(400);
  expect(text).not.toContain('onlooker');
  await expectNothingElse(/leads out/);
});

test('nobody but this machine reaches it', async () => {
  const { networkInterfaces } = await import('node:os');
  const outside = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const address = outside.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
  if (address === undefined) return; // a machine without a network has nobody else
  const socket = connect({ host: address, port: mode.server.port });
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});

test('a window that does not read is closed, and costs no memory', async () => {
  using slow = await BridgeClient.open(mode);
  using other = await BridgeClient.open(mode);
  slow.socket.pause();
  const text = 'x'.repeat(100_000);
  for (let i = 0; logged().length === 0 && i < 500; i++) {
    mode.assistant.notify('test', `${i} ${text}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(logged()).toEqual([expect.stringMatching(/too slow/)]);
  await other.until((news) => news.some((one) => one.type === 'notice'));
  await expectNothingElse(/too slow/);
});
