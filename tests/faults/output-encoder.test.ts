import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runFfmpeg } from '../../main/capture/run-ffmpeg.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import { openOutputs } from '../../main/output/outputs.ts';

const events: LiveEvent[] = [
  { type: 'started', source: 'x.mp4', bundle: 'b', fps: 2, tokensPerFrame: 10 },
  { type: 'frame', index: 0, t: 0, pSilent: 1, encoded: true, changed: 0, reason: 'spoke', latencyMs: 1 },
  { type: 'narration', t: 0, text: 'A terminal opened.', pSilent: 0.1, latencyMs: 5 },
];

/** Stands in for ffmpeg: it knows what it can do, and does what the file "task" beside it says once it has to encode. */
const pretender = `#!/bin/sh
case "$*" in
  *-version*) echo "ffmpeg version 5.1.0 Copyright (c) 2000-2022" ;;
  *-filters*) echo " ... subtitles V->V Render" ;;
  *-encoders*) echo " V..... libx264 H.264" ;;
  *-progress*) test -f verdict && . ./verdict || { echo "Duration: 00:00:09.00, start: 0"; echo "out_time=00:00:09.000000"; } ;;
  *level+info*) echo "Input #0, mov, from 'in.mp4':"; echo "  Stream #0:0: Video: h264, yuv420p, 64x40" ;;
  *) . "$(dirname "$0")/task" ;;
esac
`;

let home: string;
let out: string;
const original = process.env.FFMPEG_PATH;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'onlooker-encoder-'));
  await writeFile(join(home, 'ffmpeg'), pretender);
  await chmod(join(home, 'ffmpeg'), 0o755);
  process.env.FFMPEG_PATH = join(home, 'ffmpeg');
});
afterAll(async () => {
  if (original === undefined) delete process.env.FFMPEG_PATH;
  else process.env.FFMPEG_PATH = original;
  await rm(home, { recursive: true, force: true });
});
beforeEach(async () => {
  out = join(home, 'out');
  await rm(out, { recursive: true, force: true });
  await mkdir(out);
});

const task = (script: string) => writeFile(join(home, 'task'), script);

async function burn(): Promise<void> {
  const outputs = await openOutputs([join(out, 'a.mp4')], { source: join(home, 'in.mp4') });
  for (const event of events) await outputs.write(event);
  await outputs.close();
}

test('a disk that fills up while encoding: no half video, and the disk is named as the reason', async () => {
  await task('echo half > video.mp4; echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1');
  await expect(burn()).rejects.toMatchObject({
    code: 'output-unwritable',
    message: expect.stringContaining('the disk is full'),
  });
  expect(await readdir(out)).toEqual([]);
});

test('an encoder that fails every way: its last words, and what to do instead', async () => {
  await task('echo half > video.mp4; echo "moov atom not found" >&2; exit 1');
  await expect(burn()).rejects.toMatchObject({
    code: 'output-unwritable',
    message: `Cannot encode ${join(out, 'a.mp4')}: ffmpeg says "moov atom not found". Use --out with .srt or .vtt instead.`,
  });
  expect(await readdir(out)).toEqual([]);
});

test('a build that has libass but no font falls back to a track, and says so', async () => {
  await task('case "$*" in *mov_text*) echo track > video.mp4 ;; *) echo blank > video.mp4 ;; esac');
  const said: string[] = [];
  const context = { source: join(home, 'in.mp4'), notify: (line: string) => said.push(line) };
  const outputs = await openOutputs([join(out, 'a.mp4')], context);
  for (const event of events) await outputs.write(event);
  await outputs.close();
  expect(said.join('\n')).toContain('subtitle track');
  expect(await readdir(out)).toEqual(['a.mp4']);
});

test('a video that does not decode, or ends too early, does not replace the one that is there', async () => {
  const far: LiveEvent = { ...(events[1] as LiveEvent & { type: 'frame' }), index: 100, t: 50 };
  await writeFile(join(out, 'a.mp4'), 'a good one');
  const notWhole = {
    'ends after 9.0 s of 50.0 s': 'echo video > video.mp4',
    'moov atom not found': `echo video > video.mp4; echo 'echo "[error] moov atom not found"; exit 1' > verdict`,
    'Invalid NAL unit size': `echo video > video.mp4; echo 'echo "[h264 @ 0x1] [error] Invalid NAL unit size"' > verdict`,
  };
  for (const [why, script] of Object.entries(notWhole)) {
    await task(script);
    const outputs = await openOutputs([join(out, 'a.mp4')], { source: join(home, 'in.mp4') });
    for (const event of [...events, far]) await outputs.write(event);
    await expect(outputs.close()).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining(why),
    });
    expect(await readFile(join(out, 'a.mp4'), 'utf8')).toBe('a good one');
    expect(await readdir(out)).toEqual(['a.mp4']);
  }
});

test('what a run that was killed has left beside a file is removed by the next one; that of a running one is not', async () => {
  const ended = spawn('true');
  await once(ended, 'close');
  const id = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6';
  const [left, running] = [`.a.mp4.${ended.pid}-${id}.onlooker-part`, `.a.mp4.${process.pid}-${id}.onlooker-part`];
  for (const folder of [left, running]) await mkdir(join(out, folder));
  await writeFile(join(out, left, 'video.mp4'), 'half');
  await task('echo video > video.mp4');
  await burn();
  expect((await readdir(out)).sort()).toEqual([running, 'a.mp4']);
});

test('an encoder that is stopped does not make anybody wait for ever', async () => {
  await task('kill -STOP $$');
  await expect(runFfmpeg(join(home, 'ffmpeg'), ['-i', 'x'], out, 0.3)).rejects.toThrow('as if it were stopped');
});

test('an encoder that may write no larger file: the limit is named as the reason', async () => {
  await task('kill -XFSZ $$');
  await expect(burn()).rejects.toMatchObject({ code: 'output-unwritable', message: expect.stringContaining('ulimit') });
  expect(await readdir(out)).toEqual([]);
});

test('an encoder that is killed', async () => {
  await task('kill -9 $$');
  await expect(runFfmpeg(join(home, 'ffmpeg'), ['-i', 'x'], out)).rejects.toThrow('SIGKILL');
});

test('a run without a single frame makes no video', async () => {
  await task('echo video > video.mp4');
  const outputs = await openOutputs([join(out, 'a.mp4')], { source: join(home, 'in.mp4') });
  await outputs.write(events[0]!);
  await outputs.close();
  expect(await readdir(out)).toEqual([]);
});
