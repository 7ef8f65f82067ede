import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { readDataSet } from '../../main/evaluation/data-set.ts';
import { evaluate, type Report } from '../../main/evaluation/report.ts';
import { narrateVideo } from '../../main/evaluation/run.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import { type NarrateOptions, narrate } from '../../main/live/narrate.ts';
import { missingFiles, trainingPython } from '../support/needs.ts';

/** The committed bundle: that it is whole, and that it is worth having. */
const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
const desk = fixture('desk.mp4');
const reference = fileURLToPath(new URL('../../native-models/training/reference/stream.py', import.meta.url));
const python = trainingPython();
const font = '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf';
const withoutFont = missingFiles(font);
/** Recordings have no more pictures than are looked at, and a key picture every 25 seconds as one of ten a second has. */
const asSampled = ['-r', '2', '-g', '50', '-preset', 'ultrafast'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-nano-'));
});
afterAll(() => rm(folder, { recursive: true }));

const events = (source: string, options: Partial<NarrateOptions> = {}) =>
  Array.fromAsync(narrate({ hiding: 'none', source, ...options }));
const said = (all: readonly LiveEvent[]) =>
  all.flatMap((event) => (event.type === 'narration' ? [`${event.t} ${event.text}`] : []));

/** What `onlooker eval` prints of one of the committed sets. */
async function figuresOf(set: string): Promise<Report> {
  const streams = [];
  for (const video of await readDataSet(fixture(`desk-world/${set}`))) streams.push(await narrateVideo(video, {}));
  return evaluate(streams);
}

test('every file is what bundle.json says, and it comes with its limits', async () => {
  const { manifest } = await openBundle('desk-nano');
  expect(manifest.name).toBe('desk-nano');
  expect(manifest.limits.length).toBeGreaterThan(0);
  for (const language of ['ko', 'ja', 'zh']) {
    expect(manifest.limitsIn?.[language], language).toHaveLength(manifest.limits.length);
  }
});

