/** A run that remembers is killed and goes on from its snapshot: the memory has all of the stream, and all of it once. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineEvent } from '../../main/engine/engine.ts';
import { EngineHost } from '../../main/engine/host.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { CommandLine, eventsIn, onlooker, recording } from '../support/command-line.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

let folder: string;
let bundle: string;
/** One frame at a time: with random weights, rounding in batches of another size would decide differently. */
let run: string[];
let whole: LiveEvent[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-resumed-'));
  bundle = join(folder, 'bundle');
  await writeTinyBundle(bundle, ({ decision }) => Object.assign(decision, { theta: 0.012 }));
  run = ['narrate', recording, '--bundle', bundle, '--format', 'jsonl', '--batch', '1'];
  run.push('--ask-at', '20=What is open?', '--ask-at', '50=And now?');
  whole = eventsIn<LiveEvent>((await onlooker(...run)).stdout);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a memory has, in the order in which it was written. */
async function remembered(memory: string) {
  using connection = await openMemory({ folder: memory });
  return {
    sessions: connection.all('SELECT id FROM sessions').length,
    frames: connection.all<{ t: number }>('SELECT t FROM frames ORDER BY t').map(({ t }) => t),
    said: connection.all<{ t: number }>('SELECT t FROM utterances ORDER BY t, kind').map(({ t }) => t),
    pictures: connection.all<{ t: number }>('SELECT t FROM thumbnails ORDER BY t').map(({ t }) => t),
  };
}

const timesOf = (events: readonly LiveEvent[], ...types: LiveEvent['type'][]) =>
  events.flatMap((event) => ('t' in event && types.includes(event.type) ? [event.t] : [])).sort((a, b) => a - b);

test('on the command line, again and again', { timeout: 120_000 }, async () => {
  const snapshot = join(folder, 'run.snapshot');
  const memory = join(folder, 'killed');
  const keep = ['--remember', '--memory', memory, '--snapshot', snapshot, '--snapshot-every', '0.4'];
  for (const [turn, delay] of [400, 150].entries()) {
    const going = new CommandLine([...run, ...keep, ...(turn > 0 ? ['--resume', snapshot] : [])]);
    await going.until((out) => out.includes('"frame"') && existsSync(snapshot));
    await sleep(delay);
    going.child.kill('SIGKILL');
    await going.ended;
  }
  const before = await remembered(memory);
  const { code } = await onlooker(...run, ...keep, '--resume', snapshot);
  expect(code).toBe(0);

  const after = await remembered(memory);
  expect(before.frames.length).toBeGreaterThan(0);
  expect(after.frames).toEqual(timesOf(whole, 'frame'));
  expect(after.said).toEqual(timesOf(whole, 'narration', 'answer'));
  expect(after.pictures).toEqual([...new Set(after.pictures)]);
  expect(after.sessions).toBe(1);
});

test('in the process of the engine, wherever it is killed', { timeout: 120_000 }, async () => {
  const memory = join(folder, 'engine');
  const patience = { firstWaitMs: 1, longestWaitMs: 1, snapshotEverySeconds: 0.3, attempts: 100 };
  const events: EngineEvent[] = [];
  {
    await using host = new EngineHost(patience);
    host.subscribe((event) => events.push(event));
    const frames = () => events.filter(({ type }) => type === 'frame').length;
    const over = () => events.some(({ type }) => type === 'finished');
    void host.watch({ hiding: 'none', source: recording, bundle, realtime: false, memory: { folder: memory } });
    let kills = 0;
    for (let wanted = 1; !over(); await sleep(5)) {
      if (frames() < wanted || host.pid === undefined) continue;
      process.kill(host.pid, 'SIGKILL');
      kills++;
      wanted = frames() + 40;
    }
    expect(kills).toBeGreaterThan(2);
  }
  const { frames, said, sessions } = await remembered(memory);
  expect(frames).toEqual(timesOf(events as LiveEvent[], 'frame'));
  expect(new Set(frames).size).toBe(frames.length);
  expect(said).toEqual(timesOf(events as LiveEvent[], 'narration'));
  expect(sessions).toBe(1);
});
