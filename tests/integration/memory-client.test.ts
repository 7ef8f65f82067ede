/** The memory's own thread, as those see it who must not wait for a disk. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryClient } from '../../main/memory/client.ts';
import { forgetEverything } from '../../main/memory/forget/forget-everything.ts';
import { setLimits } from '../../main/memory/forget/retention.ts';
import { databaseFiles, memoryFiles } from '../../main/memory/store/location.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { recapMarkdown } from '../../main/output/recap.ts';
import { frameRow, narrationRow, noon, session, temporaryFolder } from '../support/memory.ts';

const always = { from: 0, before: Number.MAX_SAFE_INTEGER };
/** Frames enough that a recap of them takes several steps. */
const many = 20_000;

let owned: AsyncDisposableStack;
let folder: string;
let client: MemoryClient;
/** Threads that were started since the test began, and how many of them have ended. */
let threads: Worker[];
let ended: number;

beforeEach(() => {
  owned = new AsyncDisposableStack();
  folder = owned.use(temporaryFolder()).path;
  client = owned.use(new MemoryClient({ folder }));
  threads = [];
  ended = 0;
  const count = (worker: Worker) => {
    threads.push(worker);
    worker.once('exit', () => ended++);
  };
  process.on('worker', count);
  owned.defer(() => void process.off('worker', count));
});
afterEach(() => owned.disposeAsync());

/** A memory in which `words` was narrated; frames twice a second. */
async function remember(words: string, frames = 2): Promise<void> {
  using memory = await openMemory({ folder, create: true });
  setLimits(memory, { keepDays: 100_000 });
  const writer = session(memory);
  for (let from = 0; from < frames; from += 5000) {
    const count = Math.min(5000, frames - from);
    writer.write(Array.from({ length: count }, (_, i) => frameRow((from + i) / 2)));
  }
  writer.write([narrationRow(1, words)]);
}

const narrated = async () => (await client.request('moments', always)).moments.flatMap(({ utterances }) => utterances);

test('a slow recap holds the thread of whoever asked for at most 16 ms, and others are answered meanwhile', async () => {
  await remember('A terminal opened.', many);
  await client.request('days', null);
  let held = Number.POSITIVE_INFINITY;
  // What else goes on on this machine may hold it, too, but not every time; a recap on this thread would.
  for (let i = 0; i < 5 && held > 16; i++) {
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const order: string[] = [];
    const shares: number[] = [];
    const onProgress = (share: number) => shares.push(share);
    const recap = client.request('recap', always, { onProgress }).finally(() => order.push('recap'));
    const days = client.request('days', null).finally(() => order.push('days'));
    expect(await days).toMatchObject([{ frames: many }]);
    expect(recapMarkdown(await recap)).toContain('A terminal opened.');
    expect(shares.length).toBeGreaterThan(0);
    for (const share of shares) expect(share).toBeGreaterThan(0);
    delays.disable();
    expect(order).toEqual(['days', 'recap']);
    held = delays.max / 1e6;
  }
  expect(held).toBeLessThanOrEqual(16);
});

test('what is cancelled ends at once, and the next request does not wait for it', async () => {
  await remember('A terminal opened.', many);
  const stop = new AbortController();
  const recap = client.request('recap', always, { signal: stop.signal });
  await client.request('sessions', null);
  stop.abort(new Error('the window is gone'));
  await expect(recap).rejects.toThrow('the window is gone');
  await expect(client.request('recap', always, { signal: stop.signal })).rejects.toThrow('the window is gone');
  expect(await narrated()).toHaveLength(1);
  expect(threads).toHaveLength(1);
});

test('an answer too long for one message arrives whole, and nothing is forgotten while it does', async () => {
  await remember('A terminal opened.');
  {
    using memory = await openMemory({ folder });
    session(memory).write(Array.from({ length: 3000 }, (_, i) => narrationRow(600 * i, `Text ${i}.`)));
  }
  const recap = client.request('recap', { ...always, lines: 1 });
  const forgotten = client.request('forget', {});
  const { activities } = await recap;
  expect(activities).toHaveLength(3001);
  expect(activities.at(-1)!.text).toContain('Text 2999.');
  expect(await forgotten).toMatchObject({ utterances: 3001 });
});

test('errors keep their code and their message', async () => {
  await expect(client.request('days', null)).rejects.toMatchObject({ code: 'memory-missing', exitCode: 4 });
  await remember('A terminal opened.');
  const tooLong = client.request('evidence', { question: 'what '.repeat(4000) });
  await expect(tooLong).rejects.toMatchObject({ name: 'OnlookerError', code: 'usage', exitCode: 2 });
  await expect(tooLong).rejects.toThrow(/The question/);
});

