/** A camera's password and a key in its address reach the camera, and nothing else. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Assistant } from '../../main/assistant/assistant.ts';
import { InProcessEngine } from '../../main/engine/in-process.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { latestSessions } from '../../main/memory/store/sessions.ts';
import { SettingsFile } from '../../main/settings/settings-file.ts';
import { ChatEndpoint, whole } from '../support/chat-endpoint.ts';
import { onlooker, recording } from '../support/command-line.ts';
import { narrationRow, session, temporaryFolder } from '../support/memory.ts';

const password = 'p4ss%2Fword';
const key = 'k3yOfTheCamera';
const secrets = /p4ss|k3yOf/;

const video = readFileSync(recording);
const camera = createServer((request, response) => {
  const login = Buffer.from(request.headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString();
  const isKnown = /^root:p4ss(\/|%2F)word$/.test(login) && request.url?.includes(key);
  if (!isKnown) response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"', 'content-length': 0 }).end();
  else response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': video.length }).end(video);
});
let host: string;
beforeAll(async () => {
  camera.listen(0, '127.0.0.1');
  await once(camera, 'listening');
  host = `127.0.0.1:${(camera.address() as AddressInfo).port}`;
});
afterAll(() => {
  camera.closeAllConnections();
  camera.close();
});

test('on the command line: in no output, file, error, memory or export', async () => {
  using folder = temporaryFolder();
  const place = (name: string) => join(folder.path, name);
  const address = `http://root:${password}@${host}/live.mp4?api_key=${key}`;
  const memory = ['--memory', place('memory')];
  const out = ['--out', place('log.md'), '--out', place('log.jsonl')];
  const said = [await onlooker('narrate', address, '--duration', '5', '--remember', ...memory, ...out)];
  expect(said[0]).toMatchObject({ code: 0 });
  expect(said[0]!.stdout).toContain('A terminal opened.');
  said.push(
    await onlooker('search', 'terminal', '--by', 'words', ...memory),
    await onlooker('recap', ...memory),
    await onlooker('export', '--out', place('export'), ...memory),
    await onlooker('forget', '--source', 'nothing', ...memory),
    await onlooker('narrate', `rtsp://root:${password}@127.0.0.1:9/live?sig=${key}`, '--format', 'jsonl', '--verbose'),
    await onlooker('narrate', `http://other:${password}@${host}/live.mp4?api_key=${key}`, '--verbose'),
    await onlooker('narrate', `root:${password}@${host}`),
    await onlooker('narrate', `http://root:${password}@${host}/a`, `http://root:${password}@${host}/b`),
  );
  expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 2, 3, 3, 3, 2]);
  await using endpoint = await ChatEndpoint.open(whole('A terminal opened [1].'));
  const chat = ['--chat-url', endpoint.url, '--chat-model', 'm'];
  const asked = await onlooker('ask', 'what did I do today?', ...memory, ...chat);
  expect(asked.stdout).toMatch(/^A terminal opened \[1\]\./);
  expect(JSON.stringify(endpoint.received)).not.toMatch(secrets);
  said.push(asked);
  for (const { stdout, stderr } of said) expect(stdout + stderr).not.toMatch(secrets);
  const files = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
  expect(texts.length).toBeGreaterThan(8);
  for (const text of texts) expect(text).not.toMatch(secrets);
  expect(texts.join()).toContain(`http://***@${host}/live.mp4?api_key=***`);
  // The name that is shown is understood; so is the address itself.
  expect(await onlooker('forget', '--source', address, ...memory)).toMatchObject({ code: 0 });
});

test('in the window and for other programs: shown hidden, and understood when it is sent back', async () => {
  using folder = temporaryFolder();
  await using engine = new InProcessEngine();
  const settings = await SettingsFile.open(join(folder.path, 'settings.json'));
  await settings.change({ remember: false });
  await using assistant = new Assistant({ engine, settings, version: '0', memory: join(folder.path, 'memory') });
  const told: unknown[] = [];
  using client = assistant.connect();
  client.subscribe((news) => told.push(news));
  const source = `http://root:${password}@${host}/live.mp4?api_key=${key}`;
  const shown = `http://***@${host}/live.mp4?api_key=***`;
  told.push(await client.request('watch', { source }));
  expect(settings.settings.source).toBe(source);
  told.push(await client.request('hello', {}), await client.request('settings', { change: { source: shown } }));
  expect(settings.settings.source).toBe(source);
  const others = { mcpSources: ['/films', source], chat: { model: 'm', url: `https://host/v1?key=${key}` } };
  told.push(await client.request('settings', { change: others }));
  const shownOthers = { mcpSources: ['/films', shown], chat: { model: 'm', url: 'https://host/v1?key=***' } };
  expect(told.at(-1)).toMatchObject({ ok: true, value: shownOthers });
  told.push(await client.request('settings', { change: shownOthers }));
  expect(settings.settings).toMatchObject(others);
  const again = await client.request('watch', { source: shown });
  expect(again).toMatchObject({ ok: true });
  told.push(await client.request('watch', { source: `http://root:wrong${password}@${host}/live.mp4?api_key=${key}` }));
  expect(told.at(-1)).toMatchObject({ ok: false, code: 'source-unreadable' });
  expect(JSON.stringify(told)).not.toMatch(secrets);
  expect(JSON.stringify(told)).toContain(shown);
});

test('a memory that has them from before is rid of them when it is opened', async () => {
  using folder = temporaryFolder();
  const typed = [`rtsp://root:${password}@cam/live?sig=${key}`, `rtsp://root:other@cam/live?sig=${key}`, '/a/film.mp4'];
  {
    using memory = await openMemory({ folder: folder.path, create: true, key: 'none' });
    for (const i of typed.keys()) session(memory, { source: `${i}` }).write([narrationRow(1, 'It is on.')]);
    for (const [i, source] of typed.entries()) memory.run('UPDATE sources SET name = ? WHERE name = ?', source, `${i}`);
  }
  using memory = await openMemory({ folder: folder.path, key: 'none', check: true });
  const shown = 'rtsp://***@cam/live?sig=***';
  expect(latestSessions(memory).map(({ source }) => source)).toEqual(['/a/film.mp4', shown, shown]);
  expect(memory.all('SELECT name FROM sources')).toHaveLength(2);
});
