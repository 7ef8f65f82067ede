import { afterEach, beforeEach } from 'vitest';
import { setLimits } from '../../main/memory/forget/retention.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { temporaryFolder } from './memory.ts';

/** Gives each test of a file a memory that keeps what is old, in a folder of its own; both go after the test. */
export function memoryForEachTest(use: (memory: Connection, folder: string) => void): void {
  let opened: Disposable | undefined;
  beforeEach(async () => {
    const owned = new DisposableStack();
    opened = owned;
    const { path } = owned.use(temporaryFolder());
    const memory = owned.use(await openMemory({ folder: path, create: true }));
    setLimits(memory, { keepDays: 100_000 });
    use(memory, path);
  });
  afterEach(() => opened?.[Symbol.dispose]());
}
