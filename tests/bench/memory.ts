/**
 * A memory of a million frames, and how fast and how completely it is searched. The frames are made up, but lie where
 * the encoder puts real ones: mixtures of the sample recording's, each screen a little off, a step every ten seconds, and
 * from frame to frame more unrest than the recording has (median cosine 0.98; the recording's is above 0.999).
 */
import { statSync } from 'node:fs';
import type { Bundle } from '../../main/bundle/open-bundle.ts';
import type { Captured } from '../../main/capture/frame.ts';
import { type FindOptions, findMoments } from '../../main/memory/find/find-moments.ts';
import { type Meaning, nearestFrames } from '../../main/memory/find/nearest-frames.ts';
import { emptyLog } from '../../main/memory/forget/forget.ts';
import { setLimits } from '../../main/memory/forget/retention.ts';
import type { Thumbnail } from '../../main/memory/record/batch-writer.ts';
import type { Row } from '../../main/memory/record/recorder-messages.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { dot } from '../../main/memory/store/embedding.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { storeStretches } from '../../main/memory/store/stretch-blocks.ts';
import { openVisionEncoder } from '../../main/vision/open-encoder.ts';
import { openTextTower } from '../../main/vision/text-tower.ts';
import { Random } from '../../native-models/desk-world/random.ts';
import { APPS, DIALOGS, nameOf } from '../../native-models/desk-world/vocabulary.ts';
import { noon, session } from '../support/memory.ts';
import { short } from './material.ts';

const frames = 1_000_000;
const framesAMonth = 30 * 8 * 3600 * 2;
/** Recall is the share of the truly nearest hundred frames that are found. */
const nearest = 100;

interface Query {
  readonly name: string;
  readonly meaning: Meaning;
}

export async function memory(bundle: Bundle, captured: readonly Captured[], folder: string) {
  const names = [...APPS, ...DIALOGS].map(nameOf);
  using opened = await openMemory({ folder, create: true });
  setLimits(opened, { keepDays: 100_000, keepBytes: 1e12 });
  const embeddings = fill(opened, bundle, await embeddingsOf(captured, bundle), names);
  const before = performance.now();
  storeStretches(opened);
  const storeSeconds = (performance.now() - before) / 1000;
  emptyLog(opened);

  await using tower = await openTextTower(bundle);
  if (!tower) throw new Error('The bundle has no text tower.');
  const queries: Query[] = [];
  for (const name of names) {
    queries.push({
      name,
      meaning: { encoder: bundle.manifest.files.vision.sha256, embedding: await tower.embed(`a ${name}`) },
    });
  }
  const latency = (way: string, options: (query: Query) => FindOptions) => {
    const times = [0, 1, 2].flatMap(() =>
      queries.map((query) => milliseconds(() => findMoments(opened, query.name, { limit: 10, ...options(query) }))),
    );
    times.sort((a, b) => a - b);
    const at = (share: number) => short(times[Math.floor(share * (times.length - 1))]!);
    return { [`memory${way}MsP50`]: at(0.5), [`memory${way}MsP95`]: at(0.95) };
  };
  const recall = queries.map(({ meaning }) => {
    const truth = exactly(embeddings, meaning.embedding);
    const found = nearestFrames(opened, meaning).slice(0, nearest);
    return found.filter(({ id }) => truth.has(id)).length / nearest;
  });
  return {
    memoryFrames: frames,
    ...latency('Words', () => ({})),
    ...latency('Meaning', ({ meaning }) => ({ meaning, words: false })),
    ...latency('Both', ({ meaning }) => ({ meaning })),
    memoryRecall: short(recall.reduce((sum, one) => sum + one, 0) / recall.length),
    memoryRecallWorst: short(Math.min(...recall)),
    memoryStoreStretchesSeconds: short(storeSeconds),
    memoryStretchesMb: short(stretchBytes(opened) / 1e6),
    // Every frame changed, with words and pictures: the most a month can take.
    memoryMonthMb: short(((statSync(opened.path).size / frames) * framesAMonth) / 1e6),
  };
}

async function embeddingsOf(captured: readonly Captured[], bundle: Bundle): Promise<Float32Array[]> {
  await using encoder = await openVisionEncoder(bundle);
  const pictures = captured.flatMap((item) => (item.type === 'frame' ? [item.frame.pixels] : []));
  return (await encoder.encode(pictures)).map(({ embedding }) => embedding);
}

/** Writes the frames as a recorder does, with a narration every 15 s and a picture every 30 s. Returns the embeddings. */
function fill(opened: Connection, bundle: Bundle, seen: readonly Float32Array[], names: readonly string[]) {
  const random = new Random(1);
  const width = bundle.manifest.vision.embeddingWidth;
  const kept = new Float16Array(frames * width);
  const writer = session(opened, { encoder: bundle.manifest.files.vision.sha256 });
  let screen = screenLike(seen, random);
  let step = nudged(screen, 0.25, random);
  for (let from = 0; from < frames; from += 5000) {
    const rows: Row[] = [];
    const thumbnails: Thumbnail[] = [];
    for (let i = from; i < from + 5000; i++) {
      if (random.chance(1 / 20)) {
        if (random.chance(0.15)) screen = screenLike(seen, random);
        step = nudged(screen, 0.25, random);
      }
      const t = i / 2;
      const at = noon + 500 * i;
      const embedding = nudged(step, 0.15, random);
      kept.set(embedding, i * width);
      rows.push({ type: 'frame', t, at, pSilent: 0.9, changed: 4, embedding });
      const name = random.pick(names);
      if (i % 30 === 0) rows.push({ type: 'narration', t, at, text: `The ${name} came to the front.`, pSilent: 0.1 });
      if (i % 60 === 0) thumbnails.push({ t, at, width: 384, height: 240, jpeg: new Uint8Array(5000).fill(i) });
    }
    writer.write(rows, thumbnails);
  }
  return kept;
}

function screenLike(seen: readonly Float32Array[], random: Random): Float32Array {
  const [a, b] = [random.pick(seen), random.pick(seen)];
  const share = random.next();
  return nudged(
    a.map((value, i) => share * value + (1 - share) * b[i]!),
    0.5,
    random,
  );
}

/** A unit vector this far off, in a random direction. */
function nudged(vector: Float32Array, distance: number, random: Random): Float32Array {
  // Uniform numbers between -1 and 1 have a variance of a third.
  const scale = distance * Math.sqrt(3 / vector.length);
  const moved = vector.map((value) => value + scale * (2 * random.next() - 1));
  const norm = Math.sqrt(dot(moved, moved));
  return moved.map((value) => value / norm);
}

/** Ids of the frames nearest to a text, by comparing all of them. */
function exactly(embeddings: Float16Array, wanted: Float32Array): Set<number> {
  const likeness = new Float32Array(frames);
  for (let i = 0, place = 0; i < frames; i++) {
    let sum = 0;
    for (let k = 0; k < wanted.length; k++) sum += embeddings[place++]! * wanted[k]!;
    likeness[i] = sum;
  }
  const floor = likeness.toSorted()[frames - nearest]!;
  const ids: number[] = [];
  for (const [i, value] of likeness.entries()) if (value >= floor) ids.push(i + 1);
  return new Set(ids);
}

function stretchBytes(opened: Connection): number {
  const sql = 'SELECT sum(length(facts) + length(means)) AS bytes FROM stretch_blocks';
  return opened.get<{ bytes: number }>(sql)!.bytes;
}

function milliseconds(work: () => unknown): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}
