/** Draws several streams at once and writes each as a video. */
import { encodeTiles, type Target } from './encoder.ts';
import type { Grid, Page, Told } from './page.ts';
import { Random } from './random.ts';
import { worthRepeating } from './readable.ts';
import { FPS, type Happening, makeScenario, makeStills } from './scenario.ts';
import type { Shard } from './shard.ts';

/** Steps drawn for one round trip to the page. */
const BATCH = 8;
const COLUMNS = 3;

/** The seed of one stream of a set. */
export const streamSeed = (seed: number, index: number): number => (Math.imul(seed, 1_000_003) + index) >>> 0;

/** What is drawn of a set: streams of so many `seconds`, each in a tile of `area` pixels. */
interface Size {
  seed: number;
  seconds: number;
  area: number;
}

/** @returns how many frames were written, over all streams */
export async function renderGrid(page: Page, shard: Shard, indices: readonly number[], size: Size): Promise<number> {
  const steps = Math.round(size.seconds * FPS);
  const scenarios = indices.map((index) => makeScenario(streamSeed(size.seed, index), steps, size.area));
  const grid = layOut(scenarios.map((scenario) => scenario.style));
  await page.load(grid);
  await using encoder = encodeTiles(targetsOf(grid, shard, indices, size.seed), FPS);
  const frames: Told[][][] = [];
  for (let from = 0; from < steps; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, steps - from) }, (_, k) =>
      scenarios.map((scenario) => scenario.scenes[from + k]!),
    );
    for (const { picture, told } of await page.draw(batch)) {
      frames.push(told);
      await encoder.write(picture);
    }
  }
  await encoder.finish();
  for (const [i, index] of indices.entries()) {
    const told = frames.map((tiles) => tiles[i]!);
    const events = scenarios[i]!.events.map((event) => ({ ...event, read: readWith(event, told) }));
    await shard.keep(index, { ...scenarios[i]!, events });
  }
  return steps * indices.length;
}

/** The same for streams of which every frame is another desktop. */
export async function renderStills(page: Page, shard: Shard, indices: readonly number[], size: Size): Promise<number> {
  const steps = Math.round(size.seconds * FPS);
  const streams = indices.map((index) => makeStills(streamSeed(size.seed, index), steps, size.area));
  const gridOf = (step: number) => layOut(streams.map((stills) => stills[step]!.style));
  await using encoder = encodeTiles(targetsOf(gridOf(0), shard, indices, size.seed), FPS);
  for (let step = 0; step < steps; step++) {
    await page.load(gridOf(step));
    const pictures = await page.draw([streams.map((stills) => stills[step]!.scenes.at(-1)!)]);
    for (const { picture } of pictures) await encoder.write(picture);
  }
  await encoder.finish();
  for (const [i, index] of indices.entries()) {
    const states = streams[i]!.map((still) => still.states.at(-1)!);
    await shard.keep(index, { ...streams[i]![0]!, events: [], states });
  }
  return steps * indices.length;
}

/** The lowest letters that can be read, in pixels. */
const LEAST_SIZE = 8;
/** Frames of an event in which its texts are looked for: a page may come a moment later. */
const SHOWN = 2 * FPS;
/** What happens in a window whose other texts were there before. */
const INSIDE: readonly string[] = ['page-loaded', 'command-finished'];

/** What can be read with an event and is worth repeating. `told`: the texts of each frame. */
export function readWith({ frame, kind, text, of }: Happening, told: readonly (readonly Told[])[]): string[] {
  if (of === undefined) return [];
  const readable = (frames: readonly (readonly Told[])[]) =>
    frames.flatMap((texts) => texts.filter((one) => one.of === of && one.size >= LEAST_SIZE).map((one) => one.text));
  const before = INSIDE.includes(kind) ? readable(told.slice(frame - 1, frame)) : [];
  const shown = readable(told.slice(frame, frame + SHOWN)).filter((one) => !before.includes(one));
  return worthRepeating(shown, text);
}

function targetsOf(grid: Grid, shard: Shard, indices: readonly number[], seed: number): Target[] {
  return grid.tiles.map((tile, i) => ({
    x: tile.x,
    y: tile.y,
    width: tile.style.tileWidth,
    height: tile.style.tileHeight,
    crf: new Random(streamSeed(seed, indices[i]!), 'encoder').int(18, 30),
    path: shard.partPath(indices[i]!),
  }));
}

function layOut(styles: Grid['tiles'][number]['style'][]): Grid {
  const tiles: Grid['tiles'] = [];
  let [width, height] = [0, 0];
  for (let row = 0; row < styles.length; row += COLUMNS) {
    const members = styles.slice(row, row + COLUMNS);
    let x = 0;
    for (const style of members) {
      tiles.push({ x, y: height, style });
      x += style.tileWidth;
    }
    width = Math.max(width, x);
    height += Math.max(...members.map((style) => style.tileHeight));
  }
  return { width, height, tiles };
}
