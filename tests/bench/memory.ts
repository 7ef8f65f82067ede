/** A memory of a month: how fast and how completely it is searched, shown, summed up and forgotten from. */
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../../main/bundle/bundle.ts';
import type { Captured } from '../../main/capture/frame.ts';
import { findMoments } from '../../main/memory/find/find-moments.ts';
import { type Meaning, nearestFrames } from '../../main/memory/find/nearest-frames.ts';
import { recap } from '../../main/memory/find/recap.ts';
import { readThumbnail } from '../../main/memory/find/thumbnails.ts';
import { days, momentsIn, picturesIn, silenceCurve } from '../../main/memory/find/timeline.ts';
import { forget } from '../../main/memory/forget/forget.ts';
import { storeBins } from '../../main/memory/store/bin-blocks.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { dot, unpackEmbedding } from '../../main/memory/store/embedding.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { storeStretches } from '../../main/memory/store/stretch-blocks.ts';
import { wipe } from '../../main/memory/store/wipe.ts';
import { openVisionEncoder } from '../../main/vision/open-encoder.ts';
import { openTextTower } from '../../main/vision/text-tower.ts';
import { APPS, DIALOGS, nameOf } from '../../native-models/desk-world/vocabulary.ts';
import { memoryHolds } from './holds.ts';
import { short } from './material.ts';
import { atOf, framesADay, framesAMonth, memoryOfAMonth } from './month.ts';

/** Recall is the share of the truly nearest hundred frames that are found. */
const nearest = 100;
const fiveMinutes = 300_000;

interface Query {
  readonly name: string;
  readonly meaning: Meaning;
}

export interface MemoryBench {
  /** How many frames there are; default a month of them. */
  readonly frames?: number | undefined;
  readonly captured: () => Promise<readonly Captured[]>;
  /** A folder that goes when all is measured. */
  readonly folder: string;
}

export async function memory(bundle: Bundle, { frames = framesAMonth, captured, folder }: MemoryBench) {
  const names = [...APPS, ...DIALOGS].map(nameOf);
  const encoder = bundle.manifest.files.vision.sha256;
  const place = join(folder, 'memory');
  const seen = async () => embeddingsOf(await captured(), bundle);
  await memoryOfAMonth(place, { frames, cache: join(tmpdir(), 'onlooker-bench'), encoder, seen, names });
  using opened = await openMemory({ folder: place });
  const storeSeconds = milliseconds(() => storeStretches(opened)) / 1000;
  const binSeconds = milliseconds(() => storeBins(opened)) / 1000;
  const queries = await queriesFor(bundle, names);

  const figures: Record<string, number> = {
    memoryFrames: frames,
    memoryMb: short(statSync(opened.path).size / 1e6),
    memoryStoreStretchesSeconds: short(storeSeconds),
    memoryStoreBinsSeconds: short(binSeconds),
    memoryBinsMb: short(bytesIn(opened, 'bin_blocks') / 1e6),
    memoryStretchesMb: short(bytesIn(opened, 'stretch_blocks') / 1e6),
  };
  const add = (name: string, times: readonly number[]) => Object.assign(figures, summary(name, times));
  const each = (work: (query: Query) => unknown) =>
    [0, 1, 2, 3].flatMap(() => queries.map((query) => milliseconds(() => work(query)))).slice(queries.length);

  add(
    'Words',
    each(({ name }) => findMoments(opened, name, { limit: 10 })),
  );
  add(
    'Meaning',
    each(({ name, meaning }) => findMoments(opened, name, { limit: 10, meaning, words: false })),
  );
  add(
    'Both',
    each(({ name, meaning }) => findMoments(opened, name, { limit: 10, meaning })),
  );
  const whole = { from: 0, before: atOf(frames - 1) + 1 };
  // The last day that is whole, or what there is of one.
  const morning = atOf(Math.max(0, Math.floor(frames / framesADay) - 1) * framesADay);
  const aDay = { from: morning, before: morning + 24 * 3_600_000 };
  add(
    'Days',
    repeat(5, () => days(opened)),
  );
  add(
    'MomentsOfADay',
    repeat(20, () => momentsIn(opened, aDay)),
  );
  add(
    'PicturesOfADay',
    repeat(20, () => picturesIn(opened, aDay, 100)),
  );
  add(
    'CurveOfADay',
    repeat(20, () => silenceCurve(opened, aDay, 1000)),
  );
  add(
    'CurveOfAll',
    repeat(5, () => silenceCurve(opened, whole, 1000)),
  );
  const pictures = picturesIn(opened, whole, 200);
  add(
    'Thumbnail',
    pictures.map(({ id }) => milliseconds(() => readThumbnail(opened, id))),
  );
  add(
    'RecapOfADay',
    repeat(5, () => recap(opened, aDay)),
  );
  add(
    'RecapOfAll',
    repeat(3, () => recap(opened, whole)),
  );
  add('Open', await openings(place));
  Object.assign(figures, recall(opened, queries));
  add('ForgetFiveMinutes', await forgettings(opened, atOf(frames - 1)));
  const last = atOf(frames - 1) - 8 * fiveMinutes;
  const holds = await memoryHolds({
    ...{ folder: place, day: aDay, all: whole, names },
    pictures: pictures.slice(0, 20).map(({ id }) => id),
    lastMinutes: [0, 1, 2].map((i) => ({ from: last - (i + 1) * fiveMinutes + 1, to: last - i * fiveMinutes })),
  });
  return { ...figures, ...holds };
}

