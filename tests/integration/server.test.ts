/** Browser mode as a window and as another program see it, with the real engine on the sample recording. */
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forgetTyped } from '../../main/assistant/forget-typed.ts';
import { openBrowserMode } from '../../main/cli/browser-mode.ts';
import { openServer } from '../../main/server/http.ts';
import { SettingsFile } from '../../main/settings/settings-file.ts';
import type { News, Outcome } from '../../preload/contract.ts';
import { BridgeClient, browserMode, type TestedMode, until } from '../support/browser-mode.ts';
import { recording } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';

let mode: TestedMode;
let client: BridgeClient;
const get = (path: string) => fetch(`http://127.0.0.1:${mode.server.port}${path}`);
const post = async (name: string, input: object) => {
  const response = await fetch(`http://127.0.0.1:${mode.server.port}/api/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mode.server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  return { status: response.status, outcome: (await response.json()) as Outcome<unknown> };
};

beforeAll(async () => {
  mode = await browserMode();
  client = await BridgeClient.open(mode);
});
afterAll(async () => {
  client[Symbol.dispose]();
  await mode[Symbol.asyncDispose]();
});

test.each(['/', '/overlay', '/timeline', '/settings', '/welcome', '/overlay?transparent=1'])(
  'the page %s',
  async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    const { headers } = response;
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    const html = await response.text();
    expect(html).not.toContain(mode.server.token);
    const assets = [...html.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)].map(([, asset]) => asset!);
    expect(assets.length).toBeGreaterThan(0);
    for (const asset of assets) {
      const file = await get(asset);
      expect(file.status).toBe(200);
      expect(file.headers.get('cache-control')).toContain('immutable');
      await file.arrayBuffer();
    }
  },
);

test('nothing else is served', async () => {
  for (const path of ['/package.json', '/assets/none.js', '/index.html', '/api']) {
    expect((await get(path)).status).toBe(404);
  }
});

test('a port that is taken is said', async () => {
  await expect(openServer({ assistant: mode.assistant, port: mode.server.port })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('another program has it'),
  });
});

test('hello, sources, bundles before anything is chosen', async () => {
  const hello = await client.value('hello', {});
  expect(hello).toMatchObject({ welcomed: false, sample: recording, speeches: [], status: { state: 'idle' } });
  expect(await client.value('sources', {})).toEqual(
    expect.arrayContaining([{ source: recording, kind: 'recording', name: 'desk.mp4' }]),
  );
  expect(await client.value('bundles', {})).toEqual(
    expect.arrayContaining([expect.objectContaining({ name: 'desk-nano', limits: expect.stringMatching(/\w/) })]),
  );
  expect(await client.value('days', {})).toEqual([]);
  expect(await client.request('pause', { until: null })).toMatchObject({ ok: false, code: 'usage' });
  expect(await client.request('watch', { source: '/none.mp4' })).toMatchObject({ ok: false, code: 'source-not-found' });
  expect(await client.value('hello', {})).toMatchObject({ welcomed: false, status: { state: 'failed' } });
});

test('watches, tells word by word, and a program hears the same', async () => {
  const events = await fetch(`http://127.0.0.1:${mode.server.port}/api/events`, {
    headers: { authorization: `Bearer ${mode.server.token}` },
  });
  await client.value('watch', { source: recording });
  expect(mode.assistant.status).toMatchObject({ state: 'watching', source: recording });
  expect(mode.assistant.settings.source).toBe(recording);
  const said = await client.until((news) => speeches(news).find(({ done }) => done));
  expect(said).toMatchObject({ kind: 'narration', text: expect.stringMatching(/\w/), pSilent: expect.any(Number) });
  const words = speeches(client.news).filter(({ id }) => id === said.id);
  expect(words.length).toBeGreaterThan(2);
  for (const { text } of words) expect(said.text.startsWith(text.trimEnd())).toBe(true);
  expect(client.news.filter(({ type }) => type === 'frame').length).toBeGreaterThan(2);
  await client.until((news) => news.some(({ type }) => type === 'preview'));
  const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('event: speech\n')) text += (await reader.read()).value;
  await reader.cancel();
  expect(text).toMatch(/event: frame\ndata: \{"type":"frame",/);
});

