/** Two hundred times killed while it writes, at random moments: the memory is whole, and has all that was committed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkPages, openMemory } from '../../main/memory/store/open-memory.ts';
import { checkIntegrity, temporaryFolder } from '../support/memory.ts';

const writes = fileURLToPath(new URL('../support/writes-fast.ts', import.meta.url));
const kills = Number(process.env.ONLOOKER_KILLS ?? 200);
/** After so many the memory begins anew, because reading it all each time takes longer the larger it is. */
const killsOfAMemory = 20;

test(`${kills} kills: nothing committed is lost, nothing is damaged, and half a batch is never there`, async () => {
  using compiled = temporaryFolder();
  let left = kills;
  let midBatch = 0;
  /** One memory after another. */
  const killOn = async () => {
    while (left > 0) {
      using folder = temporaryFolder();
      for (let kill = 0; kill < killsOfAMemory && left > 0; kill++) {
        left--;
        const killed = await killedAtRandom(start(folder.path, compiled.path));
        if (killed.begun > killed.written) midBatch++;
        await look(folder.path, killed);
      }
    }
  };
  await Promise.all([killOn(), killOn()]);
  expect(midBatch).toBeGreaterThan(kills / 4); // or it would not have been the moments that matter
}, 600_000);

interface Killed {
  /** Rows it said were safe, and rows it had begun to write. */
  readonly written: number;
  readonly begun: number;
}

function start(folder: string, compileCache: string) {
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache };
  const child = spawn(process.execPath, [writes, folder], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const running = { child, stdout: '', ended: once(child, 'close') };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    running.stdout += text;
  });
  return running;
}

async function killedAtRandom(running: ReturnType<typeof start>): Promise<Killed> {
  while (!running.stdout.includes('written')) await Promise.race([once(running.child.stdout, 'data'), running.ended]);
  await sleep(Math.random() * 60);
  running.child.kill('SIGKILL');
  await running.ended;
  const last = (pattern: RegExp) => Number([...running.stdout.matchAll(pattern)].at(-1)?.[1] ?? 0);
  return { written: last(/^written (\d+)\n/gm), begun: last(/^batch \d+ (\d+)\n/gm) };
}

async function look(folder: string, { written, begun }: Killed): Promise<void> {
  using memory = await openMemory({ folder });
  checkPages(memory);
  checkIntegrity(memory);
  const { session } = memory.get<{ session: number }>('SELECT max(id) AS session FROM sessions')!;
  const texts = memory.all<{ text: string }>('SELECT text FROM utterances WHERE session_id = ? ORDER BY id', session);
  const frames = memory.all<{ t: number }>('SELECT t FROM frames WHERE session_id = ? ORDER BY id', session);
  expect(texts.map(({ text }) => text)).toEqual(texts.map((_, i) => `Event ${i}`));
  expect(frames.map(({ t }) => t)).toEqual(frames.map((_, i) => i / 2));
  // All of the last batch or nothing of it.
  expect([written, begun]).toContain(texts.length + frames.length);
}
