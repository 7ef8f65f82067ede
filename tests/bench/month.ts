/**
 * A memory of a month, made up: days of eight hours at two frames a second. Its embeddings lie where the encoder puts real
 * ones: mixtures of the sample recording's, each screen a little off, a step every ten seconds, and from frame to frame more
 * unrest than the recording has (median cosine 0.98; the recording's is above 0.999). Written straight into the tables,
 * which takes a minute or two, and kept in a folder, so that the next run has it at once.
 */
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setLimits } from '../../main/memory/forget/retention.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { dot, packEmbedding } from '../../main/memory/store/embedding.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { emptyLog } from '../../main/memory/store/residue.ts';
import { Random } from '../../native-models/desk-world/random.ts';

export const framesADay = 8 * 3600 * 2;
export const framesAMonth = 30 * framesADay;
/** The first day begins here, wall clock. */
export const firstMorning = new Date(2026, 4, 1, 9).getTime();
/** Seconds from a morning to the next. */
const day = 24 * 3600;

const secondsPerNarration = 15;
const secondsPerPicture = 30;
/** Frames in one transaction: the log of a whole month would be as large as the month. */
const batch = 50_000;
/** Directions in which a frame may be off. */
const unrests = 4096;

export interface MonthOptions {
  readonly frames: number;
  /** Where memories are kept between runs. */
  readonly cache: string;
  /** sha256 of the encoder. */
  readonly encoder: string;
  /** What the encoder made of the sample recording, unit length, [E] each. */
  readonly seen: () => Promise<readonly Float32Array[]>;
  /** What narrations name. */
  readonly names: readonly string[];
}

/** A copy of the memory in `folder`, which whoever measures may change. Makes it where there is none yet. */
export async function memoryOfAMonth(folder: string, options: MonthOptions): Promise<void> {
  const kept = join(options.cache, `${options.frames}-${options.encoder.slice(0, 8)}`);
  await mkdir(options.cache, { recursive: true });
  await cp(kept, folder, { recursive: true }).catch(async () => {
    const half = `${kept}.half`; // a run that is ended meanwhile leaves no half memory
    await rm(half, { recursive: true, force: true });
    await make(half, options);
    await rename(half, kept);
    await cp(kept, folder, { recursive: true });
  });
}

/** Wall clock of a frame, by its place. */
export function atOf(frame: number): number {
  return firstMorning + 1000 * (day * Math.floor(frame / framesADay) + (frame % framesADay) / 2);
}

async function make(folder: string, options: MonthOptions): Promise<void> {
  using opened = await openMemory({ folder, create: true });
  setLimits(opened, { keepDays: 100_000, keepBytes: 1e12 });
  const embeddings = unrestful(await options.seen());
  const random = new Random(2);
  let session = 0;
  for (let from = 0; from < options.frames; from += batch) {
    opened.transaction(() => {
      for (let i = from; i < Math.min(from + batch, options.frames); i++) {
        if (i % framesADay === 0) session = addSession(opened, options.encoder, atOf(i));
        const t = (i % framesADay) / 2;
        addFrame(opened, session, t, atOf(i), embeddings.next().value);
        if (t % secondsPerNarration === 0) addNarration(opened, session, t, atOf(i), sentence(random, options.names));
        if (t % secondsPerPicture === 0) addPicture(opened, session, t, atOf(i), random);
      }
    });
  }
  emptyLog(opened);
}

function addSession(opened: Connection, encoder: string, startedAt: number): number {
  opened.run("INSERT OR IGNORE INTO sources(id, name, kind) VALUES (1, 'screen', 'screen')");
  return opened.insert(
    "INSERT INTO sessions(source_id, bundle, encoder, fps, started_at) VALUES (1, 'desk-nano', ?, 2, ?)",
    ...[encoder, startedAt],
  );
}

function addFrame(opened: Connection, session: number, t: number, at: number, embedding: Float32Array): void {
  opened.run(
    'INSERT INTO frames(session_id, t, at, p_silent, changed, embedding) VALUES (?, ?, ?, 0.9, 4, ?)',
    ...[session, t, at, packEmbedding(embedding)],
  );
}

function addNarration(opened: Connection, session: number, t: number, at: number, text: string): void {
  opened.run(
    "INSERT INTO utterances(session_id, t, at, kind, text, p_silent) VALUES (?, ?, ?, 'narration', ?, 0.1)",
    ...[session, t, at, text],
  );
}

/** As large as the picture of a desktop; like it, nothing that could be made smaller. */
function addPicture(opened: Connection, session: number, t: number, at: number, random: Random): void {
  const jpeg = new Uint8Array(random.int(4000, 6000)).map(() => random.int(0, 255));
  opened.run(
    'INSERT INTO thumbnails(session_id, t, at, width, height, jpeg) VALUES (?, ?, ?, 384, 240, ?)',
    ...[session, t, at, jpeg],
  );
}

function sentence(random: Random, names: readonly string[]): string {
  const name = random.pick(names);
  return random.pick([
    `The ${name} came to the front.`,
    `A ${name} opened.`,
    `The ${name} was closed.`,
    `Typing began in the ${name}.`,
  ]);
}

/** Embeddings of frames without end. */
function* unrestful(seen: readonly Float32Array[]): Generator<Float32Array, never> {
  const random = new Random(1);
  const width = seen[0]!.length;
  const unrest = Array.from({ length: unrests }, () => nudge(width, 0.15, random));
  let screen = screenLike(seen, random);
  let step = nudged(screen, 0.25, random);
  for (;;) {
    if (random.chance(1 / 20)) {
      if (random.chance(0.15)) screen = screenLike(seen, random);
      step = nudged(screen, 0.25, random);
    }
    yield moved(step, random.pick(unrest));
  }
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
  return moved(vector, nudge(vector.length, distance, random));
}

function nudge(width: number, distance: number, random: Random): Float32Array {
  // Uniform numbers between -1 and 1 have a variance of a third.
  const scale = distance * Math.sqrt(3 / width);
  return Float32Array.from({ length: width }, () => scale * (2 * random.next() - 1));
}

function moved(vector: Float32Array, by: Float32Array): Float32Array {
  const sum = new Float32Array(vector.length);
  for (let i = 0; i < sum.length; i++) sum[i] = vector[i]! + by[i]!;
  const norm = Math.sqrt(dot(sum, sum));
  for (let i = 0; i < sum.length; i++) sum[i]! /= norm;
  return sum;
}
