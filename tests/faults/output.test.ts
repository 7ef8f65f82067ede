import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import { openOutputs } from '../../main/output/outputs.ts';

const started: LiveEvent = { type: 'started', source: 'x.mp4', bundle: 'b', fps: 2, tokensPerFrame: 10 };
const said = (t: number): LiveEvent => {
  return { type: 'narration', t, text: `Something happened at ${t}. `.repeat(8), pSilent: 0.1, latencyMs: 5 };
};

const frame = { type: 'frame', pSilent: 1, encoded: true, changed: 0, reason: 'silent', latencyMs: 1 } as const;

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

  test('one that fills up: what an earlier run left there stays, whatever the format, and nothing else', async (context) => {
    if (!mounted) context.skip('mounting a file system is not permitted here');
    const disk = join(folder, 'disk');
    const names = ['a.jsonl', 'a.md', 'a.srt', 'a.txt', 'a.vtt'];
    for (const name of names) {
      await writeFile(join(disk, name), 'from before\n');
      const { code } = await fill([join(disk, name)]);
      expect(code, name).toBe('output-unwritable');
      expect(await readFile(join(disk, name), 'utf8'), name).toBe('from before\n');
    }
    expect((await readdir(disk)).sort()).toEqual(names);
  });

  test('one that fills up while a video is made of it: the one that is there stays', async (context) => {
    if (!mounted) context.skip('mounting a file system is not permitted here');
    const source = join(folder, 'in.mkv');
    const made = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=10:d=6', '-c:v', 'mpeg4', '-q:v', '4', source];
    spawnSync((await findFfmpeg()).path, ['-loglevel', 'error', ...made]);
    const video = join(folder, 'disk/a.mp4');
    await writeFile(video, 'a good one');
    for (const size of ['32k', '64k', '128k']) {
      mount('-o', `remount,size=${size}`, join(folder, 'disk'));
      const outputs = await openOutputs([video], { source });
      await outputs.write(started);
      for (const t of [0, 5.5]) await outputs.write({ ...frame, index: 2 * t, t });
      await outputs.write(said(2));
      await expect(outputs.close(), size).rejects.toMatchObject({
        code: 'output-unwritable',
        message: expect.stringContaining('the disk is full'),
      });
      expect(await readFile(video, 'utf8')).toBe('a good one');
      expect(await readdir(join(folder, 'disk'))).toEqual(['a.mp4']);
    }
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