test('answers about now from the model, about the past from the memory', async () => {
  expect(await client.value('ask', { text: 'What is on the screen?' })).toMatchObject({
    from: 'live',
    text: expect.stringMatching(/\w/),
  });
  // The time in it belongs to what the model was taught; the memory has nothing from before the recording began.
  expect(await client.value('ask', { text: '방금 무슨 일이 있었어?' })).toMatchObject({ from: 'live' });
  expect(await client.value('ask', { text: 'Who am I?' })).toMatchObject({
    ...{ from: 'live', moments: [], text: expect.stringMatching(/^I do not understand this question\./) },
  });
  expect(await client.value('ask', { text: 'What is on the screen?' })).toMatchObject({ from: 'live' });
  const closed = speeches(client.news).findLast(({ kind }) => kind === 'answer');
  expect(closed).toMatchObject({ query: 'What is on the screen?', done: true });
  const before = await post('ask', { text: 'Was there a xylophone yesterday?' });
  expect(before).toMatchObject({
    status: 200,
    outcome: { ok: true, value: { from: 'memory', text: expect.stringMatching(/^I did not see that/), moments: [] } },
  });
});

test('pause, resume, snooze', async () => {
  await client.value('pause', { until: Date.now() + 1500 });
  expect(mode.assistant.status).toMatchObject({ state: 'paused', pausedUntil: expect.any(Number) });
  const frames = count('frame');
  await until(() => mode.assistant.status.state === 'watching');
  await client.until(() => count('frame') > frames);
  await client.value('pause', { until: null });
  await client.value('resume', {});
  await until(() => mode.assistant.status.state === 'watching');
  await client.value('snooze', { until: Date.now() + 60_000 });
  expect(mode.assistant.status.snoozedUntil).toBeGreaterThan(Date.now());
  const muted = await client.until((news) => news.findLast((one) => one.type === 'frame' && one.reason === 'muted'));
  expect(muted).toBeDefined();
  await client.value('snooze', { until: null });
  expect(mode.assistant.status.snoozedUntil).toBeNull();
});

test('settings take effect at once, and are kept', async () => {
  await client.value('settings', { change: { theta: 0.01, chattiness: 3 } });
  expect(mode.assistant.status).toMatchObject({ theta: 0.01, state: 'watching' });
  expect(JSON.parse(await readFile(mode.settingsPath, 'utf8'))).toMatchObject({ theta: 0.01, chattiness: 3 });
  expect((await stat(mode.settingsPath)).mode & 0o077).toBe(0);
  expect(await client.request('settings', { change: { bundle: 'none' } })).toMatchObject({
    ok: false,
    code: 'bundle-missing',
  });
  expect(mode.assistant.settings.bundle).toBe('desk-nano');
  await client.value('settings', { change: { theta: null } });
  expect(mode.assistant.status.theta).toBeGreaterThan(0.01);
});

