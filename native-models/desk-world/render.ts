/**
 * Renders annotated desktop streams.
 *
 *   node native-models/desk-world/render.ts --out DIR --streams N [--seconds 40] [--seed 1] [--workers 2] [--small | --full] [--stills]
 *
 * With --full, streams are as large as the displays they show, so that their texts can be read.
 * With --stills, every frame is another desktop on which something has been going on, and nothing happens in a stream.
 * Started again with the same options, it goes on where it was stopped. README.md describes what it writes.
 */
import { parseArgs } from 'node:util';
import { renderGrid, renderStills } from './grid.ts';
import { openPage } from './page.ts';
import { Shard } from './shard.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    streams: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    small: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    stills: { type: 'boolean', default: false },
  },
});
const [streams, seconds, seed, workers] = [values.streams, values.seconds, values.seed, values.workers].map(Number);
/** Desktops drawn at the same time in one picture. */
const PER_GRID = values.full ? 2 : 6;
if (!values.out || !streams || !seconds || !Number.isInteger(seed) || !workers) {
  console.error('Say where to write and how much: --out DIR --streams N [--seconds S] [--seed S] [--workers W].');
  process.exit(2);
}

const shard = await Shard.open(values.out);
const missing = Array.from({ length: streams }, (_, index) => index).filter((index) => !shard.has(index));
const grids: number[][] = [];
while (missing.length > 0) grids.push(missing.splice(0, PER_GRID));

const started = performance.now();
let frames = 0;

async function work(): Promise<void> {
  await using page = await openPage();
  for (let indices = grids.shift(); indices; indices = grids.shift()) {
    const area = values.full ? Number.POSITIVE_INFINITY : values.small ? 320 * 200 : 544 * 340;
    const draw = values.stills ? renderStills : renderGrid;
    const written = await draw(page, shard, indices, { seed: seed!, seconds: seconds!, area });
    frames += written;
    const rate = frames / ((performance.now() - started) / 1000);
    console.log(`${new Date().toTimeString().slice(0, 8)} ${frames} frames, ${rate.toFixed(1)} frames/s`);
  }
}

await Promise.all(Array.from({ length: Math.min(workers, grids.length) }, work));
await shard.close();
