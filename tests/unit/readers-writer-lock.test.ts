import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ReadersWriterLock } from '../../main/base/readers-writer-lock.ts';

test('readers run side by side, a writer alone and in its turn', async () => {
  const lock = new ReadersWriterLock();
  const log: string[] = [];
  const work = (name: string, milliseconds: number) => async () => {
    log.push(`${name} starts`);
    await sleep(milliseconds);
    log.push(`${name} ends`);
  };
  await Promise.all([
    ...[lock.read(work('a', 20)), lock.read(work('b', 1)), lock.write(work('c', 1))],
    ...[lock.read(work('d', 1)), lock.write(work('e', 1)), lock.write(work('f', 1))],
  ]);
  const [first, ...rest] = [log.slice(0, 4), ...log.slice(4)];
  expect(first).toEqual(['a starts', 'b starts', 'b ends', 'a ends']);
  expect(rest).toEqual(['c', 'd', 'e', 'f'].flatMap((name) => [`${name} starts`, `${name} ends`]));
});

test('a failure reaches its caller and nobody else', async () => {
  const lock = new ReadersWriterLock();
  const failing = [lock.read, lock.write].map((run) => run.call(lock, () => Promise.reject(new Error('no'))));
  const next = lock.read(() => 'fine');
  for (const one of failing) await expect(one).rejects.toThrow('no');
  await expect(next).resolves.toBe('fine');
});