test('what is watched is in the memory, is exported, and is forgotten everywhere', async () => {
  const span = { from: Date.now() - 300_000, before: Date.now() + 60_000 };
  await until(async () => (await client.value('moments', span)).moments.length > 0);
  expect(await client.value('days', {})).toHaveLength(1);
  expect((await client.value('curve', { ...span, pieces: 100 })).length).toBeGreaterThan(0);
  await client.value('settings', { change: { theta: null, chattiness: 2 } });
  expect((await client.value('rehearse', { theta: 0.99 })).spoken.length).toBeGreaterThan(0);
  expect((await client.value('rehearse', { theta: 0 })).spoken).toEqual([]);
  expect((await client.value('rehearse', { theta: null })).theta).toBe(mode.assistant.status.theta);
  expect(await client.value('recap', span)).toMatch(/^# Recap/);
  const { name, text } = await client.value('export', { ...span, format: 'srt' });
  expect(name).toMatch(/^onlooker-\d{4}-\d\d-\d\d-\d{4}\.srt$/);
  expect(text).toMatch(/^1\n00:00:\d\d,\d{3} --> /);
  expect((await client.value('export', { ...span, format: 'vtt' })).text).toMatch(/^WEBVTT\n\n00:00/);
  expect((await client.value('export', { ...span, format: 'md' })).text).toMatch(/^# Log of .*desk/);
  const [picture] = await client.value('pictures', { ...span, most: 10 });
  expect(await client.value('picture', { id: picture!.id })).toMatch(/^data:image\/jpeg;base64,/);

  await client.value('pause', { until: null });
  const forgotten = await client.value('forget', span);
  expect(forgotten.frames).toBeGreaterThan(0);
  expect(await client.value('moments', span)).toEqual({ moments: [] });
  expect((await client.value('hello', {})).speeches).toEqual([]);
  expect((await client.value('rehearse', { theta: 0.99 })).points).toEqual([]);
  await client.until((news) => news.some((one) => one.type === 'recapping' && one.share > 0));
  await client.until((news) => news.some((one) => one.type === 'forgotten'));
  await client.value('resume', {});
  await client.value('stop', {});
  expect(await client.value('ask', { text: 'What is on the screen?' })).toMatchObject({
    ...{ from: 'memory', moments: [], text: expect.stringMatching(/^That is about now, and nothing is being watched/) },
  });
  expect(mode.assistant.status.state).toBe('idle');
});

test('another program says what to speak about, and searches by day, source and program', async () => {
  const watched = await post('watch', { source: recording, instruction: 'Tell me about everything that happens.' });
  expect(watched).toEqual({ status: 200, outcome: { ok: true, value: null } });
  expect(mode.assistant.settings.instruction).toBe('Tell me about everything that happens.');
  await until(async () => {
    const { moments } = await client.value('moments', { from: 0, before: Number.MAX_SAFE_INTEGER });
    return moments.some(({ utterances }) => utterances.some(({ text }) => text.includes('terminal')));
  });
  const found = async (filter: object) => {
    const { outcome } = await post('search', { text: 'terminal', limit: 10, ...filter });
    return outcome.ok ? (outcome.value as unknown[]).length : outcome.code;
  };
  expect(await found({})).toBeGreaterThan(0);
  expect(await found({ day: 'today', source: 'DESK', app: 'terminal' })).toBeGreaterThan(0);
  expect(await found({ day: 'yesterday' })).toBe(0);
  expect(await found({ source: 'camera' })).toBe(0);
  expect(await found({ app: 'spreadsheet' })).toBe(0);
  expect(await found({ day: 'soon' })).toBe('usage');
  expect((await post('watch', { source: recording, instruction: 5 })).status).toBe(400);
  await client.value('settings', { change: { instruction: null } });
  await client.value('stop', {});
});

test('a text file follows the narration', async () => {
  const textFile = join(dirname(mode.settingsPath), 'narration.txt');
  await client.value('settings', { change: { textFile, chattiness: 4 } });
  await client.value('watch', { source: recording });
  const text = await until(() =>
    readFile(textFile, 'utf8')
      .catch(() => '')
      .then((read) => read !== '' && read),
  );
  expect(text).toMatch(/^\S.*\n$/);
  await client.value('pause', { until: null });
  await client.value('forget', { from: 0, before: Date.now() + 1000 });
  // Everything: what was typed as well, and watching goes on.
  const typed = async () => {
    const { source, instruction } = JSON.parse(await readFile(mode.settingsPath, 'utf8'));
    return [source, instruction, mode.assistant.settings.source, mode.assistant.settings.instruction];
  };
  expect(await typed()).toEqual([null, null, null, null]);
  expect(mode.assistant.status).toMatchObject({ state: 'paused' });
  await client.value('settings', { change: { instruction: 'Only tell me about zebraquartz.' } });
  await forgetTyped(mode.settingsPath); // as another program does it
  await until(() => mode.assistant.settings.instruction === null);
  await client.value('settings', { change: { theta: null } });
  expect(await typed()).toEqual([null, null, null, null]);
  expect(await readFile(mode.settingsPath, 'utf8')).not.toContain('zebraquartz');
  await until(async () => (await readFile(textFile, 'utf8')) === '');
  await client.value('resume', {});
  await client.value('settings', { change: { textFile: null } });
  await until(async () => (await readFile(textFile, 'utf8')) === '');
  await client.value('stop', {});
  const folder = await readdir(dirname(mode.settingsPath));
  expect(folder.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a file of the user is not taken for the text file, by whichever way it is named', async () => {
  const folder = dirname(mode.settingsPath);
  const theirs = join(folder, 'notes.txt');
  await writeFile(theirs, 'mine');
  for (const textFile of [theirs, join(folder, '.bashrc'), 'said.txt']) {
    const refusal = { ok: false, code: 'output-unwritable', message: expect.stringContaining('is not written') };
    expect(await post('settings', { change: { textFile } })).toEqual({ status: 409, outcome: refusal });
    expect(await client.request('settings', { change: { textFile } })).toEqual(refusal);
  }
  expect(mode.assistant.settings.textFile).toBeNull();
  // As if another program had written the settings.
  const settings = join(folder, 'other', 'settings.json');
  await mkdir(dirname(settings));
  await writeFile(settings, JSON.stringify({ textFile: theirs }));
  await (await openBrowserMode({ settings, memory: mode.memory, log: () => {} }))[Symbol.asyncDispose]();
  expect(await readFile(theirs, 'utf8')).toBe('mine');
});

test('damaged settings are set aside; what can be read of them counts', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'config', 'settings.json');
  await mkdir(dirname(path));
  await writeFile(path, JSON.stringify({ theta: 7, chattiness: 4, ofTomorrow: { a: 1 } }));
  const file = await SettingsFile.open(path);
  expect(file.problem).toMatch(/theta/);
  expect(file.settings).toMatchObject({ theta: null, chattiness: 4 });
  await file.change({ voice: true });
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ voice: true, ofTomorrow: { a: 1 } });
  await writeFile(path, '{"theta":');
  expect((await SettingsFile.open(path)).problem).toMatch(/not a JSON object/);
  expect((await readdir(dirname(path))).filter((name) => name.startsWith('settings.damaged-'))).toHaveLength(2);
});

test('a change is kept while a source that cannot be watched is about to fail', async () => {
  await using other = await browserMode();
  using window = await BridgeClient.open(other);
  for (const source of ['/nowhere.mp4', '/nowhere-else.mp4']) {
    expect((await window.request('settings', { change: { source } })).ok).toBe(true);
    for (const chattiness of [0, 1, 2, 3, 4, 3, 2, 1] as const) {
      expect(await window.request('settings', { change: { chattiness } })).toMatchObject({ ok: true });
    }
  }
});

test('a program that went away is not told any more', async () => {
  const other = await BridgeClient.open(mode);
  await other.value('cover', { area: { x: 0, y: 0, width: 0.5, height: 0.5 } });
  const closed = once(other.socket, 'close');
  other[Symbol.dispose]();
  await closed;
  expect(await client.request('hello', {})).toMatchObject({ ok: true });
  expect(mode.log.filter((line) => !line.startsWith('Refused'))).toEqual([]);
});

function speeches(news: readonly News[]) {
  return news.flatMap((one) => (one.type === 'speech' ? [one.speech] : []));
}

function count(type: News['type']): number {
  return client.news.filter((one) => one.type === type).length;
}
