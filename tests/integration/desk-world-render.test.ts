import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holds } from '../../main/evaluation/reading.ts';
import { openReader } from '../../main/reading/open-reader.ts';
import { readWith, streamSeed } from '../../native-models/desk-world/grid.ts';
import { chromiumPath, openPage } from '../../native-models/desk-world/page.ts';
import { FPS, makeScenario, makeStills, type Scenario } from '../../native-models/desk-world/scenario.ts';
import { missingPrograms } from '../support/needs.ts';

const run = promisify(execFile);
const SECONDS = 12;
/** Both of its streams have a window opening in the first twelve seconds. */
const SEED = 7;

const missing = missingPrograms(...(existsSync(chromiumPath()) ? [] : [chromiumPath()]), 'ffmpeg', 'ffprobe');

describe.skipIf(missing)(`rendered desktop streams (${missing ?? 'Chromium'})`, () => {
  let folder: string;
  let scenarios: Scenario[];
  const render = (out: string, ...more: string[]) =>
    run(process.execPath, [
      'native-models/desk-world/render.ts',
      ...[
        '--out',
        out,
        '--streams',
        '2',
        '--seconds',
        String(SECONDS),
        '--seed',
        String(SEED),
        '--workers',
        '1',
        '--small',
        ...more,
      ],
    ]);
  const lines = async (name: string) =>
    (await readFile(join(folder, name), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'desk-world-'));
    await render(folder);
    scenarios = [0, 1].map((index) => makeScenario(streamSeed(SEED, index), SECONDS * FPS, 320 * 200));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('have a frame for every step, at two a second', async () => {
    for (const [i, video] of ['000000.mp4', '000001.mp4'].entries()) {
      const entries = 'stream=codec_name,width,height,r_frame_rate,nb_read_frames';
      const args = ['-v', 'error', '-count_frames', '-show_entries', entries, '-of', 'json'];
      const { stdout } = await run('ffprobe', [...args, join(folder, 'videos', video)]);
      expect(JSON.parse(stdout).streams[0]).toEqual({
        codec_name: 'h264',
        width: scenarios[i]!.style.tileWidth,
        height: scenarios[i]!.style.tileHeight,
        r_frame_rate: '2/1',
        nb_read_frames: String(SECONDS * FPS),
      });
    }
  });

  test('as stills: every frame another desktop, with its state and no event', async () => {
    const out = join(folder, 'stills');
    await render(out, '--stills');
    const states = (await readFile(join(out, 'states.jsonl'), 'utf8')).trim().split('\n');
    expect(states).toHaveLength(2);
    for (const [i, line] of states.entries()) {
      const stills = makeStills(streamSeed(SEED, i), SECONDS * FPS, 320 * 200);
      const { tileWidth: width, tileHeight: height } = stills[0]!.style;
      const frames = stills.map(({ states: shown }) => shown.at(-1));
      expect(JSON.parse(line)).toEqual({ video: `00000${i}.mp4`, width, height, frames });
      const args = [
        '-v',
        'error',
        '-count_frames',
        '-show_entries',
        'stream=width,height,nb_read_frames',
        '-of',
        'json',
      ];
      const { stdout } = await run('ffprobe', [...args, join(out, 'videos', `00000${i}.mp4`)]);
      expect(JSON.parse(stdout).streams).toEqual([{ width, height, nb_read_frames: String(SECONDS * FPS) }]);
    }
    expect(await readFile(join(out, 'annotations.jsonl'), 'utf8')).toBe('');
    expect(existsSync(join(out, 'DONE'))).toBe(true);
  });

  test('say what can be read with an event, where they are as large as the display', async () => {
    const isReadable = ({ style, events }: Scenario) =>
      style.lang === 'latin' && events.some(({ kind, subject }) => kind === 'dialog-opened' && subject === 'error');
    let seed = 0;
    const make = () => makeScenario(seed, SECONDS * FPS, Number.POSITIVE_INFINITY);
    while (!isReadable(make())) seed += 1;
    const { style, scenes, events } = make();
    const opened = events.find(({ kind, subject }) => kind === 'dialog-opened' && subject === 'error')!;
    const { width, height } = style;
    expect([style.tileWidth, style.tileHeight]).toEqual([width, height]);
    await using page = await openPage();
    await page.load({ width, height, tiles: [{ x: 0, y: 0, style }] });
    const drawn = await page.draw([[scenes[opened.frame]!]]);
    const read = readWith({ ...opened, frame: 0 }, [drawn[0]!.told[0]!]);
    expect(read.length).toBeGreaterThan(0);

    const path = join(folder, 'dialog.jpg');
    await writeFile(path, drawn[0]!.picture);
    const box = scenes[opened.frame]!.windows.find(({ id }) => id === opened.of)!;
    const [w, h, x, y] = [box.w, box.h, box.x, box.y].map(Math.round) as [number, number, number, number];
    const raw = [
      '-v',
      'error',
      '-i',
      path,
      '-vf',
      `format=rgb24,crop=${w}:${h}:${x}:${y}`,
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      '-',
    ];
    const { stdout } = await run('ffmpeg', raw, { encoding: 'buffer', maxBuffer: 2 ** 26 });
    await using reader = openReader();
    const picture = { pixels: new Uint8Array(stdout), width: w, height: h };
    const { lines } = await reader.read(picture, { exactness: 'exact', mostMs: 60_000 });
    const seen = lines.map(({ text }) => text).join(' ');
    for (const text of read) expect(holds(seen, text), `"${text}" in "${seen}"`).toBe(true);
  });

  test('come with their annotations and states', async () => {
    const expected = scenarios.flatMap(({ events }, i) =>
      events.map(({ frame, kind, subject, text }) => ({ video: `00000${i}.mp4`, t: frame / FPS, kind, subject, text })),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(await lines('annotations.jsonl')).toEqual(expected);
    expect((await lines('states.jsonl')).map((line) => line.frames.length)).toEqual([24, 24]);
    expect(existsSync(join(folder, 'DONE'))).toBe(true);
  });

  test('change where an event says so', async () => {
    for (const [i, { events }] of scenarios.entries()) {
      const opened = events.find(({ kind }) => kind === 'app-opened')!;
      const decode = ['-i', join(folder, 'videos', `00000${i}.mp4`), '-vf', 'scale=96:60', '-pix_fmt', 'gray'];
      const { stdout } = await run('ffmpeg', ['-v', 'error', ...decode, '-f', 'rawvideo', '-'], { encoding: 'buffer' });
      const frame = (n: number) => stdout.subarray(n * 96 * 60, (n + 1) * 96 * 60);
      const changed = (n: number) => frame(n).filter((value, k) => Math.abs(value - frame(n - 1)[k]!) > 20).length;
      expect(changed(opened.frame)).toBeGreaterThan(100);
      expect(changed(opened.frame - 1)).toBeLessThan(changed(opened.frame) / 4);
    }
  });

  test('are not rendered twice', async () => {
    const before = await readFile(join(folder, 'annotations.jsonl'), 'utf8');
    const { stdout } = await render(folder);
    expect(stdout).toBe('');
    expect(await readFile(join(folder, 'annotations.jsonl'), 'utf8')).toBe(before);
  });
});
