import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from '../../main/base/turns.ts';

test('work runs in the order it was given, one piece at a time', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const work = (name: string, milliseconds: number) => async () => {
    log.push(`${name} starts`);
    await sleep(milliseconds);
    log.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all([turns.run(work('a', 20)), turns.run(work('b', 0)), turns.run(work('c', 5))]);
  expect(results).toEqual(['a', 'b', 'c']);
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
});

test('a failure reaches its caller and nobody else', async () => {
  const turns = new Turns();
  const failing = turns.run(() => Promise.reject(new Error('no')));
  const throwing = turns.run(() => {
    throw new Error('never');
  });
  const next = turns.run(() => 'fine');
  await expect(failing).rejects.toThrow('no');
  await expect(throwing).rejects.toThrow('never');
  await expect(next).resolves.toBe('fine');
});
