/**
 * Records real applications on a virtual display (Xvfb) and writes down what could be seen when.
 *
 *   node native-models/desk-world/record.ts --out DIR --streams 8 --seconds 60 --seed 1 [--set train|test]
 *                                           [--apps xterm,feh] [--wm openbox,none]
 *
 * Writes DIR/videos/*.mp4 and DIR/annotations.jsonl, one stream after the other, each complete before the next.
 */
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorMessage } from '../../main/base/error-text.ts';
import { flushFile, moveInto } from '../../main/base/replace-file.ts';
import { Random } from './random.ts';
import { makeAssets } from './record/assets.ts';
import { dressedDesk } from './record/desk.ts';
import { Director } from './record/director.ts';
import { programs } from './record/programs.ts';
import { ScreenRecording } from './record/screen-recording.ts';
import { type DeskSet, sets } from './record/sets.ts';
import { Stream } from './record/stream.ts';
import { type WindowManager, windowManagers } from './record/virtual-display.ts';

interface Options {
  readonly out: string;
  readonly streams: number;
  readonly seconds: number;
  readonly seed: number;
  readonly set: DeskSet;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      streams: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      set: { type: 'string', default: 'train' },
      apps: { type: 'string' },
      wm: { type: 'string' },
    },
  });
  const usage = (what: string): never => {
    console.error(`${what} See the head of record.ts for its options.`);
    process.exit(2);
  };
  const whole = (name: 'streams' | 'seconds' | 'seed'): number => {
    const value = Number(values[name]);
    return Number.isInteger(value) && value > 0 ? value : usage(`--${name} must be a positive whole number.`);
  };
  const set = sets[values.set as keyof typeof sets] ?? usage('--set is train or test.');
  const apps = values.apps?.split(',') ?? set.apps;
  const managers = (values.wm?.split(',') ?? set.managers) as readonly WindowManager[];
  for (const app of apps)
    if (!programs[app]) usage(`No program "${app}"; there are ${Object.keys(programs).join(', ')}.`);
  for (const name of managers) if (!windowManagers.includes(name)) usage(`No window manager "${name}".`);
  return {
    out: values.out ?? usage('--out is missing.'),
    streams: whole('streams'),
    seconds: whole('seconds'),
    seed: whole('seed'),
    set: { ...set, apps, managers },
  };
}

async function record(name: string, random: Random, { out, seconds, set }: Options): Promise<void> {
  const partial = join(out, `.${name}`);
  const manager = random.pick(set.managers);
  await using display = await dressedDesk(random, set, manager);
  const assets = await makeAssets(random, display.home);
  // not everything is installed on every desk, but a terminal is
  const apps = set.apps.filter((app) => programs[app]?.runs || random.chance(0.75));
  const { width, height } = display;
  const troupe = {
    apps,
    tool: set.tool,
    managed: manager !== 'none' && manager !== 'twm',
    notifies: random.chance(0.7),
  };
  const notes = await (async () => {
    await using screen = new ScreenRecording(display, partial);
    const desk = new Director(display, screen, name, random);
    await new Stream(desk, { random, assets, width, height }, troupe).play(seconds);
    return desk.notes;
  })();
  const sorted = notes.sort((a, b) => a.t - b.t);
  await flushFile(partial);
  await moveInto(partial, join(out, 'videos', name));
  appendFileSync(join(out, 'annotations.jsonl'), sorted.map((note) => `${JSON.stringify(note)}\n`).join(''));
  console.log(`${name}: ${manager}, ${width}x${height}, ${sorted.length} events`);
}

const options = readOptions();
mkdirSync(join(options.out, 'videos'), { recursive: true });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
for (let n = 0; n < options.streams; n += 1) {
  const seed = options.seed + n;
  const name = `desk-${String(seed).padStart(5, '0')}.mp4`;
  if (existsSync(join(options.out, 'videos', name))) continue; // a finished one of an earlier run
  try {
    await record(name, new Random(seed, 'record'), options);
  } catch (error) {
    // one program that fails must not end a night of recording
    console.error(`${name}: left out: ${errorMessage(error)}`);
    await rm(join(options.out, `.${name}`), { force: true });
  }
}