async function queriesFor(bundle: Bundle, names: readonly string[]): Promise<Query[]> {
  await using tower = await openTextTower(bundle);
  if (!tower) throw new Error('The bundle has no text tower.');
  const queries: Query[] = [];
  for (const name of names) {
    const embedding = await tower.embed(`a ${name}`);
    queries.push({ name, meaning: { encoder: bundle.manifest.files.vision.sha256, embedding } });
  }
  return queries;
}

async function embeddingsOf(captured: readonly Captured[], bundle: Bundle): Promise<Float32Array[]> {
  await using encoder = await openVisionEncoder(bundle);
  const pictures = captured.flatMap((item) => (item.type === 'frame' ? [item.frame.pixels] : []));
  return (await encoder.encode(pictures)).map(({ embedding }) => embedding);
}

/** Forgets the last five minutes, and those before them, and so on. */
async function forgettings(opened: Connection, last: number): Promise<number[]> {
  const times: number[] = [];
  for (let to = last; times.length < 8; to -= fiveMinutes) {
    const before = performance.now();
    forget(opened, { from: to - fiveMinutes + 1, to });
    await wipe(opened);
    times.push(performance.now() - before);
  }
  return times;
}

async function openings(folder: string): Promise<number[]> {
  const times: number[] = [];
  while (times.length < 20) {
    const before = performance.now();
    (await openMemory({ folder }))[Symbol.dispose]();
    times.push(performance.now() - before);
  }
  return times;
}

function recall(opened: Connection, queries: readonly Query[]) {
  const truth = exactly(opened, queries);
  const shares = queries.map(({ meaning }, i) => {
    const found = nearestFrames(opened, meaning).slice(0, nearest);
    return found.filter(({ likeness }) => likeness >= truth[i]!).length / nearest;
  });
  return {
    memoryRecall: short(shares.reduce((sum, one) => sum + one, 0) / shares.length),
    memoryRecallWorst: short(Math.min(...shares)),
  };
}

/** How like each text the last of the frames nearest to it is, by comparing all of them. */
function exactly(opened: Connection, queries: readonly Query[]): number[] {
  const best = queries.map(() => new Float64Array());
  const page = 20_000;
  for (let after = 0; ; after += page) {
    const rows = opened.all<{ embedding: Uint8Array }>(
      'SELECT CAST(embedding AS BLOB) AS embedding FROM frames WHERE id > ? AND id <= ? AND embedding IS NOT NULL',
      ...[after, after + page],
    );
    if (rows.length === 0) return best.map((likeness) => likeness[0]!);
    const embeddings = rows.map(({ embedding }) => Float32Array.from(unpackEmbedding(embedding)));
    for (const [i, { meaning }] of queries.entries()) {
      const likeness = embeddings.map((embedding) => dot(embedding, meaning.embedding));
      best[i] = Float64Array.from([...best[i]!, ...likeness])
        .sort()
        .slice(-nearest);
    }
  }
}

function bytesIn(opened: Connection, table: 'stretch_blocks' | 'bin_blocks'): number {
  const sql = `SELECT coalesce(sum(length(facts) + length(means)), 0) AS bytes FROM ${table}`;
  return opened.get<{ bytes: number }>(sql)!.bytes;
}

/** Prints a line for whoever watches, and returns the figures. */
function summary(name: string, times: readonly number[]): Record<string, number> {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => short(sorted[Math.round(share * (sorted.length - 1))]!);
  const [min, median, p95] = [at(0), at(0.5), at(0.95)];
  process.stderr.write(`  ${name}: min ${min}, median ${median}, p95 ${p95} ms\n`);
  return { [`memory${name}MsMin`]: min, [`memory${name}MsP50`]: median, [`memory${name}MsP95`]: p95 };
}

/** The first time is left out: it warms up. */
function repeat(times: number, work: () => unknown): number[] {
  return Array.from({ length: times + 1 }, () => milliseconds(work)).slice(1);
}

function milliseconds(work: () => unknown): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}
