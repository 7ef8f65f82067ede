/** An export that is ended in the midst of it leaves nothing that is not encrypted. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setLimits } from '../../main/memory/forget/retention.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { CommandLine, onlooker } from '../support/command-line.ts';
import { frameRow, session, temporaryFolder } from '../support/memory.ts';

let folder: ReturnType<typeof temporaryFolder>;
const inFolder = (name: string) => join(folder.path, name);
const parts = () => readdirSync(folder.path).filter((name) => name.endsWith('.part'));
const notes = () => readdirSync(inFolder('memory')).filter((name) => name.startsWith('export-'));

beforeEach(async () => {
  folder = temporaryFolder();
  using memory = await openMemory({ folder: inFolder('memory'), create: true });
  setLimits(memory, { keepDays: 100_000 });
  const jpeg = new Uint8Array(3000).fill(7);
  // Writing so many pictures takes a second and more.
  const pictures = Array.from({ length: 8000 }, (_, t) => ({ t, at: t, width: 4, height: 2, jpeg }));
  session(memory).write([frameRow(0)], pictures);
});
afterEach(() => folder[Symbol.dispose]());

/** An export that is in the midst of it. */
async function exporting(): Promise<CommandLine> {
  const running = new CommandLine(['export', '--out', inFolder('out'), '--memory', inFolder('memory')]);
  while (parts().every((part) => !existsSync(inFolder(`${part}/thumbnails.jsonl`)))) {
    if (running.child.exitCode !== null) throw new Error(`It ended too early: ${running.stderr}`);
    await sleep(5);
  }
  return running;
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s: nothing is left',
  async (signal) => {
    const running = await exporting();
    running.child.kill(signal);
    expect((await running.ended).code).toBe(130);
    expect([parts(), notes(), existsSync(inFolder('out'))]).toEqual([[], [], false]);
  },
  60_000,
);

test('killed: the next export removes what is left, wherever that was to go, and nothing else', async () => {
  const running = await exporting();
  running.child.kill('SIGKILL');
  await running.ended;
  expect([parts().length, notes().length]).toEqual([1, 1]);
  const foreign = 'x.00000000-0000-0000-0000-000000000000.part';
  writeFileSync(inFolder(foreign), 'of somebody else');
  const second = await exporting(); // is under way, and is left alone
  const { code } = await onlooker('export', '--out', inFolder('elsewhere'), '--memory', inFolder('memory'));
  expect([code, (await second.ended).code]).toEqual([0, 0]);
  expect([parts(), notes()]).toEqual([[foreign], []]);
  expect([existsSync(inFolder('out')), existsSync(inFolder('elsewhere'))]).toEqual([true, true]);
}, 60_000);

test('killed: forgetting everything removes it, too', async () => {
  const running = await exporting();
  running.child.kill('SIGKILL');
  await running.ended;
  expect((await onlooker('forget', '--all', '--memory', inFolder('memory'))).code).toBe(0);
  expect([parts(), notes()]).toEqual([[], []]);
}, 60_000);
