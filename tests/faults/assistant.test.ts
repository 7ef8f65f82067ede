/** The engine's process is killed behind an assistant: whoever looks at the window sees it, and that it goes on. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Assistant } from '../../main/assistant/assistant.ts';
import { EngineHost } from '../../main/engine/host.ts';
import { SettingsFile } from '../../main/settings/settings-file.ts';
import type { News, Status } from '../../preload/contract.ts';
import { recording } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';

test('a killed engine is shown as starting again, says what it was saying once, and keeps a pause', async () => {
  using folder = temporaryFolder();
  const settings = await SettingsFile.open(join(folder.path, 'settings.json'));
  await settings.change({ remember: false });
  await using engine = new EngineHost({ firstWaitMs: 1, snapshotEverySeconds: 0.5 });
  await using assistant = new Assistant({ engine, settings, version: '0' });
  const news: News[] = [];
  assistant.subscribe((each) => news.push(each));
  const states = () => news.flatMap((each) => (each.type === 'status' ? [each.status] : []));
  const said = () => news.flatMap((each) => (each.type === 'speech' && each.speech.done ? [each.speech] : []));
  const until = (condition: () => boolean) => expect.poll(condition, { timeout: 40_000, interval: 20 }).toBe(true);
  const is = (state: Status['state']) => () => assistant.status.state === state;

  await assistant.start(recording);
  await until(() => said().length > 0);
  process.kill(engine.pid!, 'SIGKILL');
  await until(is('restarting'));
  expect(assistant.status).toMatchObject({ code: 'engine-restarting', message: expect.stringMatching(/goes on/) });
  await until(is('watching'));
  expect(assistant.status.message).toBeNull();
  await until(() => said().length > 1);
  const times = said().map(({ kind, t }) => `${kind} ${t}`);
  expect(times).toEqual([...new Set(times)]);

  using client = assistant.connect();
  await client.request('pause', { until: null });
  const before = states().length;
  const { pid } = engine;
  process.kill(pid!, 'SIGKILL');
  await until(() => engine.pid !== undefined && engine.pid !== pid);
  expect(assistant.status.state).toBe('paused');
  expect(
    states()
      .slice(before)
      .map(({ state }) => state),
  ).not.toContain('watching');
});
