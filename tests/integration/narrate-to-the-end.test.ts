import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { probe } from '../../main/capture/probe.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import { onlooker } from '../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-end-'));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

test('a joined recording is told to its end, and no subtitle lasts longer', async () => {
  const ffmpeg = (await findFfmpeg()).path;
  // A terminal opens at 3 s; 0.8 s later it is over, and begins again.
  const part = ['-t', '3.8', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '12', path('part.ts')];
  execFileSync(ffmpeg, ['-loglevel', 'error', '-y', '-i', 'tests/fixtures/desk.mp4', ...part]);
  writeFileSync(path('joined.ts'), Buffer.concat([readFileSync(path('part.ts')), readFileSync(path('part.ts'))]));

  const out = ['srt', 'vtt', 'mp4'].flatMap((kind) => ['--out', path(`joined.${kind}`)]);
  const asked = ['--from', '0:00.5', '--ask-at', '0:07.5=What is open?', '--format', 'jsonl'];
  const run = await onlooker('narrate', path('joined.ts'), ...asked, ...out);
  expect(run.code, run.stderr).toBe(0);
  const events = run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LiveEvent);

  const frames = events.flatMap((event) => (event.type === 'frame' ? [event.index] : []));
  expect(frames).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  expect(events.filter(({ type }) => type === 'gap')).toEqual([
    { type: 'gap', from: 4, to: 4, reason: 'discontinuity', dropped: 0 },
  ]);
  const said = events.flatMap((event) => (event.type === 'narration' ? [event] : []));
  expect(said.filter(({ text }) => text === 'A terminal opened.').length).toBeGreaterThan(0);
  const { end } = events.find((event) => event.type === 'finished')!;
  expect(end).toBeCloseTo(7.6, 1);

  const ends = (name: string) =>
    [...readFileSync(path(name), 'utf8').matchAll(/--> 00:00:(\d\d)[.,](\d{3})/g)].map(
      ([, seconds, ms]) => Number(seconds) + Number(ms) / 1000,
    );
  expect(ends('joined.srt').at(-1)).toBe(end);
  expect(ends('joined.vtt')).toEqual(ends('joined.srt'));
  const video = await probe(ffmpeg, { url: path('joined.mp4'), options: [] }, 10_000);
  expect(video.duration).toBeGreaterThan(6.9);
  expect(video.duration).toBeLessThan(7.3);
}, 60_000);