describe('what it says', () => {
  test.each([
    ['generated desktops', 'rendered', 0.84, 1], // it blends two sentences: "A video stopped in the terminal."
    ['real programs', 'recorded', 0.65, 0],
  ])('on %s it never saw: mostly the right thing, on time', { timeout: 400_000 }, async (_, set, floor, blended) => {
    const { f1, meanAbsDt, redundancy, pauc, silentPauc, unreadable } = await figuresOf(set);
    expect(f1).toBeGreaterThanOrEqual(floor);
    expect(meanAbsDt).toBeLessThanOrEqual(0.7);
    expect(redundancy).toBeLessThanOrEqual(0.1);
    expect(pauc).toBeGreaterThanOrEqual(2 * silentPauc!);
    expect(unreadable).toBeLessThanOrEqual(blended);
  });

  test('asked which window is in front and what can be seen: mostly right, word for word', async () => {
    const { questions, answersRight } = await figuresOf('questions');
    expect(questions).toBe(66);
    expect(answersRight).toBeGreaterThanOrEqual(0.75);
  });

  test('told to speak of one thing only: that, and no word of all else', { timeout: 400_000 }, async () => {
    const videos = await readDataSet(fixture('desk-world/rendered'));
    let withheld = 0;
    const told = { asked: 0, true: 0, needless: 0 };
    for (const { path, events: truth } of videos.slice(0, 16)) {
      const words: string[] = [];
      const all = await events(path, {
        instruction: 'Tell me when the command finishes, nothing else.',
        onWords: (event) => event.type === 'speaking' && words.push(event.text),
      });
      withheld += all.filter((event) => event.type === 'frame' && event.reason === 'withheld').length;
      const sentences = all.flatMap((event) => (event.type === 'narration' ? [event.text] : []));
      told.needless += sentences.filter((text) => !/finished\.$/.test(text)).length;
      told.asked += sentences.length;
      told.true += truth.filter(({ kind }) => kind === 'command-finished' || kind === 'progress-finished').length;
      expect(words).toEqual([]);
    }
    expect(withheld).toBeGreaterThan(50);
    expect(told.needless).toBe(0);
    expect(told.asked).toBeGreaterThanOrEqual(told.true / 2);
    const quiet = await events(desk, { instruction: '조용히 해 줘.' });
    expect(said(quiet)).toEqual([]);
  });

  test('on a recording of real programs: something at most events, little between them', async () => {
    const [video] = await readDataSet(fixture('desk.events.jsonl'));
    const { said, truth } = await narrateVideo(video!, {});
    const near = (t: number) => truth.some((event) => Math.abs(event.t - t) <= 2);
    const told = truth.filter((event) => said.some(({ t }) => Math.abs(event.t - t) <= 2));
    expect(told.length).toBeGreaterThanOrEqual(truth.length / 2);
    expect(said.filter(({ t }) => near(t)).length).toBeGreaterThanOrEqual(0.6 * said.length);
  });

  test('in five minutes of a still screen: nothing', async () => {
    const { path: ffmpeg } = await findFfmpeg();
    const still = join(folder, 'still.mp4');
    const filter = 'trim=start=42:end=42.2,loop=loop=-1:size=1,setpts=N/2/TB,trim=duration=300';
    spawnSync(ffmpeg, ['-v', 'error', '-i', desk, '-vf', filter, ...asSampled, still]);
    const all = await events(still);
    expect(all.filter(({ type }) => type === 'frame')).toHaveLength(600);
    expect(said(all)).toEqual([]);
  });

  test.skipIf(withoutFont)(
    `in ten minutes of a running clock, a blinking cursor and a mouse that moves: nothing ${withoutFont ?? ''}`,
    async () => {
      const { path: ffmpeg } = await findFfmpeg();
      const idle = join(folder, 'idle.mp4');
      const desktop = 'trim=start=42:end=42.2,loop=loop=-1:size=1,setpts=N/2/TB,trim=duration=600';
      const clock = `drawtext=fontfile=${font}:text='%{pts\\:hms}':x=w-120:y=8:fontsize=16:fontcolor=white`;
      const cursor = "drawbox=x=150:y=200:w=2:h=14:color=white:t=fill:enable='lt(mod(t,1.2),0.6)'";
      const mouse = 'color=white:s=9x14:r=2,drawbox=0:0:9:14:black:1';
      const path = "x='300+250*sin(t/5)*lt(mod(t,20),9)':y='200+150*sin(t/3)'";
      const graph = `[0]${desktop},${clock},${cursor}[desk];${mouse}[mouse];[desk][mouse]overlay=${path}:shortest=1:eval=frame`;
      const command = ['-v', 'error', '-i', desk, '-filter_complex', graph, '-t', '600', ...asSampled, idle];
      expect(spawnSync(ffmpeg, command, { encoding: 'utf8' }).stderr).toBe('');
      const all = await events(idle);
      const frames = all.filter((event) => event.type === 'frame');
      expect(frames).toHaveLength(1200);
      expect(frames.filter(({ encoded }) => encoded).length).toBeGreaterThan(600);
      expect(said(all)).toEqual([]);
    },
  );
});

describe('the same by every road', () => {
  test('frame by frame and sixteen at a time', async () => {
    expect(said(await events(desk, { batch: 16 }))).toEqual(said(await events(desk, { batch: 1 })));
  });

  test.skipIf(python.missing)(
    `plain PyTorch: p(silence) within 0.01, the same sentences ${python.missing ?? ''}`,
    async () => {
      const [rendered] = await readDataSet(fixture('desk-world/rendered'));
      const { folder: bundle } = await openBundle('desk-nano');
      for (const source of [rendered!.path, desk]) {
        const ours = (await events(source, { duration: 40 })).flatMap((event) =>
          event.type === 'frame' ? [{ t: event.t, pSilent: event.pSilent }] : [],
        );
        const { stdout, stderr } = spawnSync(python.path, [reference, source, '--bundle', bundle, '--json'], {
          encoding: 'utf8',
          maxBuffer: 2 ** 26,
        });
        expect(stderr).toBe('');
        const lines = stdout.trim().split('\n').slice(0, -1);
        const theirs = lines.map((line) => JSON.parse(line) as { t: number; pSilent: number; text: string | null });
        const differences = ours.map(({ pSilent }, i) => Math.abs(pSilent - theirs[i]!.pSilent));
        expect(Math.max(...differences)).toBeLessThanOrEqual(0.01);
        const sentences = theirs.filter(({ t, text }) => t < 40 && text !== null).map(({ t, text }) => `${t} ${text}`);
        expect(said(await events(source, { duration: 40 }))).toEqual(sentences);
      }
    },
  );
});
