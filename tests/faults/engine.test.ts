/** The engine's process is killed, again and again: what is watched goes on, and nobody is told anything twice. */
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineEvent } from '../../main/engine/engine.ts';
import { EngineHost, type HostOptions } from '../../main/engine/host.ts';
import { narrate } from '../../main/live/narrate.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

let folder: string;
let bundle: string;
let desk: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-engine-faults-'));
  bundle = join(folder, 'bundle');
  desk = join(folder, 'desk.mp4');
  await writeTinyBundle(bundle, ({ decision }) => Object.assign(decision, { theta: 0.012 }));
  await copyFile(fileURLToPath(new URL('../fixtures/desk.mp4', import.meta.url)), desk);
  // Children inherit it: whatever is left behind can be told by it.
  process.env.ONLOOKER_TEST_MARK = folder;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Command lines of processes, other than this one, that descend from this test. Linux only. */
async function descendants(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      if (!environment.includes(`ONLOOKER_TEST_MARK=${folder}`)) return [];
      return [(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')];
    }),
  );
  return found.flat().filter((line) => line !== '');
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

const quick: HostOptions = { firstWaitMs: 1, longestWaitMs: 1, snapshotEverySeconds: 0.02, attempts: 200 };
const said = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.type === 'narration' ? [[event.t, event.text]] : []));
const frames = (events: readonly EngineEvent[]) => events.flatMap((event) => (event.type === 'frame' ? [event.t] : []));

test('killed a hundred times: every frame and every narration is told once, as if nothing had happened', {
  timeout: 300_000,
}, async () => {
  const whole = await Array.fromAsync(narrate({ hiding: 'none', source: desk, bundle }));
  expect(said(whole).length).toBeGreaterThan(10);

  // Four at a time: most of a start is waiting.
  const runs = await Promise.all(Array.from({ length: 4 }, () => killed(25, whole)));
  console.log(`100 kills in ${runs.reduce((sum, each) => sum + each)} runs`);
  await until(async () => (await descendants()).length === 0);
});

/** Watches the recording again and again while the engine is killed so many times; returns how often. */
async function killed(times: number, whole: readonly EngineEvent[]): Promise<number> {
  await using host = new EngineHost(quick);
  let events: EngineEvent[] = [];
  host.subscribe((event) => events.push(event));
  let runs = 0;
  for (let kills = 0; kills < times; runs++) {
    events = [];
    const ended = () => events.some(({ type }) => type === 'finished');
    const over = host.watch({ hiding: 'none', source: desk, bundle, realtime: false }).then(() => until(ended));
    while (!ended() && kills < times) {
      const seen = frames(events).length;
      // Mostly in mid-stream, now and then while it starts.
      if (Math.random() < 0.9) await until(() => ended() || frames(events).length > seen);
      await sleep(Math.random() * 120);
      if (ended() || host.pid === undefined) continue;
      process.kill(host.pid, 'SIGKILL');
      kills++;
    }
    await over;
    expect(said(events)).toEqual(said(whole));
    expect(frames(events)).toEqual(frames(whole));
  }
  return runs;
}

test('what is asked for while it is down is answered once it is up', async () => {
  await using host = new EngineHost(quick);
  const events: EngineEvent[] = [];
  host.subscribe((event) => events.push(event));
  await host.watch({ hiding: 'none', source: desk, bundle });
  process.kill(host.pid!, 'SIGKILL');
  const answer = await host.ask('what now?');
  expect(answer).toMatchObject({ type: 'answer', query: 'what now?' });
  expect(events.filter(({ type }) => type === 'restarting')).toHaveLength(1);
  expect(events.filter(({ type }) => type === 'answer')).toEqual([answer]);
});

test('one that was stopped is replaced', async () => {
  await using host = new EngineHost({ ...quick, silenceMs: 3000 });
  const events: EngineEvent[] = [];
  host.subscribe((event) => events.push(event));
  await host.watch({ hiding: 'none', source: desk, bundle });
  const stopped = host.pid!;
  process.kill(stopped, 'SIGSTOP');
  await host.ask('what now?');
  expect(host.pid).not.toBe(stopped);
  expect(events.filter(({ type }) => type === 'restarting')).toMatchObject([
    { message: expect.stringContaining('no sign of life for 3 s') },
  ]);
}, 60_000);

