/** `onlooker forget` beside a program that watches: what the memory has forgotten, the model forgets as well. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../main/engine/engine.ts';
import { InProcessEngine } from '../../main/engine/in-process.ts';
import { CommandLine, onlooker, recording } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';
import { snapshotContent } from '../support/snapshot-content.ts';

/** The first sentence that was said, of `narrate --format text`: "[00:08.0] A command is running in the terminal." */
const sentence = (stdout: string) => /^\[[\d:.]+\] (.+)$/m.exec(stdout)?.[1] ?? '';

function narrating(folder: string, ...more: readonly string[]): CommandLine {
  const snapshot = join(folder, 'run.snapshot');
  const kept = ['--remember', '--memory', join(folder, 'memory'), '--snapshot', snapshot, '--snapshot-every', '0.5'];
  return new CommandLine(['narrate', recording, '--realtime', ...kept, ...more]);
}

/** Waits until the snapshot does not hold the text any more. */
async function gone(snapshot: string, text: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    // Until it is written anew there is no key for it any more.
    const content = existsSync(snapshot) && (await snapshotContent(snapshot).catch(() => undefined));
    if (content && !content.includes(text)) return;
    await sleep(100);
  }
  throw new Error(`"${text}" is still in the snapshot.`);
}

test('a run of another process forgets what the memory forgets, while it goes on', async () => {
  using folder = temporaryFolder();
  const snapshot = join(folder.path, 'run.snapshot');
  const run = narrating(folder.path, '--from', '4', '--duration', '30');
  await run.until((stdout) => sentence(stdout) !== '');
  const text = sentence(run.stdout);
  await sleep(1000);
  expect((await snapshotContent(snapshot)).includes(text)).toBe(true);
  expect(readFileSync(snapshot).includes(text)).toBe(false);
  const { code, stdout } = await onlooker('forget', '--all', '--memory', join(folder.path, 'memory'));
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Forgotten: [1-9]/)]);
  await gone(snapshot, text);
  run.child.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
});

test('a run that goes on from a snapshot forgets what was forgotten since it was taken', async () => {
  using folder = temporaryFolder();
  const snapshot = join(folder.path, 'run.snapshot');
  const killed = narrating(folder.path, '--from', '4', '--duration', '30');
  await killed.until((stdout) => sentence(stdout) !== '');
  const text = sentence(killed.stdout);
  await sleep(1000);
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect((await onlooker('forget', '--last', '1m', '--memory', join(folder.path, 'memory'))).code).toBe(0);
  expect((await snapshotContent(snapshot)).includes(text)).toBe(true);
  const run = narrating(folder.path, '--resume', snapshot, '--duration', '40');
  await gone(snapshot, text);
  run.child.kill('SIGINT');
  await run.ended;
});

test('a paused engine forgets as well, and says so', async () => {
  using folder = temporaryFolder();
  await using engine = new InProcessEngine();
  const events: EngineEvent[] = [];
  engine.subscribe((event) => events.push(event));
  await engine.watch({ hiding: 'none', source: recording, memory: { folder: folder.path } });
  const since = engine.since!;
  await sleep(1500); // what was seen is written by then
  await engine.pause();
  expect((await onlooker('forget', '--last', '1h', '--memory', folder.path)).code).toBe(0);
  while (!events.some(({ type }) => type === 'forgotten')) await sleep(50);
  const told = events.filter((event) => event.type === 'forgotten');
  expect(told).toHaveLength(1);
  expect(told[0]!.from).toBeLessThan(since);
  expect(told[0]!.before).toBeGreaterThan(since);
  expect(engine.since).toBeUndefined();
});