test('closing ends the thread, and what is asked of it', async () => {
  await remember('A terminal opened.', many);
  const recap = client.request('recap', always);
  await client.request('sessions', null);
  const cancelled = expect(recap).rejects.toThrow('the memory is closed');
  await client[Symbol.asyncDispose]();
  await cancelled;
  expect([threads.length, ended]).toEqual([1, 1]);
  await expect(client.request('days', null)).rejects.toThrow('the memory is closed');
});

test('a thread that ends by itself is told with a code, and the next request starts another one', async () => {
  await remember('A terminal opened.');
  const lost = expect(client.request('days', null)).rejects.toMatchObject({ code: 'memory-lost', exitCode: 4 });
  // Ended while it loads its modules: a thread that is ended within a call of libsql takes the process along.
  while (threads.length === 0) await sleep(0);
  await threads[0]!.terminate();
  await lost;
  expect(await narrated()).toMatchObject([{ text: 'A terminal opened.' }]);
  expect([threads.length, ended]).toEqual([2, 1]);
});

test('what nobody asks for any more is let go of', async () => {
  await remember('A terminal opened.');
  await using brief = new MemoryClient({ folder, idleMs: 20 });
  await brief.request('days', null);
  while (ended === 0) await sleep(5);
  expect(await brief.request('days', null)).toHaveLength(1);
  expect(threads).toHaveLength(2);
});

test('what is forgotten is in no answer that comes later, not even in that of a recap under way', async () => {
  await remember('A secret.', many);
  const order: string[] = [];
  const recap = client.request('recap', always).then((activities) => {
    order.push('recap');
    return activities;
  });
  const forgotten = client.request('forget', {}).then((counts) => {
    order.push('forgotten');
    return counts;
  });
  const later = client.request('recap', always);
  expect(recapMarkdown(await recap)).toContain('A secret.');
  expect(await forgotten).toMatchObject({ frames: many, utterances: 1 });
  expect((await later).activities).toEqual([]);
  expect(order).toEqual(['recap', 'forgotten']);
  await client.request('wipe', null);
});

test('another program forgets everything while it is open', async () => {
  await remember('A terminal opened.');
  expect(await narrated()).toHaveLength(1);
  expect(await forgetEverything({ folder })).toMatchObject({ utterances: 1 });
  expect(await narrated()).toEqual([]);
  expect(threads).toHaveLength(1);
});

test('the file is another one: the old one is let go of, and the new one stays whole', async () => {
  await remember('A terminal opened.');
  expect(await narrated()).toMatchObject([{ text: 'A terminal opened.' }]);
  for (const file of databaseFiles(memoryFiles(folder).database)) {
    if (existsSync(file)) renameSync(file, `${file}.aside`);
  }
  await expect(client.request('days', null)).rejects.toMatchObject({ code: 'memory-missing' });
  expect(ended).toBe(1);
  await remember('A text editor opened.');
  expect(await narrated()).toMatchObject([{ text: 'A text editor opened.' }]);
  expect(threads).toHaveLength(2);

  // Replaced between two requests, while another program writes the new one.
  for (const file of databaseFiles(memoryFiles(folder).database)) {
    if (existsSync(file)) renameSync(file, `${file}.aside`);
  }
  using other = await openMemory({ folder, create: true });
  setLimits(other, { keepDays: 100_000 });
  session(other, { startedAt: noon }).write([narrationRow(1, 'A file manager opened.')]);
  expect(await narrated()).toMatchObject([{ text: 'A file manager opened.' }]);
  session(other, { source: 'camera', startedAt: noon }).write([narrationRow(2, 'A cat.')]);
  await client.release();
  expect(ended).toBe(3);
  using whole = await openMemory({ folder, check: true });
  expect(whole.get('SELECT count(*) AS count FROM utterances')).toEqual({ count: 2 });
});

test('a memory that cannot be read is closed before the error is told, so that it can be removed', async () => {
  await remember('A terminal opened.');
  expect(await narrated()).toHaveLength(1);
  const { database, key } = memoryFiles(folder);
  const bytes = await readFile(database);
  await client.release();
  for (const file of databaseFiles(database)) rmSync(file, { force: true });
  await writeFile(database, bytes.fill(7, 0, 4096));
  await expect(client.request('days', null)).rejects.toMatchObject({ code: 'memory-damaged' });
  expect([threads.length, ended]).toEqual([2, 2]);
  expect(await forgetEverything({ folder })).toBeUndefined();
  expect(existsSync(database) || existsSync(key)).toBe(false);
  expect(existsSync(join(folder, 'memory.check'))).toBe(false);
});
