import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LiveEvent } from '../../main/live/events.ts';
import { openOutputs } from '../../main/output/outputs.ts';

const started: LiveEvent = { type: 'started', source: 'x.mp4', bundle: 'b', fps: 2, tokensPerFrame: 10 };
const said = (t: number): LiveEvent => {
  return { type: 'narration', t, text: `Something happened at ${t}. `.repeat(8), pSilent: 0.1, latencyMs: 5 };
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-output-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes until it fails, and returns the error. */
async function fill(paths: readonly string[]): Promise<{ code: string; message: string }> {
  await using outputs = await openOutputs(paths, { source: 'x.mp4' });
  try {
    await outputs.write(started);
    for (let t = 1; t < 5000; t += 5) await outputs.write(said(t));
  } catch (error) {
    return error as { code: string; message: string };
  }
  return expect.unreachable('the disk never became full');
}

test.skipIf(process.platform !== 'linux')('a device that is full at the first byte', async () => {
  await symlink('/dev/full', join(folder, 'a.jsonl'));
  const { code, message } = await fill([join(folder, 'a.jsonl')]);
  expect(code).toBe('output-unwritable');
  expect(message).toBe(
    `Cannot write ${join(folder, 'a.jsonl')}: the disk is full. Free some space, or give --out another place.`,
  );
});

const mount = (...args: string[]) => spawnSync('mount', args).status === 0;

describe('on a disk of its own', () => {
  let mounted = false;
  beforeEach(async () => {
    await mkdir(join(folder, 'disk'));
    mounted = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', join(folder, 'disk'));
  });
  afterEach(() => {
    if (mounted) spawnSync('umount', [join(folder, 'disk')]);
  });

  test('one that fills up: what is there is whole events, and other files go on to their end', async (context) => {
    if (!mounted) context.skip('mounting a file system is not permitted here');
    const small = join(folder, 'disk/a.jsonl');
    const other = join(folder, 'b.srt');
    const { code, message } = await fill([other, small]);
    expect(code).toBe('output-unwritable');
    expect(message).toContain(small);
    const text = await readFile(small, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as LiveEvent);
    expect(events.length).toBeGreaterThan(50);
    // The other file holds every narration that was written, the one that was under way included.
    const cues = (await readFile(other, 'utf8')).trimEnd().split('\n\n');
    expect(cues).toHaveLength(events.filter(({ type }) => type === 'narration').length + 1);
  });

  test('one that is read-only', async (context) => {
    if (!mounted || !mount('-o', 'remount,ro', join(folder, 'disk'))) context.skip('mounting is not permitted here');
    for (const name of ['a.srt', 'a.mp4']) {
      const opening = openOutputs([join(folder, 'disk', name)], { source: 'x.mp4' });
      await expect(opening).rejects.toMatchObject({
        code: 'output-unwritable',
        message: expect.stringContaining('read-only'),
      });
    }
  });
});
