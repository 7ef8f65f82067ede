import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FinishedEvent, FrameEvent, LiveEvent } from '../../main/live/events.ts';
import { type NarrateOptions, narrate } from '../../main/live/narrate.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

/** The engine from end to end on a real recording, with a tiny bundle of random weights: what it does, not what it says. */
const desk = fileURLToPath(new URL('../fixtures/desk.mp4', import.meta.url));
let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-narrate-'));
  bundle = join(folder, 'bundle');
  await writeTinyBundle(bundle);
});
afterAll(() => rm(folder, { recursive: true }));

const watch = (options: Partial<NarrateOptions> = {}) =>
  narrate({ hiding: 'none', source: desk, bundle, duration: 20, ...options });
const all = (options: Partial<NarrateOptions> = {}) => Array.fromAsync(watch(options));
const frames = (events: readonly LiveEvent[]) => events.filter((event): event is FrameEvent => event.type === 'frame');
const finished = (events: readonly LiveEvent[]) => events.at(-1) as FinishedEvent;

/** What must not depend on timing. */
const told = (events: readonly LiveEvent[]) =>
  events.flatMap((event): (string | number | boolean)[][] => {
    if (event.type === 'frame') return [[event.index, event.t, event.reason, event.encoded, event.changed]];
    return event.type === 'narration' || event.type === 'answer' ? [[event.type, event.t, event.text]] : [];
  });

describe('events', () => {
  test('started, a frame for every place on the grid, finished with its figures', async () => {
    const events = await all();
    expect(events[0]).toEqual({
      ...{ type: 'started', source: desk, bundle: 'tiny', fps: 2, tokensPerFrame: 10 },
      encoder: expect.stringMatching(/^[0-9a-f]{64}$/),
      stream: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(frames(events).map(({ index, t }) => [index, t])).toEqual(Array.from({ length: 40 }, (_, i) => [i, i / 2]));
    const narrations = events.filter(({ type }) => type === 'narration').length;
    expect(finished(events)).toMatchObject({
      frames: 40,
      seconds: 20,
      narrations,
      answers: 0,
      dropped: 0,
      complete: true,
    });
    expect(finished(events).latencyP95Ms).toBeGreaterThan(0);
  });

  test('still frames are not encoded, and after a few the model is not asked', async () => {
    const still = frames(await all()).filter(({ changed }) => changed === 0);
    expect(still.length).toBeGreaterThan(5);
    expect(still.every(({ encoded }) => !encoded)).toBe(true);
    expect(still.some(({ reason }) => reason === 'still')).toBe(true);
  });

  test('the same whatever the batch, run after run', async () => {
    const one = told(await all({ batch: 1 }));
    expect(told(await all({ batch: 6 }))).toEqual(one);
  });

  test('from and duration choose frames of the same grid', async () => {
    const part = frames(await all({ from: 5, duration: 4 }));
    expect(part.map(({ t }) => t)).toEqual([5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5]);
  });
});

describe('questions', () => {
  test('are answered behind the first frame at their time, without seeing later ones', async () => {
    const questions = [
      { t: 7.2, text: 'what now?' },
      { t: 2, text: 'what is it?' },
    ];
    const events = await all({ questions, batch: 6 });
    const answers = events.filter((event) => event.type === 'answer');
    expect(answers.map(({ t, query }) => [t, query])).toEqual([
      [2, 'what is it?'],
      [7.5, 'what now?'],
    ]);
    const at = events.findIndex((event) => event.type === 'answer');
    expect(frames(events.slice(0, at)).at(-1)?.t).toBe(2);
    expect(told(await all({ questions, batch: 1 }))).toEqual(told(events));
  });

  test('meant for after the end are answered at the end', async () => {
    const events = await all({ duration: 3, questions: [{ t: 100, text: 'what was it?' }] });
    expect(events.at(-2)).toMatchObject({ type: 'answer', t: 2.5 });
  });
});

describe('interruption', () => {
  test('an abort finishes the run: no failure, marked as not complete', async () => {
    const stop = new AbortController();
    const events: LiveEvent[] = [];
    for await (const event of watch({ duration: 70, signal: stop.signal })) {
      events.push(event);
      if (event.type === 'frame' && event.index === 10) stop.abort();
    }
    expect(finished(events)).toMatchObject({ type: 'finished', complete: false });
    expect(frames(events).length).toBeLessThan(100);
  });

  test('a reader that leaves early leaves nothing behind', async () => {
    for await (const event of watch({ duration: 70 })) if (event.type === 'frame') break;
    const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8').catch(() => '');
    expect(children.trim()).toBe('');
  });

  test('a run resumed from a snapshot goes on as one never interrupted', async () => {
    const snapshot = join(folder, 'run.snapshot');
    const questions = [
      { t: 3, text: 'what is it?' },
      { t: 14, text: 'and now?' },
    ];
    const whole = told(await all({ questions }));
    const first = told(await all({ questions: questions.slice(0, 1), duration: 9, snapshot }));
    const rest = told(await all({ questions, resume: snapshot }));
    expect([...first, ...rest]).toEqual(whole);
  });

  test('a snapshot of another bundle is refused before anything runs', async () => {
    const snapshot = join(folder, 'other.snapshot');
    await all({ duration: 2, snapshot });
    const other = join(folder, 'other');
    await writeTinyBundle(other, (manifest) => {
      manifest.version = '2';
    });
    await expect(all({ bundle: other, resume: snapshot })).rejects.toMatchObject({ code: 'snapshot-unusable' });
  });
});
