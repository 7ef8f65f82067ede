/** Killed while it records: what was said is in the memory, and all frames but those of the last second. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { temporaryFolder } from '../support/memory.ts';

const records = fileURLToPath(new URL('../support/records-in-time.ts', import.meta.url));
/** Milliseconds for a transaction and a thread's turn on a machine that has more to do. */
const writing = 400;

test('at most the last second of frames is missing, and nothing of what was said', async () => {
  await Promise.all(Array.from({ length: 5 }, killed));
});

async function killed(): Promise<void> {
  using folder = temporaryFolder();
  const child = spawn(process.execPath, [records, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  while (!stdout.includes('frame 40 ')) await once(child.stdout, 'data');
  await sleep(Math.random() * 1500);
  const killedAt = Date.now();
  child.kill('SIGKILL');
  await once(child, 'close');

  const before = (kind: string, milliseconds: number): number[] =>
    [...stdout.matchAll(new RegExp(`^${kind} (\\d+) at (\\d+)\n`, 'gm'))].flatMap(([, n, at]) =>
      Number(at) < killedAt - milliseconds ? [Number(n)] : [],
    );
  using memory = await openMemory({ folder: folder.path });
  const frames = memory.all<{ t: number }>('SELECT t FROM frames ORDER BY id').map(({ t }) => Math.round(20 * t));
  const texts = memory.all<{ text: string }>('SELECT text FROM utterances ORDER BY id').map(({ text }) => text);
  expect(frames).toEqual(expect.arrayContaining(before('frame', 1000 + writing)));
  const told = before('narration', writing).map((n) => `Event ${n}`);
  expect(told.length).toBeGreaterThan(4);
  expect(texts).toEqual(expect.arrayContaining(told));
}
