/** What was forgotten is in no file: engine, assistant, memory, snapshot, captions and settings, all of them at work. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BridgeClient, browserMode, until } from '../support/browser-mode.ts';
import { recording } from '../support/command-line.ts';

const session = mkdtempSync(join(tmpdir(), 'onlooker-session-'));
process.env.XDG_RUNTIME_DIR = session;
const runtime = join(session, 'onlooker');
afterAll(() => rmSync(session, { recursive: true, force: true }));

/** No model would say it by itself. */
const planted = 'Is there a zebraquartz on the screen?';

/** Files under a folder in which the bytes stand, in whatever encoding the program may have written them. */
function filesWith(folder: string, text: string): string[] {
  const wanted = [Buffer.from(text), Buffer.from(text, 'utf16le')];
  return readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) return [];
    const bytes = readFileSync(path);
    return wanted.some((one) => bytes.includes(one)) ? [path] : [];
  });
}

/** Where the engine's process keeps its snapshots. */
const engineFolders = () =>
  readdirSync(runtime)
    .filter((name) => name.startsWith('engine-'))
    .map((name) => join(runtime, name));

test('a planted text is in no file once it is forgotten, while everything goes on', { timeout: 120_000 }, async () => {
  await using mode = await browserMode();
  using client = await BridgeClient.open(mode);
  const config = dirname(mode.settingsPath);
  await mkdir(config, { recursive: true });
  const textFile = join(config, 'narration.txt');
  await client.value('settings', { change: { textFile, chattiness: 4 } });
  await client.value('watch', { source: recording });
  const [engineFolder] = engineFolders();
  const everywhere = () => [config, mode.memory, engineFolder!].flatMap((folder) => filesWith(folder, 'zebraquartz'));

  const from = Date.now() - 60_000;
  const { from: answeredBy } = await client.value('ask', { text: planted });
  expect(answeredBy).toBe('live');
  // Memory and snapshots are encrypted, so there it must not be even now.
  await until(() => readdirSync(engineFolder!).some((name) => name.endsWith('.snapshot')));
  for (const folder of [mode.memory, engineFolder!]) expect(filesWith(folder, 'zebraquartz')).toEqual([]);
  const kept = async () => (await client.value('search', { text: 'zebraquartz', limit: 10, answers: true })).length;
  await until(async () => (await kept()) > 0);

  await client.value('forget', { from, before: Date.now() + 1000 });
  expect(everywhere()).toEqual([]);
  expect(await kept()).toBe(0);
  expect(JSON.stringify(await client.value('hello', {}))).not.toContain('zebraquartz');

  // It goes on: what is written from now on has nothing of it either, the next snapshots least of all.
  const frames = () => client.news.filter(({ type }) => type === 'frame').length;
  const before = frames();
  await until(() => frames() > before + 14);
  expect(everywhere()).toEqual([]);
  const { text } = await client.value('export', { from: 0, before: Date.now() + 1000, format: 'md' });
  expect(text).not.toContain('zebraquartz');
  await client.value('stop', {});
});