test('settings and a pause outlast a crash', async () => {
  await using host = new EngineHost(quick);
  const events: EngineEvent[] = [];
  host.subscribe((event) => events.push(event));
  await host.watch({ hiding: 'none', source: desk, bundle, chattiness: 2 });
  await host.change({ chattiness: 0 });
  await host.pause();
  process.kill(host.pid!, 'SIGKILL');
  await until(() => events.some(({ type }) => type === 'restarting'));
  const before = frames(events).length;
  await host.ask('what now?'); // it is up again
  await sleep(700);
  expect(frames(events)).toHaveLength(before);
  await host.resume();
  await until(() => frames(events).length >= before + 2);
  const later = events.filter((event) => event.type === 'frame').slice(before);
  expect(later.some(({ reason }) => reason === 'muted')).toBe(true);
  expect(later.every(({ reason }) => reason === 'muted' || reason === 'still')).toBe(true);
});

test('one that never sees a frame is given up, with what to do next', async () => {
  await using host = new EngineHost({
    ...quick,
    attempts: 3,
    spawn: () => ({
      pid: undefined,
      send: () => {},
      listen: (_, onExit) => setTimeout(onExit, 1, 'code 1'),
      kill: () => {},
    }),
  });
  const events: EngineEvent[] = [];
  host.subscribe((event) => events.push(event));
  await expect(host.watch({ hiding: 'none', source: desk, bundle })).rejects.toMatchObject({ code: 'engine-lost' });
  expect(events.map(({ type }) => type)).toEqual(['restarting', 'restarting', 'failed']);
  await expect(host.ask('what now?')).rejects.toMatchObject({ code: 'usage' });
});

test('one that cannot even be started is told as such', async () => {
  await using host = new EngineHost({
    ...quick,
    spawn: () => {
      throw new Error('spawn EAGAIN');
    },
  });
  await expect(host.watch({ hiding: 'none', source: desk, bundle })).rejects.toMatchObject({
    code: 'engine-lost',
    message: expect.stringContaining('spawn EAGAIN'),
  });
  expect(await host.stop()).toBeUndefined();
});

test('a source that is not there is told as such, and the next one is watched', async () => {
  await using host = new EngineHost(quick);
  const missing = { hiding: 'none', source: join(folder, 'none.mp4'), bundle } as const;
  await expect(host.watch(missing)).rejects.toMatchObject({ name: 'OnlookerError', code: 'source-not-found' });
  await host.watch({ hiding: 'none', source: desk, bundle });
  expect((await host.stop())?.complete).toBe(false);
  expect(await host.stop()).toBeUndefined();
});

test('one that was closed starts nothing any more, also when it was about to', async () => {
  const host = new EngineHost();
  const watching = host.watch({ hiding: 'none', source: 'tests/fixtures/desk.mp4' });
  watching.catch(() => {});
  await host[Symbol.asyncDispose]();
  await expect(watching).rejects.toMatchObject({ code: 'usage' });
  await expect(host.watch({ hiding: 'none', source: 'tests/fixtures/desk.mp4' })).rejects.toMatchObject({
    code: 'usage',
  });
  expect(host.pid).toBeUndefined();
});

test('ends with its host, even one that is killed', async () => {
  const { spawn } = await import('node:child_process');
  const program = `
    import { EngineHost } from ${JSON.stringify(new URL('../../main/engine/host.ts', import.meta.url).href)};
    const host = new EngineHost();
    await host.watch(${JSON.stringify({ hiding: 'none', source: desk, bundle, previews: true })});
    console.log('watching');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  await until(() => out.includes('watching'));
  expect((await descendants()).length).toBeGreaterThan(1);
  child.kill('SIGKILL');
  await until(async () => (await descendants()).length === 0);
});
